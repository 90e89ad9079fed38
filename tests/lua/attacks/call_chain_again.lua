-- a chain of 3000 callable tables, called in a loop: each call shifts its arguments 3000 times
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local f = function() return 1 end
for i = 1, 3000 do f = setmetatable({}, { __call = f }) end
while true do f() end
end }
