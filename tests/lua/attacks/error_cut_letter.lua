-- a message so long that it is cut in the middle of a letter
-- must: ERROR
return { id = 'X1', max = 10, eval = function(u)
error('x' .. ('ộ'):rep(5000))
end }
