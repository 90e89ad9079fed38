-- sorts the keys of a large table again and again
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 20000 do t['k' .. (i * 7919 % 20011)] = i end
while true do for k in pairs(t) do break end end
end }
