-- fills the stack by recursion, catches it, again and again
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
local function f() return 1 + f() end
while true do pcall(f) end
end }
