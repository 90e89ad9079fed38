-- the slowest remainder there is, in a loop
-- must: LIMIT
return { id = 'X1', max = 10, eval = function(u)
local x, y = 1.7976931348623157e308, 5e-324
local s = 0
while true do s = s + x % y end
end }
