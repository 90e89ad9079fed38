-- loops that end at the edge of the whole numbers: no step goes over it
-- must: OK=7
return { id = 'X1', max = 10, eval = function(u)
local n, top, low = 0, math.maxinteger, math.mininteger
for i = top - 1, top do n = n + 1 end
for i = low + 1, low, -1 do n = n + 1 end
for i = low, top, top do n = n + 1 end
for i = top, top + 1.0 do n = n + 0 break end
for i = 1, 0 do n = 99 end
for i = 1, 0 / 0 do n = 99 end
return n
end }
