-- the same through <close>, which turns a tail call into a plain one
-- must: REFUSE|LIMIT|ERROR|MEM
return { id = 'X1', max = 10, eval = function(u)
local t = {}
for i = 1, 1000 do t[i] = i end
local function r(k) local c < --[[ hidden ]] close > = nil if k == 0 then return table.unpack(t) end return r(k - 1) end
while true do local x = r(10000) end
end }
