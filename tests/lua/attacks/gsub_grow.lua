-- a replacement that refers to the whole match a thousand times
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
local r = ('%0'):rep(1000)
local s = 'x'
while true do s = s:gsub('.+', r) s = s:sub(1, 100) end
end }
