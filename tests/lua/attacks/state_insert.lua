-- table.insert into a captured list
-- must: ERROR|OK=1
local list = {}
return { id = 'X1', max = 10, eval = function(u)
table.insert(list, 1) return #list
end }
