-- pack.lua: a ruleset that is built up in the console, and the writer that makes a pack's text of it.
--
-- rules.tuyen_quang:copy("my.pack") is a draft: it says what differs from the ruleset that it was copied from, and is
-- written as a pack that has this one as its base. The words of the rule language are those of rule.lua: criterion,
-- first, bands, ...; a quantity that a pack named and used often stays one table, and gets its name back when written.
-- What a draft means is never judged here: check, test, diff and whatif are the program's own commands on its text.

local host, query, words_chunk = ...

local M = {}

-- --- the words of the language --------------------------------------------------------------------------------------

local weak = { __mode = "k" }
local OP, NAME = setmetatable({}, weak), setmetatable({}, weak) -- of a table: the form that made it; the local that it was
local node_mt

local function mark(t, op, mt)
	OP[t] = op
	if op == "fact" then node_mt = mt end
	if mt then setmetatable(t, mt) end
	return t
end
local function op_of(v) return type(v) == "table" and OP[v] or nil end

local words = words_chunk {
	mark = mark, op = op_of, wrap = function(fn) return fn end, meta = setmetatable, day = host.day, nearest = host.nearest,
	number = function(n, d)
		n, d = math.tointeger(n), math.tointeger(d)
		return n and d and d > 0 and { n, d } or nil
	end,
	fail = function(text) error(text, 0) end,
}
local _ = words.fact.present -- the first fact tells the metatable of all nodes
M.words = words

function M.is_word(v) return op_of(v) ~= nil end

local COMPARE = { [">="] = "ge", [">"] = "gt", ["<="] = "le", ["<"] = "lt", ["="] = "eq", ["<>"] = "ne" }
local ARITHMETIC = { ["+"] = "add", ["-"] = "sub", ["*"] = "mul", ["/"] = "div" }
local function node(op, ...) return mark({ ... }, op, node_mt) end

