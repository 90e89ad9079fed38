-- a message handler that installs itself and fails again
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local function h(e) xpcall(error, h, e) while true do end end
xpcall(error, h, 'x')
return 1
end }
