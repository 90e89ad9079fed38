-- index of a text through its own metatable
-- must: ERROR|BLOCKED|OK=0
return { id = 'X1', max = 10, eval = function(u)
local s = ('x').__index
if s then return 10, 'ESCAPED' end return 0
end }
