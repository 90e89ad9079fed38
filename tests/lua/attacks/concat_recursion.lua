-- __concat that joins itself again
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local mt = {}
mt.__concat = function(a, b) return a .. b end
return #(setmetatable({}, mt) .. setmetatable({}, mt))
end }
