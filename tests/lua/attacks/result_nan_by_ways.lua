-- not a number, by way of infinity
-- must: BADVALUE
return { id = 'X1', max = 10, eval = function(u)
return math.huge - math.huge + (-(0 / 0))
end }
