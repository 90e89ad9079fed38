-- a message handler that fails, whose failure is handled by itself
-- must: ERROR|LIMIT|OK=1
return { id = 'X1', max = 10, eval = function(u)
local function h() error('again') end
for i = 1, 100000 do xpcall(error, h, 'first') end
return 1
end }
