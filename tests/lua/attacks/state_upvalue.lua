-- counts calls in an upvalue
-- must: OK=1
local n = 0
return { id = 'X1', max = 10, eval = function(u)
n = n + 1
return n
end }
