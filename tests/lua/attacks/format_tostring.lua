-- %s of a table whose __tostring formats itself
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t
t = setmetatable({}, { __tostring = function(x) return string.format('%s%s', x, x) end })
return #string.format('%s', t)
end }
