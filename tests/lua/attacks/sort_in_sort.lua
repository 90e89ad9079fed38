-- a comparison that sorts the same table, which compares, which sorts
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = { 3, 1, 2 }
local function cmp(a, b) table.sort(t, cmp) return a < b end
table.sort(t, cmp)
return 1
end }
