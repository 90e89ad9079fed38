-- widths and precisions beyond what is allowed
-- must: ERROR|REFUSE
return { id = 'X1', max = 10, eval = function(u)
return #string.format('%99999d', 1)
end }
