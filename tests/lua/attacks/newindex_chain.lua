-- 1900 tables chained by __newindex
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 1900 do t = setmetatable({}, { __newindex = t }) end
while true do t.x = nil end
end }
