-- as many conversions at the largest width as fit
-- must: LIMIT|MEM
return { id = 'X1', max = 10, eval = function(u)
local f = ('%-99.99f'):rep(400)
local v = {}
for i = 1, 400 do v[i] = 1e308 end
while true do string.format(f, table.unpack(v)) end
end }
