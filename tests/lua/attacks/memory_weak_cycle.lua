-- cycles of tables and closures that hold one another, dropped and made again
-- must: LIMIT|MEM|ERROR
return { id = 'X1', max = 10, eval = function(u)
while true do local t = {}
 for i = 1, 200 do local x = { t } t[i] = function() return x, t end x.f = t[i] end end
end }
