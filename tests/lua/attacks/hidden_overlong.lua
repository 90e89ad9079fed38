-- a quote in three bytes instead of one
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
local s = 'à€§'
return 1
end }
