-- a long separator between very many empty texts
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 20000 do t[i] = '' end
return #table.concat(t, ('s'):rep(100000))
end }
