-- errors with levels that are none
-- must: ERROR
return { id = 'X1', max = 10, eval = function(u)
pcall(error, 'x', math.mininteger) pcall(error, 'x', math.maxinteger) pcall(error, 'x', -1)
error('end', 1000000)
end }
