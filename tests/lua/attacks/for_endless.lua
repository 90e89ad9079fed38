-- loops without end: to infinity, by a step too small to move, over all whole numbers
-- must: LIMIT
return { id = 'X1', max = 10, eval = function(u)
pcall(function() for i = 1, math.huge do end end)
for x = 1, 2, 1e-300 do end
return 1
end }
