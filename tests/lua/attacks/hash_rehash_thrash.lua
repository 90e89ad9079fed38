-- a full table where one key is deleted and another inserted: each time everything is hashed again
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local t, n = {}, 32768
for i = 1, n do t['k' .. i] = i end
for i = 1, 1e9 do t['k' .. i] = nil t['k' .. (i + n)] = i end
end }
