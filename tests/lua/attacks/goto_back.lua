-- goto backwards, out of nested blocks, for ever
-- must: LIMIT
return { id = 'X1', max = 10, eval = function(u)
local n = 0
::top::
do do do n = n + 1 if n > 0 then goto top end end end end
return 1
end }
