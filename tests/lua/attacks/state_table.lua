-- keeps state in a table that the function captured
-- must: ERROR|OK=1
local t = { n = 0 }
return { id = 'X1', max = 10, eval = function(u)
t.n = t.n + 1
return t.n
end }
