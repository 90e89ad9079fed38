-- escapes beyond Unicode and beyond a byte
-- must: REFUSE|OK=1
return { id = 'X1', max = 10, eval = function(u)
local s = '\u{7FFFFFFFF}\999'
return 1
end }
