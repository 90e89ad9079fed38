-- __len says 2^62 and table functions believe it
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = setmetatable({}, { __len = function() return 2^62 // 1 end })
for _, f in ipairs { function() table.concat(t) end, function() table.sort(t) end, function() table.insert(t, 1, 1) end, function() table.remove(t, 1) end, function() table.unpack(t) end } do pcall(f) end
return 1
end }
