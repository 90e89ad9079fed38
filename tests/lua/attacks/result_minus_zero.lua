-- minus nothing is nothing
-- must: OK=0
return { id = 'X1', max = 10, eval = function(u)
return -0.0
end }
