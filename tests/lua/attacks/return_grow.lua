-- each level of a recursion returns all values of the level below and one more
-- must: LIMIT|ERROR|MEM
return { id = 'X1', max = 10, eval = function(u)
local function r(k) if k == 0 then return 0 end return 0, r(k - 1) end
while true do local x = r(30000) end
end }
