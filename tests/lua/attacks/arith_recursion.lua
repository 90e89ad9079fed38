-- every arithmetic event calls the next one
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local mt = {}
mt.__add = function(a, b) return a - b end
mt.__sub = function(a, b) return a * b end
mt.__mul = function(a, b) return a / b end
mt.__div = function(a, b) return a % b end
mt.__mod = function(a, b) return a ^ b end
mt.__pow = function(a, b) return -a end
mt.__unm = function(a) return a // a end
mt.__idiv = function(a, b) return a + b end
return setmetatable({}, mt) + 1
end }
