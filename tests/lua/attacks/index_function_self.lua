-- __index that indexes the same table
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = setmetatable({}, { __index = function(t, k) return t[k .. 'x'] end })
return t.a
end }
