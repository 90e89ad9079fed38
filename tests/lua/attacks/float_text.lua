-- turns numbers into text by .. for ever
-- must: LIMIT
return { id = 'X1', max = 10, eval = function(u)
local x = 1.2345678901234e-300
while true do local s = x .. x .. x .. x end
end }
