-- select from behind the beginning
-- must: ERROR
return { id = 'X1', max = 10, eval = function(u)
return (select(math.mininteger, 1, 2))
end }
