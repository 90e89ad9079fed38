-- rep with a separator that is longer than the text
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
return #('x'):rep(100000, ('y'):rep(100000))
end }
