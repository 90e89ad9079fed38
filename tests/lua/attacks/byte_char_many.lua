-- string.byte of a whole long text, and string.char of it
-- must: ERROR|LIMIT
return { id = 'X1', max = 10, eval = function(u)
local s = ('x'):rep(500000)
return #string.char(s:byte(1, -1))
end }
