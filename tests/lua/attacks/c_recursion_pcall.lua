-- fills the C stack through gsub, sort, pcall, metamethods, again and again
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
local f
local o = setmetatable({}, { __lt = function() f() return true end })
function f() table.sort { o, o, o } end
while true do pcall(f) pcall(function() local function g() return (('x'):gsub('x', g)) end g() end) end
end }
