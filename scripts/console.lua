-- console.lua: what `chibo repl`, `chibo run` and `chibo query` offer beside Lua itself.
--
-- Loaded once with the host's functions; returns the environment of the user's code and the functions that the C side
-- calls: print_value, complete, help. Verbs (rank, compliance, ...) run the program's own commands and give their rows,
-- so a console answer and a command's answer are the same by construction.

local query, host, pack_chunk, words_chunk, annotations_chunk = ...
local annotations = annotations_chunk()
local pack = pack_chunk(host, query, words_chunk)

local M = {}
local env = {}

-- --- rows in memory: the answer of a verb -----------------------------------------------------------------------

local Rows = {}
Rows.__index = Rows
function Rows.__len(self) return #self.list end

local function rows(names, list, title) return setmetatable({ names = names, list = list, title = title }, Rows) end

-- A list of rows as rows() gives it: a plain list that also prints and goes out as a table.
local List, LIST_NAMES = {}, setmetatable({}, { __mode = "k" })
List.__index = List
local function listed(list, names)
	LIST_NAMES[list] = names
	return setmetatable(list, List)
end
query.list = listed

local function check_name(self, name)
	for _, n in ipairs(self.names) do if n == name then return name end end
	if #self.list == 0 and #self.names == 0 then return name end -- a table without a row does not know its columns
	local near = host.nearest(name, self.names)
	error(("these rows have no field \"%s\"%s"):format(name, near and "; nearest is \"" .. near .. "\"" or ""), 0)
end

-- The value of an expression for one row; nil is SQL's NULL and spreads.
local function eval(e, row)
	local op = e.op
	if op == "field" then return row[e[1]] end
	if op == "value" then return e[1] end
	local a = eval(e[1], row)
	if op == "isnull" then return a == nil end
	if op == "notnull" then return a ~= nil end
	if op == "not" then if a == nil then return nil end return not a or a == 0 end
	if op == "in" then
		for i = 2, #e do if eval(e[i], row) == a then return true end end
		return false
	end
	if op == "neg" then return a and -a end
	local b = eval(e[2], row)
	local function truth(x) return x ~= nil and x ~= false and x ~= 0 end
	if op == "AND" then return truth(a) and truth(b) end
	if op == "OR" then return truth(a) or truth(b) end
	if a == nil or b == nil then return nil end
	if op == "+" then return a + b elseif op == "-" then return a - b elseif op == "*" then return a * b
	elseif op == "/" then if b == 0 then return nil end return a / b
	elseif op == "||" then return tostring(a) .. tostring(b)
	elseif op == "LIKE" then
		local p = tostring(b):lower():gsub("[%^%$%(%)%.%[%]%*%+%-%?]", "%%%0"):gsub("%%%%", "\0"):gsub("%%", ".*"):gsub("_", "."):gsub("%z", "%%%%")
		return tostring(a):lower():find("^" .. p .. "$") ~= nil
	end
	if type(a) == "boolean" then a = a and 1 or 0 end
	if type(b) == "boolean" then b = b and 1 or 0 end
	if op == "=" then return a == b elseif op == "<>" then return a ~= b end
	if type(a) ~= type(b) then return nil end
	if op == "<" then return a < b elseif op == "<=" then return a <= b elseif op == ">" then return a > b else return a >= b end
end

local function check_expr(self, e)
	if e.op == "field" then check_name(self, e[1]) end
	for _, k in ipairs(e) do if query.is_expr(k) then check_expr(self, k) end end
	return e
end

local function to_expr(self, x)
	if type(x) == "string" then x = query.parse(x) end
	if not query.is_expr(x) then error("a condition is a text such as \"place <= 10\" or an expression such as f.place:le(10)", 0) end
	return check_expr(self, x)
end

