-- make.lua - writes scripts/stubs/chibo.d.lua from the annotations of scripts/rule.lua: lua5.4 scripts/stubs/make.lua < rule.lua
-- Every "---" block above "M.name =", "Node.name =", "Set.name =", "Level.name =" becomes the stub of a global or a method.
local head = [[
---@meta
-- Made from scripts/rule.lua by `make stubs`; edit there. For editors only: chibo never runs this file.

---@class chibo.Quantity
---@operator add(chibo.Quantity|number): chibo.Quantity
---@operator sub(chibo.Quantity|number): chibo.Quantity
---@operator mul(chibo.Quantity|number): chibo.Quantity
---@operator div(chibo.Quantity|number): chibo.Quantity
---@operator unm: chibo.Quantity
local Node = {}
---@class chibo.Condition: chibo.Quantity
---@class chibo.LevelCondition
---@class chibo.Points
---@class chibo.Branch
---@class chibo.RankKey
---@class chibo.RoundTotal
---@class chibo.Collection
local Set = {}
---@class chibo.LevelOf
local Level = {}
---@class chibo.Facts
---@field [string] chibo.Quantity
---@class chibo.Gate
---@field level? string          the level that needs something; without it the next level down
---@field needs? chibo.Condition[]
---@field at_most? string        the best level while `when` holds
---@field when? chibo.Condition
---@field label? string
---@field article? string
---@field note? string
---@class chibo.Criterion
---@field id string
---@field max? number            points; none for a requirement (`check`)
---@field article? string
---@field label string           Vietnamese, as on the form
---@field group? string
---@field part_of? string        criterion of the frame that this is a part of
---@field counts? "scale"|"bonus"|"penalty" outside the scale: added to the total, or taken off it
---@field score? chibo.Points|number|fun(m: table): number, string?
---@field check? chibo.Condition
---@field applies? chibo.Condition
---@field otherwise? "full"|"rescale"|number
---@field needs? string[]        facts that a function reads
---@field round? "half_up"|"half_even"|"down"|"up"
---@field note? string
---@class chibo.Ruleset
---@field id string
---@field title? string
---@field issuer? string
---@field base? string
---@field frame? string
---@field status? "transcribed"|"reconstructed"
---@field source? string
---@field effective? { from: string, to?: string }
---@field for_kinds? string[]
---@field for_units? string[]
---@field for_cells? string[]
---@field facts? table[]
---@field criteria? chibo.Criterion[]
---@field override? chibo.Criterion[]
---@field assessors? { order: string[] }
---@field notes? { required_for: "deductions"|"none", one_for?: "criterion"|"meeting" }
---@field missing? "refuse"|"zero"|"rescale"
---@field total? chibo.RoundTotal
---@field ceiling? number        the highest total, where bonuses lift it above the scale
---@field levels? table[]
---@field gates? chibo.Gate[]
---@field rating? chibo.Points
---@field periods? table
---@field ranking? table
---@field advice? { cost?: table<string, integer>, never?: (string|chibo.Node)[] }
]]
local out, block = { head }, {}
for line in io.lines() do
	if line:match("^%-%-%-[^%-]") or line:match("^%-%-%-$") then
		block[#block + 1] = line
	else
		local owner, name, rest = line:match("^(%u%a*)%.([%a_]+) = (.*)$")
		if owner and #block > 0 and (owner == "M" or owner == "Node" or owner == "Set" or owner == "Level") then
			out[#out + 1] = table.concat(block, "\n")
			local params, is_type = {}, false
			for _, l in ipairs(block) do
				local p = l:match("^%-%-%-@param ([%a_]+)")
				if p then params[#params + 1] = p end
				is_type = is_type or l:match("^%-%-%-@type") ~= nil
			end
			if is_type then
				out[#out + 1] = name .. " = {}\n"
			elseif owner == "M" then
				out[#out + 1] = "function " .. name .. "(" .. table.concat(params, ", ") .. ") end\n"
			else
				out[#out + 1] = "function " .. owner .. ":" .. name .. "(" .. table.concat(params, ", ") .. ") end\n"
			end
			assert(rest)
		end
		block = {}
	end
end
io.write(table.concat(out, "\n"))
