-- a loop with step 0
-- must: ERROR
return { id = 'X1', max = 10, eval = function(u)
for i = 1, 10, 0 do end
return 1
end }
