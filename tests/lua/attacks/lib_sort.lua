-- sorts a library table
-- must: ERROR|OK=1
return { id = 'X1', max = 10, eval = function(u)
table.sort(math) return 1
end }
