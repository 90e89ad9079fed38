-- an error handler that never returns, installed around a loop that is stopped
-- must: LIMIT
return { id = 'X1', max = 10, eval = function(u)
xpcall(function() while true do end end, function() while true do end end)
return 10
end }
