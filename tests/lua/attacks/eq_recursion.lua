-- __eq that compares its own operands
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local mt = {}
mt.__eq = function(a, b) return a == b end
return setmetatable({}, mt) == setmetatable({}, mt) and 1 or 0
end }
