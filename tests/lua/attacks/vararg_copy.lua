-- 100000 extra arguments, copied by every instruction that says ...
-- must: LIMIT|ERROR|MEM
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 100000 do t[i] = i end
local function g() end
local function f(...) while true do g(...) end end
f(table.unpack(t))
end }
