-- table.move to and from the edge of the whole numbers
-- must: ERROR|LIMIT
return { id = 'X1', max = 10, eval = function(u)
local t = { 1 }
pcall(table.move, t, math.mininteger, math.maxinteger, 1)
pcall(table.move, t, 1, math.maxinteger, 2)
table.move(t, 1, math.maxinteger, math.maxinteger)
return 1
end }
