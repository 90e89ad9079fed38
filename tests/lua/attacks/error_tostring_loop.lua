-- an error object whose __tostring never returns, thrown at the engine
-- must: ERROR|LIMIT
return { id = 'X1', max = 10, eval = function(u)
error(setmetatable({}, { __tostring = function() while true do end end }))
end }
