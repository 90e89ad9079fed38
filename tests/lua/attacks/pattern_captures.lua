-- 32 nested captures that fail late
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local p = ('('):rep(30) .. ('a*'):rep(10) .. (')'):rep(30) .. 'b'
while true do local _ = ('a'):rep(200):find(p) end
end }
