-- nine lazy repetitions in a row that fail at the very end
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
return #(('a'):rep(20000):match('.-.-.-.-.-.-.-.-.-b') or '')
end }
