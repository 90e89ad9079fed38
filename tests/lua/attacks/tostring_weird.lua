-- tostring of everything gives a text without an address
-- must: OK=1
return { id = 'X1', max = 10, eval = function(u)
local n = 1
for _, v in ipairs { {}, print, 0 / 0, -0.0, math.huge, math.mininteger, setmetatable({}, {}), true, string.gsub } do
 local s = tostring(v) if type(s) ~= 'string' or s:find('0x') then n = 2 end end
return n
end }
