-- handlers inside handlers inside handlers
-- must: LIMIT|ERROR|OK=1
return { id = 'X1', max = 10, eval = function(u)
local function h(e) return select(2, xpcall(error, h, e)) end
xpcall(error, h, 'x')
return 1
end }
