-- keys added and removed while pairs walks over them
-- must: LIMIT|MEM|ERROR|OK=1
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 500 do t['k' .. i] = i end
for k in pairs(t) do t[k] = nil for i = 1, 20 do t[k .. i] = i end end
return 1
end }
