-- empty matches at every place of a long text, again and again
-- must: LIMIT|OK=1
return { id = 'X1', max = 10, eval = function(u)
local s, n = ('x'):rep(400000), 0
while true do for _ in s:gmatch('') do n = n + 1 end end
end }
