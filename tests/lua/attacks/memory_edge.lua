-- stays just under the memory limit and makes rubbish, so that everything is collected again and again
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local keep = {}
for i = 1, 200000 do keep[i] = { i } end
while true do local t = {} for i = 1, 100 do t[i] = { i } end end
end }
