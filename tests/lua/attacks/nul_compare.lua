-- comparing texts full of NUL bytes
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local a, b = ('\0'):rep(400000), ('\0'):rep(399999) .. 'x'
local n = 0
while true do if a < b then n = n + 1 end end
end }
