-- assignment to a constant
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
local x <const> = 1
x = 2
return x
end }
