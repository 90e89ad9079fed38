-- rep by numbers whose product wraps around
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
local n = 0
for _, k in ipairs { math.maxinteger, math.maxinteger // 2 + 1, 2 ^ 53 } do n = n + #(('ab'):rep(k, 'c')) end
return n
end }
