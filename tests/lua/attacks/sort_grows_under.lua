-- a comparison that makes the table it sorts longer
-- must: LIMIT|MEM|ERROR|OK=1
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 500 do t[i] = 500 - i end
table.sort(t, function(a, b) t[#t + 1] = #t return a < b end)
return 1
end }
