-- the same chain, built from the other end
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local first = {}
local t = first
for i = 1, 1900 do local n = {} setmetatable(t, { __index = n }) t = n end
while true do local x = first.x end
end }