-- An expression of a query (f.score:ge(3)) as one of a rule; the same one becomes the same one.
local LOWERED = setmetatable({}, weak)
local lower
local function lowered(e)
	local op = e.op
	if op == "value" then return e[1] end
	if op == "field" then return words.fact[e[1]] end
	if op == "neg" then return node("neg", lower(e[1])) end
	if op == "not" then return words.no(lower(e[1])) end
	if op == "notnull" then return node("known", lower(e[1])) end
	if op == "isnull" then return words.no(node("known", lower(e[1]))) end
	if op == "in" then
		local list = {}
		for i = 2, #e do list[i - 1] = lower(e[i]) end
		return lower(e[1]):one_of(list)
	end
	if op == "AND" or op == "OR" then
		local list = {}
		local function gather(x)
			if query.is_expr(x) and x.op == op then gather(x[1]) gather(x[2]) else list[#list + 1] = lower(x) end
		end
		gather(e)
		return (op == "AND" and words.all or words.any)(list)
	end
	local form = COMPARE[op] or ARITHMETIC[op] or error("a rule has no word for " .. op, 0)
	return node(form, lower(e[1]), lower(e[2]))
end
function lower(e)
	if not query.is_expr(e) then return e end
	local r = LOWERED[e]
	if r == nil then
		r = lowered(e)
		LOWERED[e] = r
	end
	return r
end

M.lower = lower

--- A query's operator with a rule's quantity on one side.
function query.with_rule(op, a, b)
	if not (op_of(a) or op_of(b)) then return nil end
	if op == "AND" or op == "OR" then return (op == "AND" and words.all or words.any) { lower(a), lower(b) } end
	return node(COMPARE[op] or ARITHMETIC[op] or error("a rule has no word for " .. op, 0), lower(a), lower(b))
end

-- --- writing --------------------------------------------------------------------------------------------------------

local WIDTH = 120
local RANK = {} -- the order in which fields are written; others follow by name
for i, n in ipairs { "id", "title", "issuer", "base", "frame", "status", "source", "effective", "for_kinds", "for_units", "for_cells", "part_of",
	"group", "level", "at_most", "max", "counts", "article", "label", "type", "unit", "min", "vocab",
	"from", "to", "note", "needs", "round", "step", "when", "applies",
	"otherwise", "check", "score", "facts", "assessors", "notes", "criteria", "override", "missing", "total", "ceiling", "levels", "gates", "rating", "periods",
	"ranking", "advice", "quarter", "half", "nine_months", "year", "missed_month", "within", "by", "ties" } do RANK[n] = i end

local function field_names(t)
	local list = {}
	for k in pairs(t) do if type(k) == "string" then list[#list + 1] = k end end
	table.sort(list, function(a, b)
		local x, y = RANK[a] or 1000, RANK[b] or 1000
		if x ~= y then return x < y end
		return a < b
	end)
	return list
end

local BROKEN = { criteria = true, override = true, gates = true, levels = true } -- a line each, as people write them

local LISTS = { all = true, any = true, sum = true, count = true, least = true, greatest = true, lowest = true, highest = true, first = true }
local RECORDS = { criterion = true, gate = true, ruleset = true, judged = true }
local SIGN = { add = " + ", sub = " - ", mul = " * ", div = " / " }
local PREC = { add = 1, sub = 1, mul = 2, div = 2, neg = 3 }
local METHOD = { ge = true, gt = true, le = true, lt = true, eq = true, ne = true, between = true, known = true }

local function literal(v)
	local t = type(v)
	if t == "string" then return '"' .. v:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"' end
	if t == "number" then return math.type(v) == "integer" and ("%d"):format(v) or ("%.14g"):format(v) end
	if t == "boolean" then return tostring(v) end
	error("a pack cannot hold a " .. t, 0)
end

-- One writer: `names` are the locals that stand above.
local function writer(names)
	local flat

	local function prec(v)
		if names[v] then return 9 end
		if type(v) == "number" then return v < 0 and 3 or 9 end
		return PREC[op_of(v)] or 9
	end
	local function operand(v, least)
		local s = flat(v)
		return prec(v) < least and "(" .. s .. ")" or s
	end
	local function primary(v)
		return (type(v) == "number" or prec(v) < 9) and "(" .. flat(v) .. ")" or flat(v)
	end
	local function fields(t, list)
		for _, k in ipairs(field_names(t)) do list[#list + 1] = k .. " = " .. flat(t[k]) end
		return list
	end
	local function items(t, from)
		local list = {}
		for i = from or 1, rawlen(t) do list[#list + 1] = flat(t[i]) end
		return list
	end
	local function braces(list) return #list == 0 and "{}" or "{ " .. table.concat(list, ", ") .. " }" end
	local function call(list)
		if #list == 1 and list[1]:match('^"[^"]*"$') then return " " .. list[1] end
		return "(" .. table.concat(list, ", ") .. ")"
	end
	-- The arguments after the one whose method it is; days as days.
	local function compared(t)
		local list = {}
		local date = op_of(t[1]) == "fact" and host.is_date(t[1][1])
		for i = 2, rawlen(t) do
			list[i - 1] = date and math.type(t[i]) == "integer" and "day " .. literal(host.day_text(t[i])) or flat(t[i])
		end
		return list
	end

	function flat(v)
		v = lower(v)
		if type(v) ~= "table" then return literal(v) end
		if names[v] then return names[v] end
		local op = OP[v]
		if not op then return braces(fields(v, items(v))) end
		if op == "fact" then return "f." .. v[1] end
		if op == "!bad" then error(v[1], 0) end
		if op == "function" then error("a Lua function cannot be written out: edit the pack's own file instead", 0) end
		if op == "number" then return ("ratio(%d, %d)"):format(v[1], v[2]) end
		if SIGN[op] then return operand(v[1], PREC[op]) .. SIGN[op] .. operand(v[2], PREC[op] + 1) end
		if op == "neg" then return "-" .. operand(v[1], 4) end
		if METHOD[op] then return primary(v[1]) .. ":" .. op .. "(" .. table.concat(compared(v), ", ") .. ")" end
		if op == "one_of" then return primary(v[1]) .. ":one_of " .. flat(v[2]) end
		if op == "key" then return primary(v[1]) .. (v.down and ":down()" or ":up()") end
		if op == "agg" then return v[1] .. ":" .. v[2] .. call(items(v, 3)) end
		if op == "every" then return v[1] .. ":every" .. call(items(v, 2)) end
		if op:sub(1, 6) == "level_" then return "level:" .. op:sub(7) .. " " .. flat(v[1]) end
		if op == "round_total" then
			return v[1] == 1 and "whole " .. flat(v[2]) or "round_to(" .. flat(v[1]) .. ", " .. flat(v[2]) .. ")"
		end
		if op == "judged" and next(v) == nil then return "judged()" end
		if LISTS[op] or RECORDS[op] then return op .. " " .. braces(fields(v, items(v))) end
		local list, opts = items(v), fields(v, {})
		if #opts > 0 then list[#list + 1] = braces(opts) end
		return op .. call(list)
	end

	local out, broken
	-- { a, b, c = d } over several lines; what is short and simple of a record shares its first lines.
	function broken(head, t, tabs)
		local lines, line, pad = {}, "", ("\t"):rep(tabs + 1)
		local function close() if line ~= "" then lines[#lines + 1] = line line = "" end end
		local function put(text, alone)
			if alone or (line ~= "" and (tabs + 1) * 8 + host.width(line .. text) + 2 > WIDTH) then close() end
			line = line == "" and text .. "," or line .. " " .. text .. ","
			if alone then close() end
		end
		for i = 1, rawlen(t) do put(out(t[i], tabs + 1, 0), true) end
		local brief = OP[t] == "criterion" or OP[t] == "gate"
		for _, k in ipairs(field_names(t)) do
			local v = lower(t[k])
			local apart = BROKEN[k] and type(v) == "table" and not op_of(v) and next(v) ~= nil
			put(k .. " = " .. (apart and broken("", v, tabs + 1) or out(v, tabs + 1, #k + 3)), not brief or type(v) == "table" or k == "note")
		end
		close()
		return head .. "{\n" .. pad .. table.concat(lines, "\n" .. pad) .. "\n" .. ("\t"):rep(tabs) .. "}"
	end

	function out(v, tabs, used)
		v = lower(v)
		local s = flat(v)
		local op = op_of(v)
		if type(v) ~= "table" or names[v] then return s end
		if op ~= "criterion" and op ~= "ruleset" and tabs * 8 + used + host.width(s) + 1 <= WIDTH then return s end
		if not op then return broken("", v, tabs) end
		if LISTS[op] or RECORDS[op] then return broken(op .. " ", v, tabs) end
		if SIGN[op] or op == "neg" or METHOD[op] or op == "one_of" or op == "fact" or op == "number" or op == "agg" or op == "every" or op == "key" then
			return s
		end
		local list = {}
		for i = 1, rawlen(v) do list[i] = out(v[i], i == 1 and tabs or tabs + 1, i == 1 and used + #op + 1 or 0) end
		local opts = fields(v, {})
		if #opts > 0 then list[#list + 1] = braces(opts) end
		return op .. "(" .. table.concat(list, ",\n" .. ("\t"):rep(tabs + 1)) .. ")"
	end
	return out, flat
end

--- The user's own name of a value, if there is one (console.lua knows the user's variables).
function M.named() end

-- What stands more than once and is worth a name, operands first.
local function shared(roots)
	local seen, list, facts = {}, {}, false
	local function walk(v)
		v = lower(v)
		if type(v) ~= "table" then return end
		local op = OP[v]
		if op == "fact" then facts = true return end
		if seen[v] then
			seen[v] = seen[v] + 1
			return
		end
		seen[v] = 1
		for i = 1, rawlen(v) do walk(v[i]) end
		for _, k in ipairs(field_names(v)) do walk(v[k]) end
		if op and op ~= "number" and op ~= "level" and op ~= "collection" then list[#list + 1] = v end
	end
	for _, r in ipairs(roots) do walk(r) end
	local names, order, taken = {}, {}, {}
	for _, v in ipairs(list) do
		if seen[v] > 1 then
			local name = NAME[v] or M.named(v)
			if not name or taken[name] or words[name] or name == "f" then
				local i = 1
				while taken["q" .. i] do i = i + 1 end
				name = "q" .. i
			end
			taken[name] = true
			names[v] = name
			order[#order + 1] = v
		end
	end
	return names, order, facts
end

--- The Lua text of a value that the words made, on one line where it fits.
function M.source(v)
	return (writer({}))(v, 0, 0)
end

-- --- packs as tables ------------------------------------------------------------------------------------------------

local KNOWN = { "title", "issuer", "status", "source", "effective", "for_kinds", "for_units", "for_cells", "note", "facts", "assessors", "notes",
	"missing", "total", "ceiling", "levels", "gates", "rating", "periods", "ranking", "advice" }
local OF_RULESET = {}
for _, n in ipairs(KNOWN) do OF_RULESET[n] = true end
local OF_CRITERION = { "id", "max", "label", "article", "score", "check", "applies", "otherwise", "group", "part_of", "counts", "needs", "round", "note" }

local function path_of(id) return id:gsub("%.", "/", 1) .. ".lua" end

local function load(id)
	local named = {}
	local tree, text = host.pack_tree(path_of(id), function(t, op, line)
		if op then
			mark(t, op, op ~= "number" and op ~= "criterion" and op ~= "gate" and op ~= "ruleset" and node_mt or nil)
			named[#named + 1] = { t, line }
		end
		return t
	end)
	local at = {}
	do
		local n = 0
		for line in (text .. "\n"):gmatch("([^\n]*)\n") do
			n = n + 1
			at[n] = line:match("^local%s+([%a_][%w_]*)%s*=")
		end
	end
	for _, p in ipairs(named) do NAME[p[1]] = at[p[2]] end
	return tree
end

local function copy(t)
	local c = {}
	for k, v in pairs(t) do c[k] = v end
	local op = OP[t]
	return op and mark(c, op, getmetatable(t) == "rule" and node_mt or nil) or c
end

-- Everything that a ruleset says, with what its bases say: fields, criteria in order; and its own tree.
local function whole_of(id)
	local own = load(id)
	local fields, criteria = {}, nil
	if own.base then
		local below = whole_of(own.base)
		for k, v in pairs(below.fields) do fields[k] = v end
		criteria = below.criteria
	end
	for k, v in pairs(own) do if OF_RULESET[k] then fields[k] = v end end
	if own.criteria then
		criteria = table.move(own.criteria, 1, #own.criteria, 1, {})
	elseif own.override then
		local by_id, list = {}, {}
		for k, c in pairs(own.override) do by_id[c.id or k] = c end
		for i, c in ipairs(criteria) do list[i] = by_id[c.id] or c end
		criteria = list
	end
	return { fields = fields, criteria = criteria or {}, own = own }
end

-- --- drafts ---------------------------------------------------------------------------------------------------------

local Draft = {}
Draft.__index = Draft
M.Draft = Draft
function M.is_draft(x) return type(x) == "table" and getmetatable(x) == Draft end

local function check_id(id)
	if type(id) ~= "string" or not id:match("^[a-z][a-z0-9_]*%.[a-z][a-z0-9_]*$") then
		error("a pack is named folder.file in a to z, 0 to 9 and _, such as \"phuong_mau.thu\"", 0)
	end
	return id
end

--- A draft: a copy of the ruleset `from`, or an empty one.
function M.draft(id, from)
	local d = { id = check_id(id), from = from, top = {}, changed = {}, said = {} }
	if from then
		if from == id then error("the copy needs a name of its own", 0) end
		d.base = whole_of(from)
	else
		d.base = { fields = {}, criteria = {}, own = {} }
		d.anew = true
	end
	d.criteria = table.move(d.base.criteria, 1, #d.base.criteria, 1, {})
	setmetatable(d, Draft)
	-- A second ruleset of one issuer on the same days could not be told from the first: the folder most often has the issuer's code.
	local folder = id:match("^[^.]*")
	if from and d.base.fields.issuer ~= folder then d:set("issuer", folder) end
	return d
end

local function ids(self)
	local list = {}
	for i, c in ipairs(self.criteria) do list[i] = c.id end
	return list
end

local function find(self, id)
	for i, c in ipairs(self.criteria) do if c.id == id then return i end end
	local near = type(id) == "string" and host.nearest(id, ids(self))
	error(("no criterion \"%s\"%s"):format(tostring(id), near and "; nearest is \"" .. near .. "\"" or "; there are: " .. table.concat(ids(self), ", ")), 0)
end

local function place(self, path)
	if type(path) ~= "string" then error("a place is a text: \"attendance.max\", \"levels.tot\", \"effective.from\"", 0) end
	local head, rest = path:match("^([^.]*)%.?(.*)$")
	if rest == "" then rest = nil end
	if OF_RULESET[head] then return head, rest, true end
	for _, c in ipairs(self.criteria) do
		if c.id == head then
			if rest and not host.nearest(rest, OF_CRITERION) then error(("a criterion has no field \"%s\""):format(rest), 0) end
			for _, n in ipairs(OF_CRITERION) do if n == rest then return head, rest, false end end
			if rest then error(("a criterion has no field \"%s\"; nearest is \"%s\""):format(rest, host.nearest(rest, OF_CRITERION)), 0) end
			return head, nil, false
		end
	end
	local all = ids(self)
	for _, n in ipairs(KNOWN) do all[#all + 1] = n end
	local near = host.nearest(head, all)
	error(("no criterion and no field of a ruleset is called \"%s\"%s"):format(head, near and "; nearest is \"" .. near .. "\"" or ""), 0)
end

local function level_at(levels, id)
	local names = {}
	for i, l in ipairs(levels or {}) do
		names[i] = l[1] or l.id
		if names[i] == id then return i end
	end
	local near = host.nearest(id, names)
	error(("no level \"%s\"%s"):format(id, near and "; nearest is \"" .. near .. "\"" or ""), 0)
end

local function top(self, name)
	local v = self.top[name]
	if v == nil then v = self.base.fields[name] end
	return v
end

--- What stands at a place: :get("attendance"), :get("attendance.max"), :get("levels.tot"), :get("gates").
function Draft:get(path)
	local head, rest, of_ruleset = place(self, path)
	if not of_ruleset then
		local c = self.criteria[find(self, head)]
		if rest then return c[rest] end
		return c
	end
	local v = top(self, head)
	if not rest then return v end
	if head == "levels" then
		local l = v[level_at(v, rest)]
		return l[2] or l.at_least
	end
	return type(v) == "table" and v[rest] or nil
end

local function brief(v)
	local s = M.source(v):gsub("%s+", " ")
	return host.width(s) > 60 and (s:match("^[%w_]+") or "{") .. " ..." or s
end

local function put(self, path, value)
	local head, rest, of_ruleset = place(self, path)
	if not of_ruleset then
		local i = find(self, head)
		if not rest then
			if type(value) ~= "table" then error(("%s is a criterion: give criterion { ... }, or name its field: \"%s.max\""):format(head, head), 0) end
			value = copy(value)
			mark(value, "criterion")
			if value.id ~= head then self.ordered = true end
			self.criteria[i] = value
			self.changed[value.id or ""] = true
		else
			local c = copy(self.criteria[i])
			c[rest] = value
			self.criteria[i] = c
			self.changed[head] = true
			if rest == "id" then self.ordered = true end
		end
	elseif not rest then
		self.top[head] = value
	elseif head == "levels" then
		local levels = table.move(top(self, "levels") or {}, 1, #(top(self, "levels") or {}), 1, {})
		local i = level_at(levels, rest)
		levels[i] = copy(levels[i])
		if levels[i][2] ~= nil then levels[i][2] = value else levels[i].at_least = value end
		self.top.levels = levels
	else
		local t = copy(top(self, head) or {})
		t[rest] = value
		self.top[head] = t
	end
end

--- Changes one place: :set("attendance.max", 15), :set("levels.tot", 85), :set("attendance.score", flag(f.present:gt(0), 5)).
function Draft:set(path, value)
	if value == nil then error(("set(\"%s\", ...): the value is nothing (nil): a misspelt name? :unset takes a field away"):format(tostring(path)), 0) end
	value = lower(value)
	local text = brief(value) -- what cannot be written is told before anything changes
	put(self, path, value)
	self.said[#self.said + 1] = path .. " = " .. text
	return self
end

--- Takes a field away: :unset("attendance.applies").
function Draft:unset(path)
	local _, rest = place(self, path)
	if not rest then error("only a field of something can be taken away; :remove takes a criterion away", 0) end
	put(self, path, nil)
	self.said[#self.said + 1] = "without " .. path
	return self
end

--- One more criterion, at the end or beside another: :add(criterion { ... }), :add(criterion { ... }, { before = "minutes" }).
function Draft:add(c, opts)
	if type(c) ~= "table" then error("add takes criterion { id = \"...\", max = ..., label = \"...\", score = ... }", 0) end
	c = mark(copy(c), "criterion")
	if type(c.id) ~= "string" then error("a criterion needs an id: criterion { id = \"...\", ... }", 0) end
	for _, id in ipairs(ids(self)) do if id == c.id then error(("there is a criterion \"%s\" already; :set(\"%s\", ...) replaces it"):format(id, id), 0) end end
	M.source(c)
	opts = opts or {}
	local at = opts.before and find(self, opts.before) or opts.after and find(self, opts.after) + 1 or #self.criteria + 1
	table.insert(self.criteria, at, c)
	self.ordered = true
	self.said[#self.said + 1] = "criterion " .. c.id .. " is new"
	return self
end

--- Takes a criterion away: :remove("minutes").
function Draft:remove(id)
	table.remove(self.criteria, find(self, id))
	self.ordered = true
	self.said[#self.said + 1] = "without criterion " .. id
	return self
end

--- The pack as Lua text: only what differs from its base; :lua { whole = true } says everything.
function Draft:lua(opts)
	local own, all = self.base.own, self.anew or (opts and opts.whole)
	local touched = self.ordered or next(self.changed) ~= nil
	local r = mark({ id = self.id }, "ruleset")
	-- A frame is checked against the base that it names: parts of it can only be written beside that base.
	local framed = own.frame and (all or touched)
	if framed then
		for k, v in pairs(own) do if OF_RULESET[k] then r[k] = v end end
		r.base, r.frame = own.base, own.frame
	elseif all then
		for k, v in pairs(self.base.fields) do r[k] = v end
	else
		r.base = self.from
	end
	for k, v in pairs(self.top) do r[k] = v end
	if #self.said > 0 and self.from and not self.top.status then
		r.status = "reconstructed"
		r.source = self.top.source or "sửa từ " .. self.from
	end
	if all or framed or self.ordered then
		r.criteria = self.criteria
	elseif touched then
		r.override = {}
		for _, c in ipairs(self.criteria) do if self.changed[c.id] then r.override[#r.override + 1] = c end end
	end
	local head = { "-- " .. (r.title or self.base.fields.title or self.id) }
	if self.from then head[#head + 1] = "-- Made in the console from " .. self.from .. (#self.said > 0 and ":" or ", without a change.") end
	for _, s in ipairs(self.from and self.said or {}) do head[#head + 1] = "--   " .. s end
	local names, order, facts = shared { r }
	if facts then head[#head + 1] = "local f = fact" end
	local known = {}
	for _, v in ipairs(order) do
		local out = writer(known)
		head[#head + 1] = "local " .. names[v] .. " = " .. out(v, 0, 9 + #names[v])
		known[v] = names[v]
	end
	local out = writer(known)
	return table.concat(head, "\n") .. "\n\nreturn " .. out(r, 0, 0) .. "\n"
end

--- A file with the draft as it is now, for the program's own commands.
function M.file(d)
	local folder, file = d.id:match("^([^.]*)%.(.*)$")
	return host.scratch(folder, file, d:lua())
end

local function twin(self)
	local d = {}
	for k, v in pairs(self) do d[k] = v end
	return setmetatable(d, Draft)
end
--- For whatif: only the meetings of a period.
function Draft:during(period) local d = twin(self) d.period_ = period return d end
--- For whatif: only a unit and those below it.
function Draft:at(unit) local d = twin(self) d.unit_ = unit return d end

--- Writes the pack into the rules folder, or to a path: :save(), :save("rules/my/pack.lua"), :save(path, { whole = true }).
function Draft:save(path, opts)
	if type(path) == "table" then path, opts = nil, path end
	local dir = host.rules_dir():gsub("/+$", "")
	path = path or dir .. "/" .. path_of(self.id)
	local want = path_of(self.id)
	if path:sub(-#want) ~= want then
		error(("the pack %s belongs into a file .../%s: others find it by its name; or :copy(\"...\") it under another name"):format(self.id, want), 0)
	end
	local inside = path:sub(1, #dir + 1) == dir .. "/"
	local b, t = self.base.fields, self.top
	if self.from and inside and (t.issuer or b.issuer) == b.issuer and not (t.effective or t.for_kinds or t.for_units or t.for_cells) then
		error(("%s and %s of %s would hold on the same days: :set(\"issuer\", ...) or :set(\"effective.from\", ...), or save it outside %s")
			:format(self.id, self.from, b.issuer, dir), 0)
	end
	host.save(path, self:lua(opts))
	return path
end

function Draft:__tostring()
	local lines = { "draft " .. self.id .. (self.from and " from " .. self.from or "") .. (#self.said == 0 and ", no change yet" or "") }
	for _, s in ipairs(self.said) do lines[#lines + 1] = "  " .. s end
	return table.concat(lines, "\n")
end

return M
