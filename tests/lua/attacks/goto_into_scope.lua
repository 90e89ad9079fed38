-- goto into the scope of a local
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
goto inside
local x = 1
::inside::
return x
end }
