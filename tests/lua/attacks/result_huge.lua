-- the largest number there is
-- must: BADVALUE
return { id = 'X1', max = 10, eval = function(u)
return 1.7976931348623157e308
end }
