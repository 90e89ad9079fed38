-- table.concat over all whole numbers
-- must: ERROR|LIMIT
return { id = 'X1', max = 10, eval = function(u)
return #table.concat({ 'a' }, 'x', 1, math.maxinteger)
end }
