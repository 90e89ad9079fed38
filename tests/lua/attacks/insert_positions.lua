-- table.insert and remove at places that are none
-- must: OK=5
return { id = 'X1', max = 10, eval = function(u)
local n, t = 0, { 1, 2 }
for _, p in ipairs { 2 ^ 53, math.mininteger, math.maxinteger, -1, 0 } do if not pcall(table.insert, t, p, 1) then n = n + 1 end end
return n
end }
