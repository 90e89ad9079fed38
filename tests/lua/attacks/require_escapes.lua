-- require and its kin outside of loading: by name, by path, through the environment
-- must: ERROR|BLOCKED
return { id = 'X1', max = 10, eval = function(u)
local n = 0
for _, f in ipairs { 'require', 'dofile', 'loadfile', 'load', 'package' } do if _ENV[f] then n = n + #tostring(_ENV[f]('../../etc/passwd')) end end
return n > 0 and 10 or error('nothing there')
end }
