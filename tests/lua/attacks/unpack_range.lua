-- unpack over ranges that wrap around
-- must: ERROR|LIMIT
return { id = 'X1', max = 10, eval = function(u)
pcall(table.unpack, {}, math.mininteger, math.maxinteger)
pcall(table.unpack, {}, math.maxinteger - 1, math.mininteger)
return (table.unpack({}, 1, 100000000))
end }
