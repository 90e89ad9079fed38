-- a metatable that gets __close after it was set
-- must: OK=1|LIMIT|ERROR
return { id = 'X1', max = 10, eval = function(u)
local mt = {}
local o = setmetatable({}, mt)
mt.__close = function() while true do end end
for i = 1, 3 do for _ in function(_, k) if not k then return 1 end end, nil, nil, nil do end end
local ok = pcall(function() for _ in function() end, nil, nil, o do end end)
return 1
end }
