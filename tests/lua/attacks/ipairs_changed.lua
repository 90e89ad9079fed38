-- a loop over a table that the loop itself makes longer
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local t = { 1 }
for i in ipairs(t) do t[i + 1] = i end
return 1
end }
