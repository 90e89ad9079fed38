return { id = 'X1', max = 10, eval = function(u) return 1 ~ (2 or 3) end }
