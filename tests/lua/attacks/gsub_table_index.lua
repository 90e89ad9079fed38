-- a replacement table whose __index replaces again
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = setmetatable({}, { __index = function(t, k) return (('aaaa'):gsub('a', t)) end })
return #(('aaaa'):gsub('a', t))
end }
