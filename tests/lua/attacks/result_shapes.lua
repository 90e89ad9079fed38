-- points that are a number only through a metatable
-- must: BADVALUE|ERROR
return { id = 'X1', max = 10, eval = function(u)
return setmetatable({}, { __unm = function() return 5 end, __lt = function() return true end, __tostring = function() return '5' end })
end }
