-- __lt that asks __le that asks __lt
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local mt = {}
mt.__lt = function(a, b) return not (b <= a) end
mt.__le = function(a, b) return not (b < a) end
return setmetatable({}, mt) < setmetatable({}, mt) and 1 or 0
end }
