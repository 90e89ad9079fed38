-- table.insert into a library
-- must: ERROR|BLOCKED
return { id = 'X1', max = 10, eval = function(u)
table.insert(string, function() end)
return 10, 'ESCAPED'
end }
