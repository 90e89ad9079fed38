-- a name that looks like another: its a is Cyrillic
-- must: REFUSE|ERROR
return { id = 'X1', max = 10, eval = function(u)
local a = 1
local а = 2
return a
end }
