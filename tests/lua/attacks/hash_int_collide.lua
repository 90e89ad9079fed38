-- integer keys that all fall into one bucket of the hash, looked up in a loop
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 40000 do t[i * 65535 + 2^40 // 1] = i end
while true do local x = t[7 * 65535] end
end }
