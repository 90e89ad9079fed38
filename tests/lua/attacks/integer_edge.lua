-- division and remainder at the edge of the whole numbers do not trap
-- must: OK=1
return { id = 'X1', max = 10, eval = function(u)
local m = math.mininteger
local a, b, c = m // -1, m % -1, m * -1
local ok = pcall(function() return 1 // 0 end)
return (a == m and b == 0 and c == m and not ok) and 1 or 2
end }
