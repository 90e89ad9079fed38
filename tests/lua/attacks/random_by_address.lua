-- keys that are tables or functions give no order to read an address from
-- must: OK=1
return { id = 'X1', max = 10, eval = function(u)
local t = { [{}] = 1, [print] = 2 }
local ok = pcall(function() for _ in pairs(t) do end end)
return ok and 2 or 1
end }
