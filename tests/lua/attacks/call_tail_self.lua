-- a callable table that calls itself as a tail call
-- must: LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local t = setmetatable({}, { __call = function(self) return self() end })
return t()
end }
