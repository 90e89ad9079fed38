-- a shade above the maximum
-- must: BADVALUE
return { id = 'X1', max = 10, eval = function(u)
return 10.000000000000002
end }
