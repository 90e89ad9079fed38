-- the same as the note beside the points
-- must: OK=5|BADVALUE
return { id = 'X1', max = 10, eval = function(u)
return 5, '\27]0;x\7\27[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{85}\r\n\8\u{7FFFFFFF}\u{D800}\xff</script>=cmd|x'
end }
