-- tag characters, which no editor shows, in a comment
-- must: REFUSE
return { id = 'X1', max = 10, eval = function(u)
-- nothing󠁁󠁂 here
return 1
end }
