-- writes through _ENV to a name of the language
-- must: ERROR|BLOCKED
return { id = 'X1', max = 10, eval = function(u)
_ENV.pairs = nil
return 10, 'ESCAPED'
end }
