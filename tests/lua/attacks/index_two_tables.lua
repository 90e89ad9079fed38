-- two tables that are each the other's __index
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local a, b = {}, {}
local ma, mb = {}, {}
ma.__index = b mb.__index = a
setmetatable(a, ma) setmetatable(b, mb)
local n = 0
while true do n = n + (a.nothing or 1) end
end }
