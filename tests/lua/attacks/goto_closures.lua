-- a goto loop that makes a closure over a fresh local each time and keeps it
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = {}
::top::
local x = { #t }
t[#t + 1] = function() return x end
goto top
end }
