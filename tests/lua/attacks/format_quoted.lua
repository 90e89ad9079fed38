-- %q of a long text of bytes that each take four characters
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local s = ('\0' .. '1'):rep(60000)
while true do string.format('%q', s) end
end }
