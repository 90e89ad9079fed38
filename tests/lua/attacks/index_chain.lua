-- 1900 tables chained by __index: one access walks them all
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 1900 do t = setmetatable({}, { __index = t }) end
while true do local x = t.x end
end }
