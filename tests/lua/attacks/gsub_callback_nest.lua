-- replacement functions that replace in what they were given, ever deeper
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local function f(x, d) return (x:gsub('.', function(c) return f(x .. c, d + 1) end)) end
return #f('ab', 1)
end }
