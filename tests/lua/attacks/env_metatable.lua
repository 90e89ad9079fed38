-- changes the metatable of _ENV
-- must: ERROR|BLOCKED
return { id = 'X1', max = 10, eval = function(u)
setmetatable(_ENV, { __index = function() return 10 end })
return 10, 'ESCAPED'
end }
