-- long texts as keys, compared at each access
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local a, b = ('x'):rep(400000), ('x'):rep(399999) .. 'x'
local t = { [a] = 1 }
local n = 0
while true do n = n + t[b] end
end }
