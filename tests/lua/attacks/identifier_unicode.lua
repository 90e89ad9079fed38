-- a name with a Vietnamese letter, which Lua has not
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
local điểm = 1
return điểm
end }
