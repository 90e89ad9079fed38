-- __tostring that calls tostring of itself
-- must: ERROR|OK=1
return { id = 'X1', max = 10, eval = function(u)
local o
o = setmetatable({}, { __tostring = function() return tostring(o) end })
local ok = pcall(tostring, o)
assert(not ok)
return 1
end }
