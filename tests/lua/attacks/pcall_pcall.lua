-- pcall of pcall of pcall, 400 deep, around a loop without end
-- must: ERROR|LIMIT|OK=1
return { id = 'X1', max = 10, eval = function(u)
local f = function() while true do end end
local v = { f }
for i = 1, 400 do table.insert(v, 1, pcall) end
pcall(table.unpack(v))
return 1
end }
