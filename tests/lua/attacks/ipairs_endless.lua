-- ipairs over a table whose __index always answers
-- must: LIMIT
return { id = 'X1', max = 10, eval = function(u)
local n = 0
for _, v in ipairs(setmetatable({}, { __index = function(_, i) return i end })) do n = n + v end
return n
end }
