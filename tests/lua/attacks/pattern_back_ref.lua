-- back references to captures that can be split in many ways
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local s = ('a'):rep(3000)
local n = 0
while true do n = n + #(s:match('^(a*)(a*)%1%2b') or '') end
end }
