-- half a surrogate pair, written out as bytes
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
local s = 'í €'
return 1
end }
