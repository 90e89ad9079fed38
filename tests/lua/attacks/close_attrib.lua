-- a variable that wants to be told when it goes out of scope
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
local x <close> = setmetatable({}, {})
return 1
end }
