-- replaces _ENV of a captured function
-- must: OK=1|ERROR
local E = { type = type }
local f, set
do local _ENV = E function f() return type({}) end function set(e) _ENV = e end end
return { id = 'X1', max = 10, eval = function(u)
local r = f() set({ type = function() return 'x' end }) return r == 'table' and 1 or 9
end }
