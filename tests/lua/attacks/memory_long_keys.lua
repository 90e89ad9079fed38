-- new long keys into one table
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 1e9 do t[('k'):rep(1000) .. i] = true end
end }