--- Keeps the rows for which the condition holds, as on a query.
---@return chibo.Rows
function Rows:where(cond)
	local keep = {}
	if type(cond) == "table" and not query.is_expr(cond) then
		for k in pairs(cond) do check_name(self, k) end
		for _, r in ipairs(self.list) do
			local yes = true
			for k, v in pairs(cond) do
				if type(v) == "table" then
					local any = false
					for _, x in ipairs(v) do any = any or r[k] == x end
					yes = yes and any
				else
					yes = yes and (r[k] == v or (type(v) == "string" and type(r[k]) == "string" and host.fold(v) == host.fold(r[k])))
				end
			end
			if yes then keep[#keep + 1] = r end
		end
	else
		local e = to_expr(self, cond)
		for _, r in ipairs(self.list) do
			local v = eval(e, r)
			if v and v ~= 0 then keep[#keep + 1] = r end
		end
	end
	return rows(self.names, keep, self.title)
end
Rows.__call = Rows.where

local function less(a, b)
	if a == nil or b == nil then return false end
	if type(a) == type(b) and type(a) ~= "boolean" and type(a) ~= "table" then
		if type(a) == "string" then return host.sort_key(a) < host.sort_key(b) end
		return a < b
	end
	return false
end

-- Stable, so that equal rows stay in the order they came in.
local function stable_sort(list, before)
	local index = {}
	for i, r in ipairs(list) do index[r] = i end
	table.sort(list, function(x, y)
		if before(x, y) then return true end
		if before(y, x) then return false end
		return index[x] < index[y]
	end)
	return list
end

--- :sort("place", "-score")
---@return chibo.Rows
function Rows:sort(...)
	local keys = {}
	for i, k in ipairs { ... } do
		local desc = type(k) == "string" and k:sub(1, 1) == "-"
		if type(k) == "string" then keys[i] = { query.f[check_name(self, desc and k:sub(2) or k)], desc }
		else keys[i] = { to_expr(self, k.expr or k), k.desc } end
	end
	local list = table.move(self.list, 1, #self.list, 1, {})
	stable_sort(list, function(x, y)
		for _, k in ipairs(keys) do
			local a, b = eval(k[1], x), eval(k[1], y)
			if a ~= b then
				if a == nil then return false elseif b == nil then return true end
				if k[2] then return less(b, a) end
				return less(a, b)
			end
		end
		return false
	end)
	return rows(self.names, list, self.title)
end

--- The first n rows, or the first tenth of them: :top "10%".
---@return chibo.Rows
function Rows:top(n)
	local percent = query.percent_of(n)
	if percent then n = (#self.list * percent + 99) // 100 end
	if math.type(n) ~= "integer" or n < 0 then error(":top takes a whole number, or a share in quotes: :top \"10%\"", 0) end
	return rows(self.names, table.move(self.list, 1, math.min(n, #self.list), 1, {}), self.title)
end
--- The last n rows.
---@return chibo.Rows
function Rows:bottom(n)
	local from = math.max(1, #self.list - n + 1)
	return rows(self.names, table.move(self.list, from, #self.list, 1, {}), self.title)
end

--- Only these columns.
---@return chibo.Rows
function Rows:select(...)
	local names = { ... }
	for _, n in ipairs(names) do check_name(self, n) end
	return rows(names, self.list, self.title)
end

--- A new column from an expression.
---@return chibo.Rows
function Rows:add(name, x)
	local e, list = to_expr(self, x), {}
	for i, r in ipairs(self.list) do
		local copy = {}
		for k, v in pairs(r) do copy[k] = v end
		copy[name] = eval(e, r)
		list[i] = copy
	end
	local names = table.move(self.names, 1, #self.names, 1, {})
	names[#names + 1] = name
	return rows(names, list, self.title)
end

--- Counts of each group: :by("cluster"), :by("cluster", "level").
---@return chibo.Rows
function Rows:by(...)
	local groups = { ... }
	for _, g in ipairs(groups) do check_name(self, g) end
	local seen, list = {}, {}
	for _, r in ipairs(self.list) do
		local key = {}
		for i, g in ipairs(groups) do key[i] = tostring(r[g]) end
		local id = table.concat(key, "\0")
		local row = seen[id]
		if not row then
			row = { count = 0 }
			for _, g in ipairs(groups) do row[g] = r[g] end
			seen[id] = row
			list[#list + 1] = row
		end
		row.count = row.count + 1
	end
	local names = table.move(groups, 1, #groups, 1, {})
	names[#names + 1] = "count"
	return rows(names, list, self.title):sort(table.unpack(groups))
end
--- How many rows.
---@return integer
function Rows:count() return #self.list end
--- The sum of a field over the rows that have it.
---@return number
function Rows:sum(x)
	local e, s = to_expr(self, x), 0
	for _, r in ipairs(self.list) do s = s + (eval(e, r) or 0) end
	return s
end
--- The mean of a field over the rows that have it.
---@return number?
function Rows:mean(x)
	local e, s, n = to_expr(self, x), 0, 0
	for _, r in ipairs(self.list) do
		local v = eval(e, r)
		if v then s, n = s + v, n + 1 end
	end
	return n > 0 and s / n or nil
end
--- The median of a field over the rows that have it.
---@return number?
function Rows:median(x)
	local e, v = to_expr(self, x), {}
	for _, r in ipairs(self.list) do v[#v + 1] = eval(e, r) end
	table.sort(v)
	if #v == 0 then return nil end
	return (v[(#v + 1) // 2] + v[#v // 2 + 1]) / 2
end
--- Iterates: for r in answer:each() do ... end
---@return fun(): table?, string[]?
function Rows:each()
	local i = 0
	return function() i = i + 1 return self.list[i], self.names end
end
--- All rows as a list of tables.
---@return table[]
function Rows:rows() return listed(table.move(self.list, 1, #self.list, 1, {}), self.names) end
--- What changed, when the rows say so (whatif): those whose level is another now.
---@return chibo.Rows
function Rows:moved()
	for _, n in ipairs(self.names) do if n == "moved" then return self:where(query.f.moved:ne(0)) end end
	check_name(self, "old_level")
	return self:where(query.f.old_level:ne(query.f.new_level))
end

-- --- out: the same for queries and rows -------------------------------------------------------------------------

local function columns_and_iterator(x)
	if query.is_query(x) then
		local sql, params = x:compile()
		return nil, host.iterate(sql, params)
	end
	return x.names, x:each()
end

-- What a person wants to see first of rows that nobody has narrowed: a terminal may not have room for everything.
local FACE = {
	results = { "meeting_id", "unit_code", "unit_name", "held_on", "kind", "score", "official", "status", "cluster", "cell_type" },
	meetings = { "id", "unit_code", "unit_name", "held_on", "kind", "members", "present", "duration_minutes", "cluster", "cell_type" },
	criteria = { "meeting_id", "unit_code", "criterion", "points", "max", "label" },
	units = { "code", "name", "kind", "cluster", "cell_type", "parent_code" },
}
local function face(q)
	if q.pending then return nil end
	for _, s in ipairs(q.stages) do if s.kind == "agg" or s.kind == "select" then return nil end end
	local _, list = query.output(q)
	local has, names = {}, {}
	for _, n in ipairs(list) do has[n] = true end
	local function put(n) if has[n] then names[#names + 1] = n has[n] = nil end end
	for _, n in ipairs(FACE[q.rel] or {}) do put(n) end
	for _, n in ipairs(list) do put(n) end
	return names
end

local function emit(x, form, path, title)
	local names, iter = columns_and_iterator(x)
	if form == "table" and query.is_query(x) then names = face(x) end
	return host.emit(form, names, iter, path, title or x.title)
end

for _, class in ipairs { query.Query, Rows } do
	--- :csv() gives the text, :csv("file.csv") writes a new file.
	---@param path? string
	---@return string|integer
	function class:csv(path) return emit(self, "csv", path) end
	--- :json() gives the text, :json("file.json") writes a new file.
	---@param path? string
	---@return string|integer
	function class:json(path) return emit(self, "json", path) end
	--- :markdown() gives the text, :markdown("file.md") writes a new file.
	---@param path? string
	---@return string|integer
	function class:markdown(path) return emit(self, "markdown", path) end
	--- :html() gives the text, :html("file.html") writes a new file.
	---@param path? string
	---@return string|integer
	function class:html(path) return emit(self, "html", path) end
	--- A line for each group, its series along the last other column: q:by("unit_code", "month"):mean("score"):spark "mean".
	---@return string
	function class:spark(name)
		if query.is_query(self) then query.check_field(self, name) else check_name(self, name) end
		local groups, order, low, high = {}, {}, math.huge, -math.huge
		for r, names in self:each() do
			local keys = {}
			for _, c in ipairs(names) do if c ~= name then keys[#keys + 1] = c end end
			local along, label = keys[#keys], {}
			for i = 1, #keys - 1 do label[i] = tostring(r[keys[i]] or "") end
			local id = table.concat(label, " ")
			if not groups[id] then groups[id] = {} order[#order + 1] = id end
			local v = type(r[name]) == "number" and r[name] or nil
			table.insert(groups[id], { along and r[along] or #groups[id], v })
			if v then low, high = math.min(low, v), math.max(high, v) end
		end
		local wide, lines, part = 0, {}, { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }
		for _, id in ipairs(order) do wide = math.max(wide, host.width(id)) end
		for i, id in ipairs(order) do
			local series, bars, last = groups[id], {}, nil
			table.sort(series, function(a, b) return tostring(a[1]) < tostring(b[1]) end)
			for k, p in ipairs(series) do
				bars[k] = not p[2] and " " or part[high > low and math.min(8, 1 + math.floor((p[2] - low) / (high - low) * 8)) or 4]
				last = p[2] or last
			end
			lines[i] = (wide > 0 and host.pad(id, wide) .. "  " or "") .. table.concat(bars) .. (last and "  " .. host.number(last) or "")
		end
		return M.text(table.concat(lines, "\n"))
	end
	--- Bars of one numeric column: :chart("share"), labelled by the other columns.
	function class:chart(name)
		local labels, values, top = {}, {}, 0
		local names
		if name and query.is_query(self) then query.check_field(self, name) elseif name then check_name(self, name) end
		for r, n in self:each() do
			names = names or n
			if not name then for i = #names, 1, -1 do if type(r[names[i]]) == "number" then name = names[i] break end end end
			local label = {}
			for _, c in ipairs(names) do if c ~= name and r[c] ~= nil then label[#label + 1] = tostring(r[c]) end end
			labels[#labels + 1] = table.concat(label, " ")
			values[#values + 1] = type(r[name]) == "number" and r[name] or 0
			top = math.max(top, math.abs(values[#values]))
			if #labels >= 200 then break end
		end
		local wide, lines = 0, {}
		for _, l in ipairs(labels) do wide = math.max(wide, host.width(l)) end
		wide = math.min(wide, 40)
		local full = math.max(10, math.min(60, (host.term_width() or 80) - wide - 12))
		for i, l in ipairs(labels) do
			local n = top > 0 and math.floor(math.abs(values[i]) / top * full * 8 + 0.5) or 0
			local part = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" }
			lines[i] = host.pad(l, wide) .. " " .. ("█"):rep(n // 8) .. part[n % 8 + 1] .. " " .. host.number(values[i])
		end
		return M.text(table.concat(lines, "\n"))
	end
end

-- Text that prints as it is, without quotes.
local Text = { __tostring = function(t) return t.text end }
Text.__index = Text
function M.text(s) return setmetatable({ text = s }, Text) end

local FORMS = { "csv", "json", "markdown", "html" }
-- x:csv(), x:html("file.html") of a class whose things are rows in another shape.
local function out_as_rows(class, rows_from)
	for _, form in ipairs(FORMS) do class[form] = function(self, path) return emit(rows_from(self), form, path) end end
end
-- The same of a class whose things are documents of a command, which writes every form itself.
local function out_as_document(class, words_from)
	for _, form in ipairs(FORMS) do
		class[form] = function(self, path)
			local w = words_from(self)
			w = table.move(w, 1, #w, 1, {})
			w[#w + 1] = "--" .. form
			local text = host.command_text(w)
			if path == nil then return text end
			host.write_new(path, text)
			return M.text("written: " .. path)
		end
	end
end
out_as_rows(Text, function(t)
	local list = {}
	for line in t.text:gsub("\n$", ""):gmatch("([^\n]*)\n?") do list[#list + 1] = { line = line } end
	if #list > 1 and list[#list].line == "" then list[#list] = nil end
	return rows({ "line" }, list)
end)
out_as_rows(List, function(list) return rows(LIST_NAMES[list], list) end)

-- --- things by name: units.thanh_hoa, meetings[123], rules.an_phu --------------------------------------------------

local Card = { __tostring = function(c) return "card " .. tostring(c.key) end }
local function card(names, row, what, key) return setmetatable({ names = names, row = row, what = what, key = key },
	{ __index = function(t, k) local m = rawget(t, "row")[k] if m ~= nil then return m end return rawget(Card, k) end,
		__tostring = Card.__tostring, card = true }) end
out_as_rows(Card, function(c) return rows(rawget(c, "names"), { rawget(c, "row") }) end)
local function is_card(x) return type(x) == "table" and (getmetatable(x) or {}).card == true end

local KEY = { meetings = "id", results = "meeting_id", units = "code", runs = "id", rulesets = "name" }

local function relation(base, name)
	local plain_index = query.Query
	-- A relation is its query; other keys look a thing up by its key, or by name without marks.
	return setmetatable({}, {
		__index = function(_, k)
			local method = plain_index[k]
			if method then return function(_, ...) return method(base, ...) end end
			if k == "stages" or k == "rel" then return base[k] end
			local key = KEY[name]
			if not key or (type(k) ~= "string" and math.type(k) ~= "integer") then return nil end
			local v = k
			if name == "units" and type(k) == "string" then v = host.resolve("unit", k) or k end
			local r, names = base:where({ [key] = v }):top(1):each()()
			return r and card(names, r, name, v)
		end,
		__call = function(_, ...) return base:where(...) end,
		__len = function() return #base end,
		relation = base,
	})
end
local function relation_of(x) local mt = type(x) == "table" and getmetatable(x) return mt and type(mt) == "table" and rawget(mt, "relation") end

host.query_of = function(x) return relation_of(x) or x end

-- --- verbs ---------------------------------------------------------------------------------------------------------

local function argument(v)
	if is_card(v) then return tostring(v.key) end
	if pack.is_draft(v) then return pack.file(v) end
	if type(v) == "number" and math.type(v) == "float" and v == math.floor(v) then v = math.tointeger(v) end
	return tostring(v)
end

-- f{ period = "2020-Q1", within = "cluster", "positional" } -> words of the command line.
local function words(verb, opts)
	local w = {}
	for part in verb:gmatch("%S+") do w[#w + 1] = part end
	if opts == nil then return w end
	if type(opts) ~= "table" or is_card(opts) or pack.is_draft(opts) then w[#w + 1] = argument(opts) return w end
	local names = {}
	for k in pairs(opts) do if type(k) == "string" then names[#names + 1] = k end end
	table.sort(names)
	for _, k in ipairs(names) do
		local v = opts[k]
		local opt = "--" .. k:gsub("_", "-")
		if v == true then w[#w + 1] = opt
		elseif type(v) == "table" and not is_card(v) then for _, x in ipairs(v) do w[#w + 1] = opt w[#w + 1] = argument(x) end
		elseif v ~= false then w[#w + 1] = opt w[#w + 1] = argument(v) end
	end
	for _, v in ipairs(opts) do w[#w + 1] = argument(v) end
	return w
end


-- The answer of a command that prints a document: its sections are rows (compliance(...).lapses), itself prints whole.
local Doc = {}
-- { name = rows or value }; or rows' names, list where the command gives one table.
local function sections_of_command(w)
	local j = table.move(w, 1, #w, 1, {})
	j[#j + 1] = "--json"
	local sections, list = host.command_rows(j)
	if list then return sections, list end
	for name, s in pairs(sections) do if type(s) == "table" then sections[name] = rows(s[1], s[2], name) end end
	return sections
end
function Doc.__index(d, k)
	if Doc[k] ~= nil then return Doc[k] end
	local sections = rawget(d, "sections")
	if not sections then
		sections = sections_of_command(rawget(d, "words"))
		rawset(d, "sections", sections)
	end
	if sections[k] ~= nil then return sections[k] end
	local names, tables, verb = {}, {}, rawget(d, "verb")
	for n, s in pairs(sections) do
		names[#names + 1] = n
		if getmetatable(s) == Rows and n ~= "notes" then tables[#tables + 1] = n end
	end
	table.sort(names)
	table.sort(tables)
	if Rows[k] and #tables == 1 then return function(_, ...) return Rows[k](sections[tables[1]], ...) end end
	if Rows[k] and #tables > 1 then
		error(("%s has several tables (%s): choose one by its name before :%s, %s{ ... }.%s:%s(...)"):format(
			verb, table.concat(tables, ", "), k, verb, tables[1], k), 0)
	end
	error(("%s has no section \"%s\"; it has: %s"):format(verb, tostring(k), table.concat(names, ", ")), 0)
end
function Doc.__tostring(d) return rawget(d, "text") or host.command_text(rawget(d, "words")) end
out_as_document(Doc, function(d) return rawget(d, "words") end)
--- What changed its level (whatif).
function Doc:moved() return rawget(self, "sections") and rawget(self, "sections").movers or error("nothing moved, or this is no whatif and no impact", 0) end
local function doc_verb(verb)
	return function(opts)
		local w = words(verb, opts)
		local sections, list = sections_of_command(w)
		if list then return rows(sections, list, verb) end
		return setmetatable({ sections = sections, words = w, verb = verb == "visits" and "to_visit" or verb }, Doc)
	end
end
-- A document that is read as a whole: its sections are asked for when one is named.
local function sheet_verb(verb)
	return function(opts)
		local w = words(verb, opts)
		return setmetatable({ text = host.command_text(w), words = w, verb = verb }, Doc)
	end
end
-- The rows of a command's list.
local function rows_of(w)
	w[#w + 1] = "--json"
	local names, list = host.command_rows(w)
	return rows(names, list, w[1])
end
local function row_verb(verb)
	return function(opts) return rows_of(words(verb, opts)) end
end
local function text_verb(verb)
	return function(opts) return M.text(host.command_text(words(verb, opts))) end
end

--- rank{ period = "2020-Q3", within = "cluster" }: places of units, ties shown.
---@return chibo.Rows
env.rank = row_verb "rank"
--- compliance{ period = "2020" }: who missed a month or the quarter's thematic meeting.
env.compliance = doc_verb "compliance"
--- advise{ period = "2020", unit = "TQ-042" }: what would lift a cell; without a unit, with one above cells, or with cluster = "...":
--- where points are lost, what would lift most cells, which are nearest.
env.advise = doc_verb "advise"
--- commend{ period = "2020", unit = "...", top = 3 }: whom to commend (kept, risen, runs).
env.commend = doc_verb "commend"
--- to_visit{ period = "2020-Q1", unit = "..." }: whom the observers should attend next, and why.
env.to_visit = doc_verb "visits"
--- figures "printed_figures.csv": printed fractions, and what could have produced them.
---@return chibo.Rows
env.figures = row_verb "figures"
--- explain(meetings[123]) or explain(123): the scoring sheet of one meeting.
env.explain = sheet_verb "explain"
--- evaluate{ period = "2020-Q1" }: scores what is new or changed. Writes to the record.
env.evaluate = text_verb "evaluate"
--- report{ "quarter", period = "2020-Q1" }: the summary that goes up.
env.report = sheet_verb "report"
--- whatif{ "thanh_hoa.hd_khoi", period = "2020" }, whatif(rules.thanh_hoa:set("attendance.max", 15)): who moves.
env.whatif = function(opts)
	if pack.is_draft(opts) then
		opts = { opts, period = opts.period_, unit = opts.unit_ }
	elseif type(opts) == "table" and opts.ruleset then
		opts = { opts.ruleset, set = opts.sets, period = opts.period_, unit = opts.unit_ }
	end
	if type(opts) == "table" and opts.keep == nil then
		local copy = { keep = 1000000 }
		for k, v in pairs(opts) do copy[k] = v end
		opts = copy
	end
	return doc_verb "whatif"(opts)
end

-- The rulesets that there are, as rows.
local function rulesets()
	local names, list = host.command_rows { "rules", "list", "--json" }
	local as = { ruleset = "id", from = "valid_from", to = "valid_to" }
	for i, r in ipairs(list) do
		list[i] = {}
		for _, n in ipairs(names) do list[i][as[n] or n] = r[n] end
	end
	return rows({ "id", "title", "issuer", "valid_from", "valid_to", "status", "criteria", "scale" }, list, "rules")
end

local RuleRef = {}
-- What the ruleset says of itself stands beside the methods: .title, .criteria, .levels, ... as `rules show` has them.
function RuleRef.__index(r, k)
	if RuleRef[k] ~= nil then return RuleRef[k] end
	if type(k) ~= "string" or k:find("_$") then return nil end
	local said = rawget(r, "said_")
	if not said then
		said = sections_of_command { "rules", "show", r.ruleset }
		for _, row in ipairs(rulesets():where { id = r.ruleset }.list) do
			said.valid_from, said.valid_to, said.scale = row.valid_from, row.valid_to, row.scale
		end
		for _, row in ipairs(said.about and said.about.list or {}) do if row.what == "Nguồn" then said.source = row.value end end
		if said.criteria then -- without the line of the sum, which is no criterion
			local names = {}
			for _, n in ipairs(said.criteria.names) do if n ~= "total" then names[#names + 1] = n end end
			said.criteria = rows(names, said.criteria:where(query.f.criterion:known()).list, "criteria")
		end
		rawset(r, "said_", said)
	end
	return said[k]
end
out_as_document(RuleRef, function(r) return { "rules", "show", r.ruleset } end)
function RuleRef.__tostring(r) return "ruleset " .. r.ruleset .. (#r.sets > 0 and " with " .. table.concat(r.sets, ", ") or "") end
--- rules.thanh_hoa:set("attendance.max", 15): the same ruleset with one number changed, for whatif.
---@return chibo.RuleRef
function RuleRef:set(path, value)
	local sets = table.move(self.sets, 1, #self.sets, 1, {})
	sets[#sets + 1] = path .. "=" .. tostring(value)
	return setmetatable({ ruleset = self.ruleset, sets = sets, period_ = self.period_, unit_ = self.unit_ }, RuleRef)
end
--- Only the meetings of a period.
---@return chibo.RuleRef
function RuleRef:during(period) return setmetatable({ ruleset = self.ruleset, sets = self.sets, period_ = period, unit_ = self.unit_ }, RuleRef) end
--- Only a unit and those below it.
---@return chibo.RuleRef
function RuleRef:at(unit) return setmetatable({ ruleset = self.ruleset, sets = self.sets, period_ = self.period_, unit_ = argument(unit) }, RuleRef) end
--- The scoring form, in Vietnamese.
function RuleRef:show() return M.text(host.command_text { "rules", "show", self.ruleset }) end
--- What differs from another ruleset, in meaning: rows.
---@return chibo.Rows
function RuleRef:diff(other)
	return rows_of { "rules", "diff", self.ruleset, argument(type(other) == "table" and other.ruleset or other) }
end
--- What another ruleset (an id or the path of a file) would do to the meetings that this one rates: rules.thanh_hoa:impact "thu.lua"
function RuleRef:impact(other)
	return doc_verb "rules diff" { self.ruleset, argument(type(other) == "table" and other.ruleset or other), impact = true, keep = 1000000,
		period = self.period_, unit = self.unit_ }
end
--- rules.tuyen_quang:copy("my.pack"): a draft to :set, :add, :remove, :check, :test, :diff, whatif(it), :save.
---@return chibo.Draft
function RuleRef:copy(id)
	local d = pack.draft(id, self.ruleset)
	for _, s in ipairs(self.sets) do
		local path, v = s:match("^(.-)=(.*)$")
		d:set(path, tonumber((v:gsub(",", "."))) or v)
	end
	return d
end

local Draft = pack.Draft
out_as_document(Draft, function(d) return { "rules", "show", pack.file(d) } end)
-- What the program's own command says of it, findings and all.
local function told(w)
	local out, talk = host.command_findings(w)
	return M.text((out .. talk):gsub("%s+$", ""))
end
--- Every mistake of the draft, as rules check tells them.
function Draft:check() return told { "rules", "check", pack.file(self) } end
--- The cases of the pack that it was copied from: what the change does to them.
function Draft:test() return told { "rules", "test", pack.file(self), table.unpack(self.from and { "--cases", self.from } or {}) } end
--- What differs in meaning from the pack that it was copied from, or from another: rows.
---@return chibo.Rows
function Draft:diff(other)
	other = other or self.from or error("nothing to compare with: :diff(rules.NAME)", 0)
	return rows_of { "rules", "diff", argument(type(other) == "table" and other.ruleset or other), pack.file(self) }
end
--- The scoring form, in Vietnamese.
function Draft:show() return M.text(host.command_text { "rules", "show", pack.file(self) }) end

--- draft "my.pack": an empty ruleset to build up; rules.NAME:copy("my.pack") begins with one that there is.
---@return chibo.Draft
function env.draft(id) return pack.draft(id) end

--- rules.thanh_hoa: a ruleset by id, or by its folder when there is only one in it.
env.rules = setmetatable({}, {
	__index = function(_, k)
		local found, ids = {}, host.ruleset_ids()
		for _, id in ipairs(ids) do
			if id == k then found = { id } break end
			if id:match("^[^.]*") == k then found[#found + 1] = id end
		end
		if #found == 1 then return setmetatable({ ruleset = found[1], sets = {} }, RuleRef) end
		if #found > 1 then error(("\"%s\" has several rulesets: rules[\"%s\"]"):format(k, table.concat(found, "\"], rules[\"")), 0) end
		if Rows[k] then return function(_, ...) return Rows[k](rulesets(), ...) end end
		local near = host.nearest(tostring(k), ids)
		error(("no ruleset \"%s\"%s"):format(tostring(k), near and "; nearest is \"" .. near .. "\"" or ""), 0)
	end,
	__call = function(_, cond) return cond == nil and rulesets() or rulesets():where(cond) end,
	__tostring = function() return "rules" end,
})

--- rows(list): a plain list as rows, which can :where, :sort, :csv, ...; rows{ { a = 1 }, { a = 2 } }, rows{ 3, 4 }.
---@return chibo.Rows
function env.rows(x)
	if getmetatable(x) == Rows then return x end
	x = host.query_of(x)
	if query.is_query(x) then x = x:rows() end
	if is_card(x) then return rows(rawget(x, "names"), { rawget(x, "row") }) end
	if getmetatable(x) == List then return rows(LIST_NAMES[x], x) end
	if type(x) ~= "table" then x = { x } end
	local names, seen, list = {}, {}, {}
	if #x == 0 then
		for k, v in pairs(x) do list[#list + 1] = { name = tostring(k), value = v } end
		table.sort(list, function(a, b) return a.name < b.name end)
		return rows({ "name", "value" }, list)
	end
	for i, v in ipairs(x) do
		if is_card(v) then v = rawget(v, "row") end
		list[i] = type(v) == "table" and v or { value = v }
		for k in pairs(list[i]) do if not seen[k] then seen[k] = true names[#names + 1] = tostring(k) end end
	end
	table.sort(names)
	return rows(names, list)
end

-- What a changed pack says, as rules watch prints it: its mistakes, its cases, and what it would do to the record.
local function effect(id)
	local out, talk = host.command_findings { "rules", "watch", id, "--once" }
	host.write(out .. (talk ~= "" and talk:gsub("%s*$", "\n") or ""))
end

local function rule_path(id)
	if type(id) == "table" and rawget(id, "ruleset") then id = id.ruleset end
	local path = type(id) == "string" and host.rule_file(id)
	if not path then
		local near = host.nearest(tostring(id), host.ruleset_ids())
		error(("no pack \"%s\"%s"):format(tostring(id), near and "; nearest is \"" .. near .. "\"" or ""), 0)
	end
	return path, id
end

--- edit "tuyen_quang.qd19": opens the pack in $EDITOR; then its mistakes, its cases, and what it would do to the record.
function env.edit(id)
	local path, name = rule_path(id)
	local before = host.stamp(path)
	host.editor(path)
	if host.stamp(path) ~= before then effect(name) else return M.text("nothing was changed") end
end

--- watch "tuyen_quang.qd19": the same each time the file is saved, until Ctrl-C.
function env.watch(id)
	local path, name = rule_path(id)
	local last = host.stamp(path)
	host.write("watching " .. path .. "; Ctrl-C ends\n")
	while true do
		host.wait()
		local now = host.stamp(path)
		if now and now ~= last then
			last = now
			effect(name)
		end
	end
end

--- pager(false) prints long answers straight through, pager(true) one screen at a time ($PAGER).
function env.pager(on) host.pager(on ~= false) end

--- sql[[select count(*) from meeting]]: any reading statement, with parameters after it.
---@return chibo.Rows
function env.sql(text, ...)
	local list, names = {}, nil
	for r, n in host.iterate(text, { ... }) do list[#list + 1] = r names = n end
	return rows(names or host.columns(text), list)
end

-- --- printing ----------------------------------------------------------------------------------------------------

local function print_plain(v, depth, seen)
	local t = type(v)
	if t == "string" then return depth > 0 and ("%q"):format(v) or v end
	if t == "number" then return host.number(v) end
	if t ~= "table" then return tostring(v) end
	if pack.is_word(v) then return pack.source(v) end
	local mt = getmetatable(v)
	if mt and type(mt) == "table" and mt.__tostring then return tostring(v) end
	if depth > 3 or seen[v] then return "{...}" end
	seen[v] = true
	local keys, out, n = {}, {}, #v
	for i = 1, math.min(n, 50) do out[#out + 1] = print_plain(v[i], depth + 1, seen) end
	for k in pairs(v) do if not (math.type(k) == "integer" and k >= 1 and k <= n) then keys[#keys + 1] = k end end
	table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
	for i = 1, math.min(#keys, 50) do
		local name = type(keys[i]) == "string" and keys[i] or "[" .. tostring(keys[i]) .. "]"
		out[#out + 1] = name .. " = " .. print_plain(v[keys[i]], depth + 1, seen)
	end
	if n > 50 or #keys > 50 then out[#out + 1] = "..." end
	seen[v] = nil
	return "{ " .. table.concat(out, ", ") .. " }"
end

-- No rows: is it because of a word that the record does not know?
local function why_empty(q)
	local function look(e)
		if not query.is_expr(e) then return end
		if e.op == "=" or e.op == "in" then
			for i = 2, e[1].op == "field" and #e or 1 do
				local v = query.is_expr(e[i]) and e[i].op == "value" and e[i][1]
				local known = type(v) == "string" and host.values(e[1][1], v, q.rel) or {}
				local found = #known == 0
				for _, k in ipairs(known) do found = found or k == v end
				if not found then
					local near = host.nearest(v, known)
					host.write(("no %s is \"%s\"%s\n"):format(e[1][1], v, near and "; nearest is \"" .. near .. "\"" or ""))
				end
			end
		end
		for _, k in ipairs(e) do look(k) end
	end
	for _, s in ipairs(q.stages) do if s.kind == "where" then look(s.expr) end end
end

-- Lines of name, value and, where there is one, a label.
local function print_pairs(list)
	local name_wide, value_wide = 0, 0
	for _, p in ipairs(list) do
		name_wide = math.max(name_wide, host.width(p[1]))
		if p[3] then value_wide = math.max(value_wide, math.min(40, host.width(p[2]))) end
	end
	for _, p in ipairs(list) do
		local value = p[3] and host.width(p[2]) < value_wide and host.pad(p[2], value_wide) or p[2]
		host.write(host.pad(p[1], name_wide) .. "  " .. value .. (p[3] and "  " .. p[3] or "") .. "\n")
	end
end

--- Prints one value as the console does; called by C for a bare expression.
function M.print_value(v)
	local rel = relation_of(v)
	if rel then v = rel end
	if query.is_query(v) then
		local shown = v
		-- A bare relation is long: show its first rows and say so.
		if #v.stages == 0 then shown = v:top(20) end
		local n = emit(shown, "table")
		if n == 0 then why_empty(v) end
		if #v.stages == 0 and n and n >= 20 then host.write("... the first 20; narrow with { }, :by(), :top(n)\n") end
	elseif getmetatable(v) == Rows then
		emit(v, "table")
	elseif is_card(v) then
		-- The name that a query uses, the value, and what the sheet calls it.
		local what, names, row = rawget(v, "what"), rawget(v, "names"), rawget(v, "row")
		local facts = what == "meetings" or what == "results"
		local list = {}
		for _, n in ipairs(names) do
			local x = row[n]
			local label = facts and host.label(n) or n
			if x ~= nil then list[#list + 1] = { n, type(x) == "number" and host.number(x, n) or print_plain(x, 0, {}), label ~= n and label or nil } end
		end
		print_pairs(list)
	elseif getmetatable(v) == List then
		emit(rows(LIST_NAMES[v], v), "table")
	elseif rawequal(v, env.rules) then
		emit(rulesets(), "table")
	elseif getmetatable(v) == RuleRef then
		local list = { { "id", v.ruleset } }
		for _, n in ipairs { "title", "issuer", "valid_from", "valid_to", "status", "source", "base", "scale" } do
			if v[n] ~= nil then list[#list + 1] = { n, type(v[n]) == "number" and host.number(v[n]) or v[n] } end
		end
		if #v.sets > 0 then list[#list + 1] = { "changed", table.concat(v.sets, ", ") } end
		if v.period_ then list[#list + 1] = { "during", tostring(v.period_) } end
		if v.unit_ then list[#list + 1] = { "at", tostring(v.unit_) } end
		list[#list + 1] = { "methods",
			":set(\"levels.tot\", 85)  :during \"2020-Q1\"  :at \"unit\"  for whatif; :copy \"my.pack\"  :show()  :diff(rules.x)  :impact(rules.x)" }
		list[#list + 1] = { "", ":csv(file)  :json(file)  :markdown(file)  :html(file); .criteria and .levels are rows; help \"copy\" explains a word" }
		print_pairs(list)
		for _, part in ipairs { { "criteria", "criterion", "label", "max" }, { "levels", "level", "label", "at_least" } } do
			if v[part[1]] and #v[part[1]] > 0 then emit(v[part[1]]:select(table.unpack(part, 2)), "table") end
		end
	elseif getmetatable(v) == Doc then
		if rawget(v, "text") then return host.write(rawget(v, "text")) end
		local w = table.move(rawget(v, "words"), 1, #rawget(v, "words"), 1, {})
		for i = #w - 1, 1, -1 do if w[i] == "--keep" then w[i + 1] = "20" end end
		host.write(host.command_text(w))
	else
		local s = print_plain(v, 0, {})
		host.write(s:sub(-1) == "\n" and s or s .. "\n")
	end
end

function env.print(...)
	local out = {}
	for i = 1, select("#", ...) do
		local v = (select(i, ...))
		local mt = getmetatable(v)
		if query.is_query(v) or mt == Rows or mt == Doc or mt == List or mt == RuleRef or rawequal(v, env.rules) or is_card(v) or relation_of(v) then
			M.print_value(v)
		else
			out[#out + 1] = print_plain(v, 0, {})
		end
	end
	if #out > 0 or select("#", ...) == 0 then host.write(table.concat(out, "\t") .. "\n") end
end

-- --- the environment ---------------------------------------------------------------------------------------------

env.f, env.all, env.any = query.f, query.all, query.any
for name in pairs(query.AGG) do env[name] = query[name] end
for _, n in ipairs { "assert", "error", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable",
	"getmetatable", "tonumber", "tostring", "type", "xpcall", "string", "table", "math", "utf8", "coroutine" } do env[n] = _G[n] end
env.os = { clock = os.clock, date = os.date, time = os.time, getenv = os.getenv }
env._G = env

-- The words of the rule language, beside the figures of a query that are called alike: a list of rule parts is a rule's.
env.rule = pack.words
for name, word in pairs(pack.words) do
	local figure = env[name]
	if figure == nil and name ~= "meetings" then
		env[name] = word
	elseif figure then
		env[name] = function(x, ...)
			if type(x) == "table" and not query.is_expr(x) then
				local parts = name == "sum" or name == "count"
				for _, v in pairs(x) do parts = parts or pack.is_word(v) end
				if parts then return word(x, ...) end
			end
			return figure(x, ...)
		end
	end
end
function pack.named(v)
	local found
	for name, x in pairs(env) do
		if type(x) == "table" and (rawequal(x, v) or rawequal(pack.lower(x), v)) and name:match("^[%a][%w_]*$") and (not found or name < found) then found = name end
	end
	return found
end
query.Figure.down = function(g) return pack.words.mean(g.x):down() end
query.Figure.up = function(g) return pack.words.mean(g.x):up() end

local rels = query.open(host)
for name, q in pairs(rels) do env[name] = relation(q, name) end

local HELP = {} -- name -> { { owner, text }, ... }: the annotations, which the editors' stubs are made from too
local OWNER = { Query = "of a query", Rows = "of rows", class = "of anything printable", Draft = "of a draft", RuleRef = "of a ruleset",
	Expr = "of an expression", AGG = "a figure", env = "", M = "in a rule", Node = "of a rule's expression", Set = "of months, meetings", Level = "of a level" }
local function read_help(text)
	for _, a in ipairs(annotations(text)) do
		if OWNER[a.owner] and #a.text > 0 then
			HELP[a.name] = HELP[a.name] or {}
			table.insert(HELP[a.name], { OWNER[a.owner], table.concat(a.text, "\n") })
		end
	end
end
local function help_text(name)
	local out = {}
	for _, h in ipairs(HELP[name] or {}) do out[#out + 1] = (h[1] ~= "" and h[1] .. ": " or "") .. h[2] end
	return #out > 0 and table.concat(out, "\n") or nil
end
local function methods_of(...)
	local list, seen = {}, {}
	for _, class in ipairs { ... } do
		for k, v in pairs(class) do
			if type(v) == "function" and k:sub(1, 2) ~= "__" and HELP[k] and not seen[k] then seen[k] = true list[#list + 1] = k end
		end
	end
	table.sort(list)
	return table.concat(list, " ")
end

local OVERVIEW = [==[
Ask anything of the record; a bare expression prints.
  meetings units results criteria assessments notes visits runs rulesets  the record, as queries
  results{ year = 2020, province = "thanh_hoa" }:by("level"):count()    filter, group, figure
  results:where "score < 50":select("unit_code", "score"):sort "score":top(10)
  results:by("quarter"):share(f.official:eq "tot"):against_before "share"
  units.thanh_hoa    meetings[1]    explain(meetings[1])                a thing as a card, its scoring sheet
  rank compliance advise commend to_visit figures evaluate report whatif  the program's commands as functions
  sql[[select count(*) from meeting]]                                   reading SQL
  q:sql() q:plan() q:chart()    x:csv("f.csv") x:json() x:markdown() x:html()    of a query; of anything that prints
help(meetings) lists its fields; help "by" explains a word. Tab completes; Ctrl-C stops; Ctrl-D leaves.]==]

local COMMANDS = { rank = "rank", compliance = "compliance", advise = "advise", commend = "commend", to_visit = "visits", figures = "figures",
	evaluate = "evaluate", report = "report", whatif = "whatif" }

--- What can be asked: help(), help(meetings), help "by", help(rank).
function env.help(x)
	if x == nil then return M.text(OVERVIEW) end
	local rel = relation_of(x)
	if rel then
		local fields = table.concat(query.field_names(rel.rel), "  ")
		return M.text("fields of " .. rel.rel .. ":\n  " .. fields .. "\nmethods (help \"where\"): " .. methods_of(query.Query))
	end
	if pack.is_draft(x) then return M.text("methods of a draft: " .. methods_of(Draft)) end
	if getmetatable(x) == Rows then return M.text("columns: " .. table.concat(x.names, "  ") .. "\nmethods: " .. methods_of(Rows)) end
	if query.is_query(x) then
		local _, list = query.output(x.pending and x:count() or x)
		return M.text("columns: " .. table.concat(list, "  ") .. "\nmethods: " .. methods_of(query.Query))
	end
	if type(x) == "function" then
		for name, v in pairs(env) do if rawequal(v, x) and HELP[name] then x = name break end end
	end
	if type(x) == "string" then
		local h = help_text(x)
		if h and COMMANDS[x] then -- the options of the command are the fields of the verb
			for line in host.command_text({ COMMANDS[x], "--help" }):gmatch("[^\n]+") do
				local o, rest = line:match("^  %-%-(%l[%l-]*)(.*)$")
				if not o and line:find("^shared") or o == "csv" then break end
				if o then h = h .. "\n  " .. o:gsub("-", "_") .. rest end
			end
		end
		if h then return M.text(h) end
		local names = {}
		for n in pairs(HELP) do names[#names + 1] = n end
		table.sort(names)
		local near = host.nearest(x, names)
		return M.text(("nothing is known of \"%s\"%s"):format(x, near and "; nearest is help \"" .. near .. "\"" or ""))
	end
	return M.text("a " .. type(x))
end

--- Completions for the text before the cursor: the start of the word to replace (1-based byte) and the candidates.
---@param line string
---@return integer from, string[] candidates
function M.complete(line)
	local out, seen = {}, {}
	local function add(name, word)
		if name:sub(1, #word) == word and not seen[name] then seen[name] = true out[#out + 1] = name end
	end
	-- which relation the expression starts with
	local rel
	for name in line:gmatch("[%a_]+") do if query.RELATIONS[name] then rel = name end end
	-- inside a string
	local quote_at, quote
	do
		local i = 1
		while i <= #line do
			local c = line:sub(i, i)
			if quote then if c == "\\" then i = i + 1 elseif c == quote then quote = nil end
			elseif c == '"' or c == "'" then quote, quote_at = c, i end
			i = i + 1
		end
	end
	if quote then
		local inside = line:sub(quote_at + 1)
		local before = line:sub(1, quote_at - 1)
		local key = before:match("([%a_]+)%s*=%s*$")
		if key == "period" then
			for _, p in ipairs(host.periods()) do add(p, inside) end
			return quote_at + 1, out
		elseif key then
			for _, v in ipairs(host.values(key, inside, rel)) do add(v, inside) end
			return quote_at + 1, out
		end
		local word = inside:match("[%w_%-]*$")
		if rel then for _, n in ipairs(query.field_names(rel)) do add(n, word) end end
		if before:match("rules%s*%[%s*$") then for _, id in ipairs(host.ruleset_ids()) do add(id, inside) end return quote_at + 1, out end
		return #line - #word + 1, out
	end
	local word = line:match("[%w_]*$")
	local from = #line - #word + 1
	local before = line:sub(1, from - 1)
	if before:match("rules%.[%w_]+:$") or before:match("rules%b[]:$") then
		for name, v in pairs(RuleRef) do if type(v) == "function" and name:sub(1, 2) ~= "__" then add(name, word) end end
	elseif before:match(":$") then
		local set = query.Query
		for name, v in pairs(set) do if type(v) == "function" and name:sub(1, 2) ~= "__" then add(name, word) end end
		for name, v in pairs(query.Expr) do if before:match("f%.[%w_]+:$") and type(v) == "function" and name:sub(1, 2) ~= "__" then add(name, word) end end
	elseif before:match("units%.$") then
		for _, v in ipairs(host.values("unit", word)) do if v:match("^[%a_][%w_]*$") then add(v, word) end end
	elseif before:match("rules%.$") then
		for _, id in ipairs(host.ruleset_ids()) do add(id:match("^[^.]*"), word) end
	elseif before:match("%f[%w_]f%.$") then
		for _, n in ipairs(query.field_names(rel or "results")) do add(n, word) end
	elseif before:match("[%w_]%.$") then
		local t = env[before:match("([%a_][%w_]*)%.$") or ""]
		if type(t) == "table" and not relation_of(t) then for k in pairs(t) do if type(k) == "string" then add(k, word) end end end
	elseif before:match("{[^{}]*$") and rel and not before:match("[=]%s*$") then
		for _, n in ipairs(query.field_names(rel)) do add(n, word) end
		add("period", word)
		add("unit", word)
	else
		for k in pairs(env) do if type(k) == "string" and k:sub(1, 1) ~= "_" then add(k, word) end end
		for _, k in ipairs { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or", "repeat",
			"return", "then", "true", "until", "while" } do add(k, word) end
	end
	table.sort(out)
	return from, out
end

-- Every method that something of the console has, for messages.
local function method_names()
	local seen, list = {}, {}
	for _, class in ipairs { query.Query, Rows, query.Expr, Draft, RuleRef, Doc } do
		for k, v in pairs(class) do
			if type(v) == "function" and k:sub(1, 2) ~= "__" and not seen[k] then
				seen[k] = true
				list[#list + 1] = k
			end
		end
	end
	return list
end

--- A message as a person needs it: what does not exist, and what is like it.
---@param msg string
---@return string
function M.mend(msg)
	local at, what, kind, name = msg:match("^(.-)attempt to (%a+) a nil value %((%a+) '([^']+)'%)$")
	if kind == "method" or (kind == "global" and (what == "call" or what == "index")) then
		local list = {}
		if kind == "method" then list = method_names() else for k in pairs(env) do list[#list + 1] = k end end
		local near = host.nearest(name, list)
		if near == name then return ("%sthis has no method \"%s\"; a plain list or text has it as rows(x):%s(...)"):format(at, name, name) end
		return ("%sthere is no %s \"%s\"%s"):format(at, kind == "method" and "method" or "variable", name, near and "; nearest is \"" .. near .. "\"" or "")
	end
	-- A command speaks of its options as a shell has them.
	msg = msg:gsub("'%-%-(%l[%l-]*)'", function(o) return "\"" .. o:gsub("-", "_") .. "\"" end)
	msg = msg:gsub("%-%-(%l[%l-]*) (%S+)", function(o, v) return o:gsub("-", "_") .. " = \"" .. v .. "\"" end)
	return (msg:gsub("see 'chibo (%l+)[^']*'", "see help \"%1\""))
end

--- Lua's own and, or, not lose conditions without a word: f.a:ge(1) and f.b:ge(2) is only the second. Told before anything runs.
---@param text string a chunk
function M.check_text(text)
	local bare = text:gsub("%-%-[^\n]*", ""):gsub('"[^"\n]*"', '""'):gsub("'[^'\n]*'", "''"):gsub("%[%[.-%]%]", "")
	for _, own in ipairs { "local[%w_,%s]*", "for[%w_,%s]*", "function[^()]*%([^()]*" } do
		if bare:find(own .. "%f[%w_]f%f[^%w_]") then return end -- the user's own f
	end
	for word, mend in pairs { ["and"] = "all { a, b } or a:also(b)", ["or"] = "any { a, b } or a:either(b)", ["not"] = "no(a)" } do
		if bare:find("%f[%w_]" .. word .. "%s*%(*%s*f%.[%a_]") or (word ~= "not" and bare:find("%f[%w_]f%.[%a_][%w_]*:[%a_]+%b()%s*" .. word .. "%f[^%w_]")) then
			error(("Lua's own '%s' takes one of its sides and loses the other: write %s, or a text: \"x >= 80 %s y == 1\""):format(word,
				word == "not" and "f.x:no()" or mend, word == "not" and "and not" or word), 0)
		end
	end
end

function M.start(texts) for _, t in ipairs(texts) do read_help(t) end end
M.env = env
M.help_names = HELP
return M
