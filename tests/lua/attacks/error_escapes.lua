-- a message of terminal sequences, also the one-byte ones in UTF-8, and marks that turn a line around
-- must: ERROR
return { id = 'X1', max = 10, eval = function(u)
error('\27]0;x\7\27[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{85}\r\n\8\u{7FFFFFFF}\u{D800}')
end }
