-- a message of every byte there is, in every order of two
-- must: ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 0, 255 do for k = 0, 255, 51 do t[#t + 1] = string.char(i, k) end end
error(table.concat(t))
end }
