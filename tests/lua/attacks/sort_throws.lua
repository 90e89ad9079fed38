-- a comparison that fails half way, caught, again and again
-- must: OK=1|ERROR|LIMIT
return { id = 'X1', max = 10, eval = function(u)
for k = 1, 200 do local n, t = 0, {} for i = 1, 50 do t[i] = 50 - i end
 pcall(table.sort, t, function(a, b) n = n + 1 if n == k then error({}) end return a < b end) end
return 1
end }
