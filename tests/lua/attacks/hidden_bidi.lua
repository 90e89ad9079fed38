-- ‮ }ecnad
return { id = 'X1', max = 10, eval = function(u) return 1 end }
