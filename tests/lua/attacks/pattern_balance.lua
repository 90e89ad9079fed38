-- a balanced match that never closes, begun at every position
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local s = ('('):rep(400000)
while true do s:find('%b()') end
end }
