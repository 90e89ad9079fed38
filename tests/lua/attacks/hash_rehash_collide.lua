-- colliding keys and rehashing at once
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local t, n = {}, 8192
local function k(i) return i * 8191 + 2^40 // 1 end
for i = 1, n do t[k(i)] = i end
for i = 1, 1e9 do t[k(i)] = nil t[k(i + n)] = i end
end }
