-- a metatable that gets __gc after it was set and is set again
-- must: ERROR|BLOCKED
return { id = 'X1', max = 10, eval = function(u)
local mt = {}
local o = setmetatable({}, mt)
mt.__gc = function() while true do end end
setmetatable(o, mt)
return 10, 'ESCAPED'
end }
