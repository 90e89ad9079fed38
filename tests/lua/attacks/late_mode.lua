-- a metatable that gets __mode after it was set, to watch the collector
-- must: OK=1|LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local mt = {}
local w = setmetatable({}, mt)
mt.__mode = 'v'
w[1] = {}
for i = 1, 20000 do local _ = { i } end
return w[1] and 1 or 9
end }
