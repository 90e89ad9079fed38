-- a number written in half a million digits, read by arithmetic and by math functions in a loop
-- must: LIMIT|OK=1
return { id = 'X1', max = 10, eval = function(u)
local s = ('1'):rep(500000)
local n = 0
while true do n = n + (math.floor(s) > 0 and 1 or 0) end
end }
