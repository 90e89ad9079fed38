-- long numbers as bounds of a loop and in comparisons
-- must: LIMIT|ERROR|REFUSE|OK=1
return { id = 'X1', max = 10, eval = function(u)
local s = ('1'):rep(500000)
while true do pcall(function() for i = s, s do end end) pcall(function() return s < 1 end) pcall(math.max, s, s) end
end }
