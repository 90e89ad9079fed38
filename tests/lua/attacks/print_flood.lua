-- prints for ever
-- must: LIMIT
return { id = 'X1', max = 10, eval = function(u)
while true do print(('x'):rep(200)) end
end }
