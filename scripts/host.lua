-- host.lua: what the console asks of the record through plain SQL; completes the table of host functions from C.

local host = ...

--- SQLite's plan of a statement, one line a step.
function host.plan(sql, params)
	local out = {}
	for r in host.iterate("EXPLAIN QUERY PLAN " .. sql, params) do out[#out + 1] = r.detail end
	return table.concat(out, "\n")
end

local function first(sql, ...)
	local r, names = host.iterate(sql, { ... })()
	return r and r[names[1]]
end

--- A unit's code from what a person typed: its code, or its name without marks or case.
local function unit_code(text)
	local code = first("SELECT code FROM unit WHERE code=?1", text)
	if code then return code end
	local fold = host.fold(text)
	code = first("SELECT code FROM unit WHERE code=?1", (fold:gsub(" ", "_")))
	if code then return code end
	return first("SELECT u.code FROM unit_span s JOIN unit u ON u.id=s.unit_id WHERE s.name_fold=?1 ORDER BY u.id LIMIT 1", fold)
		or first("SELECT u.code FROM unit_span s JOIN unit u ON u.id=s.unit_id WHERE s.name_fold LIKE '%'||?1 ORDER BY length(s.name_fold),u.id LIMIT 1", fold)
end

-- The likest code: among those that begin alike, and those of provinces and blocks.
local function no_unit(text)
	local names, fold = {}, host.fold(text):gsub(" ", "_")
	for r in host.iterate("SELECT DISTINCT u.code AS v FROM unit u JOIN unit_span s ON s.unit_id=u.id WHERE s.kind IN ('tinh','khoi')", {}) do
		names[#names + 1] = r.v
	end
	for cut = #text - 1, math.max(1, #text - 4), -1 do
		local prefix = text:sub(1, cut)
		for r in host.iterate("SELECT code AS v FROM unit WHERE code>=?1 AND code<?2 ORDER BY code LIMIT 200", { prefix, prefix .. "\u{10FFFF}" }) do
			names[#names + 1] = r.v
		end
		if host.nearest(text, names) then break end
	end
	local near = host.nearest(text, names) or host.nearest(fold, names)
	error(("no unit is called \"%s\"%s"):format(text, near and "; nearest is \"" .. near .. "\"" or ""), 0)
end

--- A unit's code by code or name; raises when there is none.
function host.unit(text)
	return unit_code(text) or no_unit(text)
end

--- The stored spelling of a name that a person typed ("thanh hoa"); the text itself when nothing is like it.
---@param kind string "unit", "province", "block", "cluster", or a column of names
function host.resolve(kind, text)
	if kind == "unit" or kind == "province" or kind == "block" then
		local code = unit_code(text)
		if not code and kind ~= "unit" then no_unit(text) end
		return code
	end
	local fold = host.fold(text)
	if kind == "cluster" then
		for _, name in ipairs(host.values("cluster", "")) do if host.fold(name) == fold then return name end end
		return text
	end
	return first("SELECT name FROM unit_span WHERE name_fold=?1 LIMIT 1", fold) or text
end

local WORDS = {
	kind = { "regular", "thematic", "combined" },
	assessor = { "self", "observer", "superior" },
	status = { "rated", "missing", "invalid", "error" },
	cell_type = host.cell_types(),
	unit_kind = host.unit_kinds(),
	within = { "cluster", "parent", "block", "province", "all" },
}
local FROM = {
	level = "SELECT DISTINCT id AS v FROM ruleset_level ORDER BY 1",
	-- From one cluster to the next along the index, not through all units.
	cluster = "WITH RECURSIVE c(v) AS (SELECT min(cluster) FROM unit_span WHERE cluster IS NOT NULL UNION ALL SELECT (SELECT min(s.cluster) "
		.. "FROM unit_span s WHERE s.cluster>c.v AND s.cluster IS NOT NULL) FROM c WHERE c.v IS NOT NULL) SELECT v FROM c WHERE v IS NOT NULL",
	province = "SELECT DISTINCT u.code AS v FROM unit u JOIN unit_span s ON s.unit_id=u.id WHERE s.kind IN ('tinh','khoi') AND s.kind='tinh' ORDER BY 1",
	block = "SELECT DISTINCT u.code AS v FROM unit u JOIN unit_span s ON s.unit_id=u.id WHERE s.kind IN ('tinh','khoi') AND s.kind='khoi' ORDER BY 1",
	criterion = "SELECT DISTINCT id AS v FROM ruleset_criterion ORDER BY 1",
	ruleset = "SELECT DISTINCT name AS v FROM ruleset ORDER BY 1",
}
FROM.official, FROM.level_by_score = FROM.level, FROM.level

--- What a field may be, for completion; at most 200.
---@param rel string|nil the relation that the field is of: the kind of a unit is not the kind of a meeting
function host.values(key, prefix, rel)
	if rel == "units" and key == "kind" then key = "unit_kind" end
	if WORDS[key] then return WORDS[key] end
	local out = {}
	if key == "month" or key == "quarter" or key == "half" or key == "year" then
		local form = ({ month = "^%d%d%d%d%-%d%d$", quarter = "Q%d$", half = "H%d$", year = "^%d%d%d%d$" })[key]
		for _, p in ipairs(host.periods()) do if p:find(form) then out[#out + 1] = p end end
		return out
	end
	if FROM[key] then
		for r in host.iterate(FROM[key], {}) do out[#out + 1] = r.v end
	elseif key == "unit" or key == "under" or key == "code" or key == "unit_code" or key == "parent_code" then
		-- A range, not LIKE: it uses the index of codes.
		for r in host.iterate("SELECT code AS v FROM unit WHERE code>=?1 AND code<?2 ORDER BY code LIMIT 200", { prefix, prefix .. "\u{10FFFF}" }) do
			out[#out + 1] = r.v
		end
	end
	return out
end

--- The periods on record: months, quarters, halves, nine months, years.
function host.periods()
	local out = {}
	for r in host.iterate("SELECT min(held_on) AS a, max(held_on) AS b FROM meeting", {}) do
		if not r.a then break end
		local from, to = tonumber(os.date("!%Y", r.a * 86400)), tonumber(os.date("!%Y", r.b * 86400))
		for y = from, to do
			out[#out + 1] = tostring(y)
			for q = 1, 4 do out[#out + 1] = ("%d-Q%d"):format(y, q) end
			out[#out + 1] = y .. "-H1"
			out[#out + 1] = y .. "-H2"
			out[#out + 1] = y .. "-9M"
			for m = 1, 12 do out[#out + 1] = ("%d-%02d"):format(y, m) end
		end
	end
	return out
end
