-- the same by the operators of arithmetic
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local s = ('7'):rep(500000)
local n = 0
while true do n = (s - s) + n end
end }
