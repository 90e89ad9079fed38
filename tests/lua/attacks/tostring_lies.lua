-- __tostring that gives a table
-- must: ERROR
return { id = 'X1', max = 10, eval = function(u)
return #tostring(setmetatable({}, { __tostring = function() return {} end }))
end }
