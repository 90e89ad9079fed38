-- a frontier with a very long set at every position
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local set = ('b'):rep(60000)
while true do local _ = ('a'):rep(60000):find('%f[' .. set .. ']') end
end }
