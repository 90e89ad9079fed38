-- console.lua - writes scripts/console_stubs/chibo.d.lua, what an editor knows of `chibo run` scripts, from the annotations of the
-- console's own scripts: lua5.4 scripts/stubs/console.lua SCRIPTS_FOLDER
local dir = ...
local annotations = assert(loadfile(dir .. "/annotations.lua"))()
local head = [[
---@meta
-- Made from scripts/query.lua, console.lua, pack.lua by `make stubs`; edit there. For editors only: chibo never runs this file.

---@class chibo.Expr
---@operator add(chibo.Expr|number): chibo.Expr
---@operator sub(chibo.Expr|number): chibo.Expr
---@operator mul(chibo.Expr|number): chibo.Expr
---@operator div(chibo.Expr|number): chibo.Expr
local Expr = {}
---@class chibo.Query
---@overload fun(fields: table): chibo.Query
local Query = {}
---@class chibo.Rows
local Rows = {}
---@class chibo.RuleRef
local RuleRef = {}
---@class chibo.Draft
local Draft = {}
---@class chibo.Figure

---@type table<string, chibo.Expr>
f = {}
---@type table<string, chibo.RuleRef>
rules = {}
---@type chibo.Query
meetings, results, criteria, assessments, units, visits, runs, rulesets = nil, nil, nil, nil, nil, nil, nil, nil
]]
local out = { head }
local function put(a, what, params, returns)
	local lines = {}
	for _, l in ipairs(a.text) do lines[#lines + 1] = "--- " .. l end
	for _, l in ipairs(a.tags) do lines[#lines + 1] = "---" .. l end
	if #a.tags == 0 and returns then lines[#lines + 1] = "---@return " .. returns end
	lines[#lines + 1] = ("function %s(%s) end\n"):format(what, params)
	out[#out + 1] = table.concat(lines, "\n")
end
for _, file in ipairs { "query", "console", "pack" } do
	local source = assert(io.open(dir .. "/" .. file .. ".lua")):read("a")
	for _, a in ipairs(annotations(source)) do
		if a.owner == "AGG" then
			local params = a.name == "count" and "x" or a.name == "correlation" and "x, y" or "x"
			put(a, "Query:" .. a.name, params, "chibo.Query")
			put(a, a.name, params, "chibo.Figure")
		elseif a.owner == "class" then
			put(a, "Query:" .. a.name, a.params)
			put(a, "Rows:" .. a.name, a.params)
		elseif a.owner == "env" and a.name ~= "rules" then
			put(a, a.name, a.params or "options")
		elseif a.owner == "Query" or a.owner == "Rows" or a.owner == "Draft" or a.owner == "RuleRef" or a.owner == "Expr" then
			put(a, a.owner .. ":" .. a.name, a.params or "value", a.owner == "Expr" and "chibo.Expr" or nil)
		end
	end
end
io.write(table.concat(out, "\n"))
