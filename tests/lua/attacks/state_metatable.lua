-- changes a captured metatable
-- must: ERROR|OK=1
local mt = { __index = function() return 1 end }
local o = setmetatable({}, mt)
return { id = 'X1', max = 10, eval = function(u)
mt.__index = function() return 9 end return o.x
end }
