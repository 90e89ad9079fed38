-- a tail call that passes one argument more each time
-- must: LIMIT|ERROR|MEM
return { id = 'X1', max = 10, eval = function(u)
local function f(...) if select('#', ...) < 60000 then return f(0, ...) end end
while true do f() end
end }
