-- keeps state in a table inside a table, reached through a closure
-- must: ERROR|OK=1
local deep = { a = { b = { n = 0 } } }
local function bump() deep.a.b.n = deep.a.b.n + 1 return deep.a.b.n end
return { id = 'X1', max = 10, eval = function(u)
return bump()
end }
