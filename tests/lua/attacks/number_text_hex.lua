-- tonumber of a very long hexadecimal, of a very long number in base 36, of blanks
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local h, d, b = '0x' .. ('f'):rep(500000), ('z'):rep(500000), (' '):rep(500000) .. '1'
local n = 0
while true do n = n + (tonumber(h) or 0) + (tonumber(d, 36) or 0) + (tonumber(b) or 0) end
end }
