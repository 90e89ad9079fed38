-- a comparison that empties the table it sorts
-- must: OK=1|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 100 do t[i] = (i * 37) % 101 end
table.sort(t, function(a, b) for i = 1, 100 do t[i] = nil end return a < b end)
return 1
end }
