-- comparisons that say yes to everything, to nothing, and by turns
-- must: OK=1|ERROR|LIMIT
return { id = 'X1', max = 10, eval = function(u)
local flip = false
for k = 1, 3 do local t = {} for i = 1, 2000 do t[i] = (i * 7919) % 2003 end
 table.sort(t, function(a, b) flip = not flip return k == 1 or (k == 3 and flip) end)
 for i = 1, 2000 do if t[i] == nil then return 2 end end end
return 1
end }
