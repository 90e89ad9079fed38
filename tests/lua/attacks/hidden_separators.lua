-- line separators that editors break lines at and Lua does not
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
-- end of the line  return 10
return 1
end }
