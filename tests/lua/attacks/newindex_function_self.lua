-- __newindex that assigns to the same table
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = setmetatable({}, { __newindex = function(t, k, v) t[k] = v end })
t.a = 1
return 1
end }
