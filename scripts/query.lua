-- query.lua: a query is data. A lazy, composable list of stages that becomes one parameterised SQL statement.
--
-- meetings{ province = "thanh_hoa", year = 2020 }:by("level"):count() builds a table; nothing is read until it is
-- printed, iterated or asked for its rows. Stages nest as sub-selects, which SQLite flattens; values are always bound,
-- never pasted. Fields come from the record's own views, so facts that a pack declared are there too.
--
-- The host table gives: columns(sql) -> names, fold(text) -> look-up key, period(text) -> {from=, to=, code=},
-- nearest(name, list) -> name or nil.

local M = {}

local host

--- What each relation reads, and how it reaches the others. `day`: the column whose day decides which province it was.
local RELATIONS = {
	meetings = { view = "v_meeting", key = "id", unit = "unit_code", day = "held_on", order = "id", more = { relation = "results", on = "id" } },
	results = { view = "v_result", key = "meeting_id", unit = "unit_code", day = "held_on", order = "meeting_id",
		more = { relation = "meetings", on = "meeting_id" } },
	criteria = { view = "v_result_criterion", points = { max = true, points = true, lost = true }, key = "meeting_id", order = "meeting_id, ord",
		more = { relation = "results", on = "meeting_id" } },
	assessments = { view = "v_assessment", points = { points = true }, key = "meeting_id", order = "meeting_id",
		more = { relation = "results", on = "meeting_id" } },
	notes = { view = "v_note", key = "meeting_id", order = "meeting_id", more = { relation = "results", on = "meeting_id" } },
	units = { view = "v_unit", key = "code", unit = "code", day = "valid_from", order = "code" },
	visits = { view = "v_visit", unit = "unit_code", day = "day", order = "unit_code" },
	runs = { view = "v_run", order = "id" },
	rulesets = { view = "v_ruleset", points = { max = true }, order = "id" },
}
M.RELATIONS = RELATIONS

-- The relations from which a row of `rel` gets its fields, nearest first: its own, and those joined to it one after another.
local function reach(rel)
	local list, seen = { rel }, { [rel] = true }
	local more = RELATIONS[rel].more
	while more and not seen[more.relation] do
		list[#list + 1], seen[more.relation] = more.relation, true
		more = RELATIONS[more.relation].more
	end
	return list
end

-- Fields that are computed from others of the same relation: %s is the alias of the row's source, @day its column of the day.
local DERIVED = {
	year = { needs = "@day", sql = "CAST(substr(%s.@day,1,4) AS INTEGER)" },
	month = { needs = "@day", sql = "substr(%s.@day,1,7)" },
	quarter = { needs = "@day", sql = "substr(%s.@day,1,4)||'-Q'||((CAST(substr(%s.@day,6,2) AS INTEGER)+2)/3)" },
	half = { needs = "@day", sql = "substr(%s.@day,1,4)||'-H'||((CAST(substr(%s.@day,6,2) AS INTEGER)+5)/6)" },
	weekday = { needs = "@day", sql = "((CAST(strftime('%w',%s.@day) AS INTEGER)+6)%7+1)" }, -- 1 Monday to 7 Sunday
	organisation = { needs = "unit_kind",
		sql = "CASE WHEN %s.unit_kind='chi_bo_truc_thuoc' THEN %s.parent_code ELSE %s.unit_code END" },
	attendance = { needs = "present",
		sql = "CAST(%s.present AS REAL)/NULLIF(%s.members-coalesce(%s.exempt,0)-coalesce(%s.special_duty,0),0)" },
}
-- Points that an assessor gave in all: the total where it was given, else the sum of the lines.
for _, who in ipairs { "self", "observer", "superior" } do
	DERIVED[who .. "_score"] = { needs = "meeting_rev", sql = ("coalesce((SELECT a_.points FROM assessment a_ WHERE a_.meeting_id=%%s.meeting_id AND "
		.. "a_.item='' AND a_.assessor='%s'),(SELECT sum(a_.points) FROM assessment a_ WHERE a_.meeting_id=%%s.meeting_id AND a_.assessor='%s'))/1000.0")
		:format(who, who) }
end
-- 1 is the best level of the ruleset; the points that are missing to the next level up.
DERIVED.level_place = { needs = "official",
	sql = "(SELECT count(*) FROM ruleset_level l_ JOIN ruleset_level m_ ON m_.ruleset_id=l_.ruleset_id AND m_.ord<=l_.ord "
		.. "WHERE l_.ruleset_id=%s.ruleset_id AND l_.id=%s.official)" }
DERIVED.to_next = { needs = "level_by_score",
	sql = "(SELECT min(l_.at_least)/1000.0-%s.score FROM ruleset_level l_ WHERE l_.ruleset_id=%s.ruleset_id AND l_.at_least/1000.0>%s.score)" }
-- How many facts the record does not have of a meeting.
DERIVED.facts_missing = { needs = "duration_minutes", sql = function() return M.facts_missing_sql() end }
local DERIVED_ORDER = { "year", "month", "quarter", "half", "weekday", "organisation", "attendance", "facts_missing", "self_score", "observer_score",
	"superior_score", "level_place", "to_next" }

local ROOTS = { province = "tinh", block = "khoi" } -- fields found by walking up the dated tree

-- --- expressions ------------------------------------------------------------------------------------------------

local Expr = {}
Expr.__index = Expr
M.Expr = Expr

local function is_expr(x) return type(x) == "table" and getmetatable(x) == Expr end
M.is_expr = is_expr

local function node(op, ...) return setmetatable({ op = op, ... }, Expr) end

local function lift(x)
	if is_expr(x) then return x end
	local t = type(x)
	if t == "number" or t == "string" then return node("value", x) end
	if t == "boolean" then return node("value", x and 1 or 0) end
	if t == "nil" then error("a value of this expression is nothing (nil): a misspelt name?", 0) end
	error("an expression takes numbers, texts and fields, not a " .. t, 0)
end

local TEXT = { AND = "and", OR = "or", ["="] = "==", ["<>"] = "~=", ["||"] = ".." }
-- An expression as one would write it in where "...".
local function describe(e, inside)
	if not is_expr(e) then return tostring(e) end
	local op = e.op
	if op == "field" then return e[1] end
	if op == "value" then return type(e[1]) == "string" and "'" .. e[1] .. "'" or tostring(e[1]) end
	if op == "neg" then return "-" .. describe(e[1], true) end
	if op == "not" then return "not " .. describe(e[1], true) end
	if op == "isnull" then return describe(e[1], true) .. " == nil" end
	if op == "notnull" then return describe(e[1], true) .. " ~= nil" end
	if op == "in" then
		local list = {}
		for i = 2, #e do list[i - 1] = describe(e[i]) end
		return describe(e[1], true) .. " in (" .. table.concat(list, ", ") .. ")"
	end
	local s = describe(e[1], true) .. " " .. (TEXT[op] or op) .. " " .. describe(e[2], true)
	return inside and "(" .. s .. ")" or s
end
Expr.__tostring = function(e) return describe(e) end

local function binary(op)
	return function(a, b)
		local rule = M.with_rule and M.with_rule(op, a, b) -- one side is a word of the rule language (pack.lua)
		return rule or node(op, lift(a), lift(b))
	end
end
Expr.__add, Expr.__sub, Expr.__mul, Expr.__div = binary "+", binary "-", binary "*", binary "/"
Expr.__concat = binary "||"
Expr.__unm = function(a) return node("neg", lift(a)) end
-- Lua turns a > b into b < a: the number, if there is one, tells how it was written.
local function no_compare(less, name_less, more, name_more)
	return function(a, b)
		local sign, name = less, name_less
		if not is_expr(a) then a, b, sign, name = b, a, more, name_more end
		local function lua(x) return is_expr(x) and (x.op == "field" and "f." .. x[1] or "(" .. describe(x) .. ")") or ("%q"):format(x) end
		error(("%s %s %s is Lua's own comparison and gives no condition: write %s:%s(%s), or a text: \"%s %s %s\""):format(
			lua(a), sign, lua(b), lua(a), name, lua(b), describe(a), sign, describe(b)), 0)
	end
end
Expr.__lt, Expr.__le = no_compare("<", "lt", ">", "gt"), no_compare("<=", "le", ">=", "ge")
--- At least: f.score:ge(80).
Expr.ge = binary ">="
--- More than.
Expr.gt = binary ">"
--- At most.
Expr.le = binary "<="
--- Less than.
Expr.lt = binary "<"
--- Equal: f.level:eq "tot".
Expr.eq = binary "="
--- Not equal.
Expr.ne = binary "<>"
local also, either = binary "AND", binary "OR"
--- Both conditions hold: f.score:ge(90):also(f.decided:eq(0)).
---@return chibo.Expr
function Expr:also(condition) return also(self, condition) end
--- One of two conditions holds.
---@return chibo.Expr
function Expr:either(condition) return either(self, condition) end
--- The field is absent.
---@return chibo.Expr
function Expr:is_nil() return node("isnull", self) end
--- The field is there.
---@return chibo.Expr
function Expr:known() return node("notnull", self) end
--- One of several values: f.kind:one_of { "thematic", "combined" }.
---@return chibo.Expr
function Expr:one_of(list)
	local n = node("in", self)
	for i, v in ipairs(list) do n[i + 1] = lift(v) end
	return n
end
--- The condition does not hold.
---@return chibo.Expr
function Expr:no() return node("not", self) end
--- From a to b, both included: f.score:between(60, 75).
---@return chibo.Expr
function Expr:between(a, b) return node("AND", node(">=", self, lift(a)), node("<=", self, lift(b))) end
--- A text of this form, % for anything: f.unit_code:like "TH-%".
---@return chibo.Expr
function Expr:like(pattern) return node("LIKE", self, lift(pattern)) end
--- For :sort, the largest first.
---@return table
function Expr:down() return { expr = self, desc = true } end
--- For :sort, the smallest first.
---@return table
function Expr:up() return { expr = self } end

--- f.present is the field `present`.
M.f = setmetatable({}, { __index = function(_, name) return node("field", name) end,
	__newindex = function() error("fields cannot be set", 2) end })
local function joined(name, op)
	return function(list)
		if type(list) ~= "table" or is_expr(list) or #list == 0 then
			error(name .. " takes a list of conditions: " .. name .. " { f.score:ge(80), f.decided:eq(0) }", 0)
		end
		local e = lift(list[1])
		for i = 2, #list do e = node(op, e, lift(list[i])) end
		return e
	end
end
M.all, M.any = joined("all", "AND"), joined("any", "OR")

-- A condition written as text: "present / members < 0.95 and kind == 'regular'". A small precedence parser.
local function parse(text)
	local pos, tok, val = 1, nil, nil
	local start = 1 -- of the word that is looked at
	local function fail(what) error(("in \"%s\" at %d: %s"):format(text, start, what), 0) end
	local function advance()
		pos = text:find("%S", pos) or #text + 1
		start = pos
		if pos > #text then tok = "end" return end
		local s = text:match("^%d+%.?%d*", pos)
		if s then tok, val, pos = "value", tonumber(s), pos + #s return end
		s = text:match("^[%a_\128-\255][%w_\128-\255]*", pos)
		if s then
			pos = pos + #s
			if s == "and" or s == "or" or s == "not" or s == "nil" then tok = s
			elseif s == "true" or s == "false" then tok, val = "value", s == "true" and 1 or 0
			else tok, val = "name", s end
			return
		end
		local q = text:sub(pos, pos)
		if q == "'" or q == '"' then
			local close = text:find(q, pos + 1, true) or fail("the quote is not closed")
			tok, val, pos = "value", text:sub(pos + 1, close - 1), close + 1
			return
		end
		s = text:match("^[<>=~!]=", pos) or text:match("^<>", pos) or text:match("^[-+*/()<>=,]", pos)
		if not s then
			local mend = { ["&"] = "write and", ["|"] = "write or", ["!"] = "write not", ["%"] = "a share is written 0.9" }
			fail("cannot read \"" .. q .. "\"" .. (mend[q] and ": " .. mend[q] or ""))
		end
		tok, pos = s, pos + #s
	end
	local expr
	local function primary()
		if tok == "value" then local v = val advance() return node("value", v) end
		if tok == "name" then local v = val advance() return node("field", v) end
		if tok == "(" then advance() local e = expr(0) if tok ~= ")" then fail(") is missing") end advance() return e end
		if tok == "-" then advance() return node("neg", primary()) end
		if tok == "not" then advance() return node("not", expr(3)) end
		if tok == "end" then fail("something is missing at the end") end
		fail("a field or a value is missing before " .. tok)
	end
	local function left_over()
		if tok == "," then fail("write and, or, between conditions, not a comma") end
		if tok == "name" then
			fail(("\"%s\" is not expected here; and, or, in, between, like, is nil can stand between words; a text stands in quotes"):format(val))
		end
		if tok == "value" then fail("a value is not expected here: an operator (== ~= < > <= >= and or) is missing") end
		fail("\"" .. tok .. "\" is not expected here")
	end
	-- x in (1, 2), x between 1 and 5, x like 'A%', x is nil: words that only mean something after a value.
	local function word_after(left)
		local negate = tok == "not"
		if negate then advance() end
		local w = val
		local e
		if tok ~= "name" or not (w == "in" or w == "between" or w == "like" or (w == "is" and not negate)) then left_over() end
		advance()
		if w == "in" then
			if tok ~= "(" then fail("a list is missing: in ('tot', 'kha')") end
			e = node("in", left)
			repeat
				advance()
				e[#e + 1] = expr(4)
			until tok ~= ","
			if tok ~= ")" then fail(") is missing") end
			advance()
		elseif w == "between" then
			local low = expr(4)
			if tok ~= "and" then fail("and is missing: between 80 and 90") end
			advance()
			e = left:between(low, expr(4))
		elseif w == "like" then
			e = node("LIKE", left, expr(4))
		else
			negate = tok == "not"
			if negate then advance() end
			if tok ~= "nil" and not (tok == "name" and val:lower() == "null") then fail("is is followed by nil, or not nil; values are compared with ==") end
			advance()
			return node(negate and "notnull" or "isnull", left)
		end
		return negate and node("not", e) or e
	end
	local PREC = { ["or"] = 1, ["and"] = 2, ["<"] = 4, [">"] = 4, ["<="] = 4, [">="] = 4, ["=="] = 4, ["="] = 4, ["~="] = 4, ["!="] = 4,
		["<>"] = 4, ["+"] = 5, ["-"] = 5, ["*"] = 6, ["/"] = 6 }
	local SQL = { ["or"] = "OR", ["and"] = "AND", ["=="] = "=", ["~="] = "<>", ["!="] = "<>" }
	function expr(min)
		local left = primary()
		while true do
			if min < 4 and ((tok == "name" and (val == "in" or val == "between" or val == "like" or val == "is")) or tok == "not") then
				left = word_after(left)
				goto continue
			end
			if not PREC[tok] or PREC[tok] <= min then break end
			local op = tok
			advance()
			if tok == "nil" then
				advance()
				left = node((op == "==" or op == "=") and "isnull" or "notnull", left)
			else
				left = node(SQL[op] or op, left, expr(PREC[op]))
			end
			::continue::
		end
		return left
	end
	advance()
	local e = expr(0)
	if tok ~= "end" then left_over() end
	return e
end
M.parse = parse

-- --- queries ----------------------------------------------------------------------------------------------------

local Query = {}
Query.__index = Query
M.Query = Query
function M.is_query(x) return type(x) == "table" and getmetatable(x) == Query end

local function fields_of_view(rel)
	local r = RELATIONS[rel]
	if not r.fields then
		r.fields, r.list = {}, {}
		for i, name in ipairs(host.columns("SELECT * FROM " .. r.view)) do r.fields[name], r.list[i] = true, name end
	end
	return r.fields, r.list
end

local function can_derive(rel, name)
	local d = DERIVED[name]
	if not d then return false end
	if d.needs == "@day" then return RELATIONS[rel].day ~= nil and rel ~= "units" end
	return fields_of_view(rel)[d.needs] == true
end

function M.facts_missing_sql()
	local parts = {}
	local _, list = fields_of_view("meetings")
	for _, n in ipairs(list) do
		if host.label(n) ~= n and n ~= "unit_kind" and n ~= "cell_type" then parts[#parts + 1] = ('(%%s."%s" IS NULL)'):format(n) end
	end
	return "(" .. table.concat(parts, "+") .. ")"
end

--- Every field that a relation answers for, own ones first.
---@return string[]
function M.field_names(rel)
	local seen, out = {}, {}
	local function add(n) if not seen[n] then seen[n] = true out[#out + 1] = n end end
	for _, r in ipairs(reach(rel)) do
		local _, list = fields_of_view(r)
		for _, n in ipairs(list) do add(n) end
		for _, n in ipairs(DERIVED_ORDER) do if can_derive(r, n) then add(n) end end
		if RELATIONS[r].unit then add "province" add "block" end
	end
	return out
end

local function new(rel) return setmetatable({ rel = rel, stages = {} }, Query) end

local function with(self, stage)
	local q = new(self.rel)
	for i, s in ipairs(self.stages) do q.stages[i] = s end
	q.stages[#q.stages + 1] = stage
	q.pending = self.pending
	if stage.kind ~= "by" then q.pending = nil end
	return q
end

--- The names a query's rows have now.
local function output(self)
	local names = M.field_names(self.rel)
	local list = fields_of_view(self.rel) and RELATIONS[self.rel].list
	for _, s in ipairs(self.stages) do
		if s.kind == "agg" or s.kind == "select" then names, list = s.names, s.names
		elseif s.kind == "add" or s.kind == "ties" or s.kind == "join" then
			local n2, l2 = { table.unpack(names) }, { table.unpack(list) }
			for _, n in ipairs(s.names) do n2[#n2 + 1] = n l2[#l2 + 1] = n end
			names, list = n2, l2
		end
	end
	return names, list
end
M.output = output

local function narrowed(self)
	for _, s in ipairs(self.stages) do if s.kind == "agg" or s.kind == "select" then return true end end
	return false
end

local function has_field(self, name)
	for _, n in ipairs((output(self))) do if n == name then return true end end
	return false
end

local function check_field(self, name, hint)
	if type(name) ~= "string" then
		if name == nil then error("the name of a field is nothing (nil): a misspelt variable?", 0) end
		error(("a field is named by a text such as \"score\", not by a %s"):format(is_expr(name) and "f.x: without f." or type(name)), 0)
	end
	if has_field(self, name) then return end
	local names, list = output(self)
	local near, say = host.nearest(name, names), ""
	local longer = {}
	for _, n in ipairs(near and {} or names) do if #name > 2 and n:find(name, 1, true) then longer[#longer + 1] = n end end
	if #longer > 0 then
		say = ": is it " .. table.concat(longer, " or ", 1, math.min(3, #longer)) .. "?"
	elseif near then
		say = "; nearest is \"" .. near .. "\""
	elseif narrowed(self) then
		say = ": the columns here are " .. table.concat(list, ", ")
	elseif hint then
		say = hint
	else
		for _, other in ipairs { "results", "meetings", "criteria", "assessments", "units", "visits", "runs", "rulesets" } do
			local fields = {}
			for _, n in ipairs(M.field_names(other)) do fields[n] = true end
			if fields[name] then say = ("; %s have it"):format(other) break end
		end
	end
	error(("%s have no field \"%s\"%s"):format(self.rel, name, say), 0)
end

M.check_field = check_field

-- "number" or "text" by what the record holds; nil when nothing tells. Only fields of the view itself are looked at.
local TYPES = {}
local function type_of(self, e)
	if not is_expr(e) then return nil end
	if e.op == "value" then return type(e[1]) == "string" and "text" or "number" end
	if e.op == "+" or e.op == "-" or e.op == "*" or e.op == "/" or e.op == "neg" then return "number" end
	if e.op ~= "field" or narrowed(self) or not fields_of_view(self.rel)[e[1]] then return nil end
	local key = self.rel .. "." .. e[1]
	if TYPES[key] == nil then
		local sql = ('SELECT typeof("%s") AS t FROM %s WHERE "%s" IS NOT NULL LIMIT 1'):format(e[1], RELATIONS[self.rel].view, e[1])
		local r = host.iterate(sql, {})()
		TYPES[key] = r and (r.t == "text" and "text" or "number") or false
	end
	return TYPES[key] or nil
end

local COMPARES = { ["="] = true, ["<>"] = true, ["<"] = true, ["<="] = true, [">"] = true, [">="] = true }
local function check_expr(self, e, hint)
	if e.op == "field" then check_field(self, e[1], hint) end
	for i, k in ipairs(e) do
		local other = COMPARES[e.op] and e[3 - i]
		-- official == tot: a word that is no field, beside one that is
		if is_expr(k) then check_expr(self, k, is_expr(other) and ("; a text stands in quotes: %s == '%s'"):format(describe(other), tostring(k[1])) or nil) end
	end
	if COMPARES[e.op] then
		local a, b = type_of(self, e[1]), type_of(self, e[2])
		if a and b and a ~= b and (e[1].op == "value" or e[2].op == "value") then
			local field, value = e[1], e[2]
			if field.op == "value" then field, value = value, field end
			error(("%s holds %ss, %s is a %s"):format(describe(field), type_of(self, field), describe(value), type_of(self, value)), 0)
		end
	end
	return e
end

local function to_expr(self, x)
	if type(x) == "string" then x = parse(x) end
	if type(x) == "boolean" then
		error("a condition came out as " .. tostring(x) .. ": ==, ~= and not are Lua's own; write f.x:eq(y), f.x:ne(y), f.x:no(), or a text: \"x == 'y'\"", 0)
	end
	if x == nil then error("the condition is nothing (nil): a misspelt name? To go through rows write for r in q:each() do", 0) end
	if not is_expr(x) then error("a condition is a text such as \"score >= 80\" or an expression such as f.score:ge(80)", 0) end
	return check_expr(self, x)
end

-- The arguments of a call as a list of names; at least one, none of them nothing.
local function names_given(word, ...)
	local n = select("#", ...)
	if n == 0 then error((":%s needs the name of a field: :%s(\"level\")"):format(word, word), 0) end
	local list = { ... }
	for i = 1, n do if list[i] == nil then error(("value %d of :%s is nothing (nil): a misspelt name?"):format(i, word), 0) end end
	return list
end

-- Does a relation, or one that it is joined to, say which unit a row belongs to?
local function has_unit(rel)
	for _, r in ipairs(reach(rel)) do if RELATIONS[r].unit then return true end end
	return false
end

--- Keeps the rows for which the condition holds: where "present / members < 0.95", where(f.score:ge(80)), where{ level = "tot" }.
---@return chibo.Query
function Query:where(cond)
	-- Between :by and its figure a condition is still about rows.
	if self.pending then
		local before = new(self.rel)
		for i = 1, #self.stages - 1 do before.stages[i] = self.stages[i] end
		return before:where(cond):by(table.unpack(self.pending))
	end
	if type(cond) == "table" and not is_expr(cond) then
		local q, keys = self, {}
		for k in pairs(cond) do keys[#keys + 1] = k end
		table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
		for _, k in ipairs(keys) do
			local v = cond[k]
			if k == "period" or k == "year" or k == "quarter" or k == "half" or k == "month" then
				local p = host.period(tostring(v)) or error(("\"%s\" is no period: write 2020-Q1, 2020-H1, 2020-9M, 2020-03 or 2020"):format(tostring(v)), 0)
				local day = node("field", q.rel ~= "units" and RELATIONS[q.rel].day or "held_on")
				if narrowed(q) and not has_field(q, day[1]) and k ~= "period" and has_field(q, k) then -- one of the groups
					q = with(q, { kind = "where", expr = node("field", k):eq(k == "year" and tonumber(p.code) or p.code) })
				else
					check_field(q, day[1])
					q = with(q, { kind = "where", expr = node("AND", node(">=", day, lift(p.from)), node("<=", day, lift(p.to))) })
				end
			elseif k == "under" or (k == "unit" and has_unit(q.rel)) then
				q = with(q, { kind = "under", unit = type(v) == "string" and host.unit(v) or error("unit = takes a code or a name, in quotes", 0) })
			elseif type(v) == "table" and not is_expr(v) then
				check_field(q, k)
				q = with(q, { kind = "where", expr = node("field", k):one_of(v) })
			else
				check_field(q, k)
				local e = node("field", k)
				if type(v) == "string" and (k == "name" or k:find("_name$") or k == "cluster" or k == "province" or k == "block") then
					v = host.resolve(k, v)
				end
				q = with(q, { kind = "where", expr = e:eq(v) })
			end
		end
		return q
	end
	return with(self, { kind = "where", expr = to_expr(self, cond) })
end
Query.__call = Query.where
function Query.__len(q) return q:count():value() end

local close_by

--- Groups: by("cluster", "level"):count(). Without an aggregate the groups are counted.
---@return chibo.Query
function Query:by(...)
	local names = names_given("by", ...)
	for _, n in ipairs(names) do check_field(self, n) end
	self = close_by(self)
	local q = with(self, { kind = "by", names = names })
	q.pending = names
	return q
end

local AGG = {
	--- How many rows; of a field, how many have it: :count(), :count "gate".
	count = function(x) return x and ("count(%s)"):format(x) or "count(*)" end,
	--- The sum of a field: :sum "present".
	sum = function(x) return ("sum(%s)"):format(x) end,
	--- The mean: :mean "score".
	mean = function(x) return ("avg(%s)"):format(x) end,
	--- The smallest.
	min = function(x) return ("min(%s)"):format(x) end,
	--- The largest.
	max = function(x) return ("max(%s)"):format(x) end,
	--- The share of rows for which a condition holds, of those for which it is known: :share(f.official:eq "tot"). With a field
	--- the share of its sum: criteria:share("criterion == 'attendance'", "lost").
	share = function(x) return ("avg(CASE WHEN %s THEN 1.0 WHEN NOT (%s) THEN 0.0 END)"):format(x, x) end,
	--- The middle value.
	median = "window",
	--- A quarter of the values is at most this.
	quartile1 = "window",
	--- Three quarters of the values are at most this.
	quartile3 = "window",
	--- The standard deviation.
	spread = function(x) return ("sqrt(max(0.0, avg((%s)*1.0*(%s)) - avg(%s)*avg(%s)))"):format(x, x, x, x) end,
	--- How many different values: :distinct "unit_code".
	distinct = function(x) return ("count(DISTINCT %s)"):format(x) end,
	--- How two figures go together, from -1 to 1: :correlation("speakers / present", "score").
	correlation = "pair",
}
M.AGG = AGG
--- count(), mean "score", ...: a figure that :agg takes.
M.Figure = {}
M.Figure.__index = M.Figure

local function agg_stage(self, list)
	local groups = self.pending or {}
	local q = new(self.rel)
	for i, s in ipairs(self.stages) do if not (self.pending and i == #self.stages and s.kind == "by") then q.stages[#q.stages + 1] = s end end
	local stage = { kind = "agg", groups = groups, aggs = list, names = {} }
	for i, g in ipairs(groups) do stage.names[i] = g end
	for _, a in ipairs(list) do stage.names[#stage.names + 1] = a.name end
	q.stages[#q.stages + 1] = stage
	return q
end

local OF_NUMBERS = { sum = true, mean = true, median = true, quartile1 = true, quartile3 = true, spread = true, correlation = true }
local function figure_of(self, name, x)
	local e = to_expr(self, x)
	if OF_NUMBERS[name] and type_of(self, e) == "text" then error((":%s is of numbers; %s holds texts"):format(name, describe(e)), 0) end
	return e
end

for name in pairs(AGG) do
	--- :count(), :mean "score", :share(f.level:eq "tot"), :median "score", ...: one row a group.
	Query[name] = function(self, x, y)
		if x == nil and name ~= "count" then error((":%s takes a field or an expression"):format(name), 0) end
		local a = { fn = name, name = name, expr = x ~= nil and figure_of(self, name, x) or nil }
		if name == "share" and y ~= nil then a.expr2 = figure_of(self, "sum", y) end
		if name == "correlation" then
			if y == nil then error(":correlation takes two fields", 0) end
			a.expr2 = figure_of(self, name, y)
		end
		return agg_stage(self, { a })
	end
	M[name] = function(x, y) return setmetatable({ fn = name, x = x, y = y }, M.Figure) end
end

--- Several figures at once: :agg{ n = count(), mean = mean "score" }; names in alphabetical order, or a list of { "n", count() }.
---@return chibo.Query
function Query:agg(spec)
	local list, names = {}, {}
	if type(spec) ~= "table" or next(spec) == nil then error(":agg takes a list of figures: :agg{ { \"n\", count() }, { \"mean\", mean \"score\" } }", 0) end
	if #spec > 0 then
		for i, s in ipairs(spec) do names[i] = s end
	else
		for k, v in pairs(spec) do names[#names + 1] = { k, v } end
		table.sort(names, function(a, b) return a[1] < b[1] end)
	end
	for i, s in ipairs(names) do
		local v = type(s) == "table" and s[2]
		if type(v) ~= "table" or not AGG[v.fn] then error("agg takes figures such as count() or mean \"score\"", 0) end
		list[i] = { fn = v.fn, name = s[1], expr = v.x ~= nil and figure_of(self, v.fn, v.x) or nil,
			expr2 = v.y ~= nil and figure_of(self, v.fn == "share" and "sum" or v.fn, v.y) or nil }
	end
	return agg_stage(self, list)
end

function close_by(self)
	if self.pending then return agg_stage(self, { { fn = "count", name = "count" } }) end
	return self
end

--- :sort("score", f.unit_code:down()); a leading "-" is descending: :sort "-score".
---@return chibo.Query
function Query:sort(...)
	self = close_by(self)
	local keys = {}
	for i, k in ipairs(names_given("sort", ...)) do
		if type(k) == "string" then
			local desc = k:sub(1, 1) == "-"
			keys[i] = { expr = check_expr(self, node("field", desc and k:sub(2) or k)), desc = desc }
		elseif is_expr(k) then keys[i] = { expr = check_expr(self, k) }
		elseif type(k) == "table" and is_expr(k.expr) then keys[i] = { expr = check_expr(self, k.expr), desc = k.desc }
		else error(":sort takes names (\"score\", \"-score\") and expressions (f.score:down())", 0) end
	end
	return with(self, { kind = "sort", keys = keys })
end

-- "10%" as a number of percent.
local function percent_of(n)
	local p = type(n) == "string" and tonumber(n:match("^(%d+)%%$"))
	return p and p <= 100 and math.tointeger(p) or nil
end
M.percent_of = percent_of

--- The first n rows, or the first tenth of them, :top "10%" (rounded up); ties = true keeps rows that share the last
--- place (needs :sort).
---@return chibo.Query
function Query:top(n, opts)
	self = close_by(self)
	local percent = percent_of(n)
	if percent then
		n = percent
	elseif math.type(n) ~= "integer" or n < 0 then
		error(":top takes a whole number, or a share in quotes: :top \"10%\"", 0)
	end
	local last = self.stages[#self.stages]
	if opts and opts.ties then
		if not last or last.kind ~= "sort" then error(":top(n, { ties = true }) comes after :sort", 0) end
		return with(self, { kind = "ties", names = { "place" }, keys = last.keys, n = n, percent = percent })
	end
	return with(self, { kind = "top", n = n, percent = percent })
end
Query.limit = Query.top

--- Only these columns, in this order: :select("unit_code", "score").
---@return chibo.Query
function Query:select(...)
	self = close_by(self)
	local names = names_given("select", ...)
	for _, n in ipairs(names) do check_field(self, n) end
	return with(self, { kind = "select", names = names })
end

--- A new column: :add("lost", f.max - f.points), :add("ratio", "present / members").
---@return chibo.Query
function Query:add(name, x)
	self = close_by(self)
	if type(name) ~= "string" or x == nil then error(":add takes a name and an expression: :add(\"gap\", \"self_score - observer_score\")", 0) end
	if has_field(self, name) then error(("there is a column \"%s\" already; give the new one another name"):format(name), 0) end
	return with(self, { kind = "add", names = { name }, exprs = { to_expr(self, x) } })
end

--- Beside each row, the figure of the row before in the order of `along` (default: the first period field among the
--- columns) within the other groups: adds NAME_before and NAME_change.
---@return chibo.Query
function Query:against_before(name, along)
	self = close_by(self)
	local names = output(self)
	local has = {}
	for _, n in ipairs(names) do has[n] = true end
	along = along or (has.month and "month") or (has.quarter and "quarter") or (has.half and "half") or (has.year and "year")
	if not along then error(":against_before needs a period among the columns: :by(\"quarter\", ...)", 0) end
	check_field(self, name)
	check_field(self, along)
	local agg
	for _, s in ipairs(self.stages) do if s.kind == "agg" then agg = s end end
	local part = {}
	for _, g in ipairs(agg and agg.groups or { RELATIONS[self.rel].unit }) do if g ~= along then part[#part + 1] = g end end
	return with(self, { kind = "add", names = { name .. "_before", name .. "_change" }, lag = { name = name, along = along, part = part } })
end

--- Beside each row the field of the n-th row before it (default 1), along `along` (default held_on) for the same
--- `within` (default the unit): adds NAME_before, or NAME_before2 for n = 2. After :by("unit_code", "month") it goes along
--- the period, within the other groups.
---@return chibo.Query
function Query:before(name, opts)
	self = close_by(self)
	opts = opts or {}
	local n = opts.n or 1
	if math.type(n) ~= "integer" or n < 1 then error("n is 1, 2, ...", 0) end
	local rel = RELATIONS[self.rel]
	local lag = { name = name, along = opts.along or (self.rel ~= "units" and rel.day) or "held_on", part = { opts.within or rel.unit or "unit_code" }, n = n }
	for _, s in ipairs(self.stages) do
		if s.kind == "agg" then
			local has = {}
			for _, g in ipairs(s.groups) do has[g] = true end
			lag.along = opts.along or (has.held_on and "held_on") or (has.month and "month") or (has.quarter and "quarter") or (has.half and "half")
				or (has.year and "year") or error(":before needs a day or a period among the columns: :by(\"unit_code\", \"month\")", 0)
			lag.part = { opts.within }
			for _, g in ipairs(opts.within and {} or s.groups) do if g ~= lag.along then lag.part[#lag.part + 1] = g end end
		end
	end
	check_field(self, name)
	check_field(self, lag.along)
	for _, p in ipairs(lag.part) do check_field(self, p) end
	return with(self, { kind = "add", names = { name .. "_before" .. (n > 1 and n or "") }, lag = lag })
end

local function semi(self, other, opts, negate)
	self = close_by(self)
	if not M.is_query(other) then other = host.query_of(other) end
	if not M.is_query(other) then error("give another query: units:without(meetings{ period = \"2020-Q1\", kind = \"thematic\" })", 0) end
	opts = opts or {}
	local mine = opts.on or (self.rel == "units" and "code" or "unit_code")
	local its = opts.on or (other.rel == "units" and "code" or "unit_code")
	for _, side in ipairs { { self, mine }, { other, its } } do
		if not has_field(side[1], side[2]) then
			error(("%s say nothing of \"%s\", by which :within and :without compare; { on = \"field\" } names a field that both have"):format(side[1].rel, side[2]), 0)
		end
	end
	return with(self, { kind = "semi", other = other:select(its), expr = node("field", mine), negate = negate })
end
--- Keeps the rows whose unit does not appear in another query: units:without(meetings{ period = "2020-Q1" }).
---@return chibo.Query
function Query:without(other, opts) return semi(self, other, opts, true) end
--- Keeps the rows whose unit appears in another query.
---@return chibo.Query
function Query:within(other, opts) return semi(self, other, opts, false) end

-- What ties rows of one relation to rows of another, the closest tie first; the day only beside the unit.
local TIES = { "meeting", "run", "ruleset", "unit" }
local LINK = {
	meetings = { meeting = "id", unit = "unit_code", day = "held_on" },
	results = { meeting = "meeting_id", run = "run_id", ruleset = "ruleset_id", unit = "unit_code", day = "held_on" },
	criteria = { meeting = "meeting_id" },
	assessments = { meeting = "meeting_id" },
	units = { unit = "code" },
	visits = { unit = "unit_code", day = "day" },
	runs = { run = "id" },
	rulesets = { ruleset = "id" },
}

--- Beside each row the fields of the rows of another query that belong to it: visits:join(results) by unit and day,
--- results:join(assessments{ assessor = "observer" }) by meeting. Rows without a partner go, unless { all = true }. A field
--- that both have is called RELATION_field. Fields of a meeting, of a result need no join: name them.
---@return chibo.Query
function Query:join(other, opts)
	self = close_by(self)
	opts = opts or {}
	if not M.is_query(other) then other = host.query_of(other) end
	if not M.is_query(other) then error("give another query: visits:join(results{ year = 2020 })", 0) end
	other = close_by(other)
	local on = {}
	if opts.on then
		on[1] = { opts.on, opts.on }
	else
		local mine, its = LINK[self.rel], LINK[other.rel]
		for _, tie in ipairs(TIES) do
			if not on[1] and mine[tie] and its[tie] and has_field(self, mine[tie]) and has_field(other, its[tie]) then
				on[1] = { mine[tie], its[tie] }
				if tie == "unit" and mine.day and its.day and has_field(self, mine.day) and has_field(other, its.day) then on[2] = { mine.day, its.day } end
			end
		end
		if not on[1] then
			error(("nothing ties these %s to these %s; { on = \"field\" } names a field that both have"):format(self.rel, other.rel), 0)
		end
	end
	for _, p in ipairs(on) do check_field(self, p[1]) check_field(other, p[2]) end
	local taken, names, pick = {}, {}, {}
	for _, n in ipairs((output(self))) do taken[n] = true end
	local _, list = output(other)
	local tied = {}
	for _, p in ipairs(on) do tied[p[2]] = true end
	for _, n in ipairs(list) do
		if not tied[n] then
			local as = taken[n] and other.rel .. "_" .. n or n
			taken[as] = true
			names[#names + 1] = as
			pick[#pick + 1] = n
		end
	end
	return with(self, { kind = "join", other = other, on = on, names = names, pick = pick, all = opts.all })
end

--- Adds the place of each row: :place("score") is 1 for the highest; equal rows share a place.
---@return chibo.Query
function Query:place(name, within)
	self = close_by(self)
	check_field(self, name)
	if within then check_field(self, within) end
	return with(self, { kind = "add", names = { "place" }, place = { name = name, within = within } })
end

-- --- to SQL -----------------------------------------------------------------------------------------------------

local function quote(name) return '"' .. name:gsub('"', '""') .. '"' end

local function collect(e, set)
	if e.op == "field" then set[e[1]] = true end
	for _, k in ipairs(e) do if is_expr(k) then collect(k, set) end end
end

local function expr_sql(e, params)
	local op = e.op
	if op == "field" then return quote(e[1]) end
	if op == "value" then params[#params + 1] = e[1] return "?" end
	if op == "neg" then return "(-" .. expr_sql(e[1], params) .. ")" end
	if op == "not" then return "(NOT " .. expr_sql(e[1], params) .. ")" end
	if op == "isnull" then return "(" .. expr_sql(e[1], params) .. " IS NULL)" end
	if op == "notnull" then return "(" .. expr_sql(e[1], params) .. " IS NOT NULL)" end
	if op == "in" then
		local left, list = expr_sql(e[1], params), {}
		for i = 2, #e do list[#list + 1] = expr_sql(e[i], params) end
		return "(" .. left .. " IN (" .. table.concat(list, ",") .. "))"
	end
	local a = expr_sql(e[1], params)
	local b = expr_sql(e[2], params)
	if op == "/" then return "(CAST(" .. a .. " AS REAL)/NULLIF(" .. b .. ",0))" end
	return "(" .. a .. " " .. op .. " " .. b .. ")"
end

local function tree_cte(name, kind, unit, params)
	local start
	if unit then
		params[#params + 1] = unit
		start = "u.code=?"
	else
		start = "s.kind IN ('tinh','khoi') AND s.kind='" .. kind .. "'" -- as the index has it
	end
	return name .. "(root,id,f,t) AS (SELECT u.code,s.unit_id,s.valid_from,s.valid_to FROM unit u JOIN unit_span s ON s.unit_id=u.id WHERE " .. start ..
		" UNION SELECT d.root,s.unit_id,max(d.f,s.valid_from),min(d.t,s.valid_to) FROM " .. name ..
		" d JOIN unit_span s ON s.parent_id=d.id AND s.valid_from<=d.t AND s.valid_to>=d.f)," ..
		name .. "_x AS (SELECT n.root,u.code AS code,date(n.f*86400,'unixepoch') AS f,date(n.t*86400,'unixepoch') AS t FROM " ..
		name .. " n JOIN unit u ON u.id=n.id)"
end

-- The innermost select: the view, what derived and related fields it needs, and the dated tree.
local function base_sql(self, wanted, all, under, params)
	local rel = RELATIONS[self.rel]
	local own, list = fields_of_view(self.rel)
	local cols, joins, ctes = {}, {}, {}
	local chain, alias = { { rel = self.rel, alias = "a" } }, { "b", "c" }
	local function source(field)
		for i, reached in ipairs(reach(self.rel)) do
			local c = chain[i]
			if not c then
				local prev = chain[i - 1]
				local more = RELATIONS[prev.rel].more
				c = { rel = reached, alias = alias[i - 1] }
				c.join = (" LEFT JOIN %s %s ON %s.%s=%s.%s"):format(RELATIONS[c.rel].view, c.alias, c.alias, RELATIONS[c.rel].key, prev.alias, more.on)
				chain[i] = c
			end
			local has = fields_of_view(c.rel)
			if has[field] or can_derive(c.rel, field) or (ROOTS[field] and RELATIONS[c.rel].unit) then
				for k = 2, i do if not chain[k].used then chain[k].used = true joins[#joins + 1] = chain[k].join end end
				return c, has[field]
			end
		end
	end
	local names = {}
	if all then for _, n in ipairs(list) do names[#names + 1] = n end end
	local extra = {}
	for n in pairs(wanted) do if not (all and own[n]) then extra[#extra + 1] = n end end
	table.sort(extra)
	for _, n in ipairs(extra) do names[#names + 1] = n end
	local cte_params = {}
	for _, n in ipairs(names) do
		local c, direct = source(n)
		if not c then goto continue end -- made by a later stage
		local points = RELATIONS[c.rel].points
		if direct and points and points[n] then -- the record keeps thousandths
			cols[#cols + 1] = ("%s.%s/1000.0 AS %s"):format(c.alias, quote(n), quote(n))
		elseif direct then cols[#cols + 1] = c.alias .. "." .. quote(n)
		elseif ROOTS[n] then
			ctes[#ctes + 1] = tree_cte("tree_" .. n, ROOTS[n], nil, cte_params)
			joins[#joins + 1] = (" LEFT JOIN tree_%s_x r_%s ON r_%s.code=%s.%s AND %s.%s BETWEEN r_%s.f AND r_%s.t"):format(n, n, n, c.alias,
				RELATIONS[c.rel].unit, c.alias, RELATIONS[c.rel].day, n, n)
			cols[#cols + 1] = ("r_%s.root AS %s"):format(n, quote(n))
		else
			local sql = DERIVED[n].sql
			if type(sql) == "function" then sql = sql() end
			sql = sql:gsub("%%s", c.alias):gsub("@day", RELATIONS[c.rel].day or "")
			cols[#cols + 1] = sql .. " AS " .. quote(n)
		end
		::continue::
	end
	local where = {}
	for i, unit in ipairs(under) do
		local c = source(rel.unit or "unit_code")
		local name = "under_" .. i
		ctes[#ctes + 1] = tree_cte(name, nil, unit, cte_params)
		where[#where + 1] = ("EXISTS (SELECT 1 FROM %s_x x WHERE x.code=%s.%s AND %s.%s BETWEEN x.f AND x.t)"):format(name, c.alias,
			RELATIONS[c.rel].unit, c.alias, RELATIONS[c.rel].day)
	end
	for _, p in ipairs(cte_params) do params[#params + 1] = p end
	if #cols == 0 then cols[1] = "1 AS one" end
	local sql = "SELECT " .. table.concat(cols, ",") .. " FROM " .. rel.view .. " a" .. table.concat(joins)
	if #where > 0 then sql = sql .. " WHERE " .. table.concat(where, " AND ") end
	return sql, #ctes > 0 and "WITH RECURSIVE " .. table.concat(ctes, ",") .. " " or ""
end

local function order_sql(keys, params)
	local list = {}
	for i, k in ipairs(keys) do list[i] = expr_sql(k.expr, params) .. (k.desc and " DESC NULLS LAST" or " ASC NULLS LAST") end
	return table.concat(list, ",")
end

local function agg_sql(stage, inner, params)
	local groups = {}
	for i, g in ipairs(stage.groups) do groups[i] = quote(g) end
	local part = #groups > 0 and "PARTITION BY " .. table.concat(groups, ",") .. " " or ""
	-- The parameters of an expression are bound each time it is written, so it is named once in an inner select.
	local pre, outer, windows = {}, {}, {}
	for i, a in ipairs(stage.aggs) do
		local x = a.expr and "x" .. i or nil
		if a.expr then pre[#pre + 1] = expr_sql(a.expr, params) .. " AS " .. x end
		if a.expr2 then pre[#pre + 1] = expr_sql(a.expr2, params) .. " AS y" .. i end
		local how = AGG[a.fn]
		local sql
		if how == "window" then
			windows[#windows + 1] = ("row_number() OVER (%sORDER BY %s IS NULL,%s) AS r%d"):format(part, x, x, i)
			windows[#windows + 1] = ("count(%s) OVER (%s) AS n%d"):format(x, part, i)
			local at = { median = "r%d IN ((n%d+1)/2,(n%d+2)/2)", quartile1 = "r%d=(n%d+3)/4", quartile3 = "r%d=(3*n%d+3)/4" }
			sql = ("avg(CASE WHEN %s THEN %s END)"):format(at[a.fn]:format(i, i, i), x)
		elseif how == "pair" then
			local y = "y" .. i
			local both = ("CASE WHEN %s IS NOT NULL AND %s IS NOT NULL THEN "):format(x, y)
			local function avg(e) return "avg(" .. both .. e .. " END)" end
			sql = ("(%s-%s*%s)/NULLIF(sqrt(max(0.0,(%s-%s*%s)*(%s-%s*%s))),0)"):format(avg(x .. "*1.0*" .. y), avg(x), avg(y),
				avg(x .. "*1.0*" .. x), avg(x), avg(x), avg(y .. "*1.0*" .. y), avg(y), avg(y))
		elseif a.fn == "share" and a.expr2 then
			local y = "y" .. i
			sql = ("sum(CASE WHEN %s THEN %s WHEN NOT (%s) THEN 0 END)*1.0/NULLIF(sum(CASE WHEN %s IS NOT NULL THEN %s END),0)"):format(x, y, x, x, y)
		else
			sql = how(x)
		end
		outer[#outer + 1] = sql .. " AS " .. quote(a.name)
	end
	local src = inner
	if #pre > 0 then src = "SELECT " .. (#groups > 0 and table.concat(groups, ",") .. "," or "") .. table.concat(pre, ",") .. " FROM (" .. inner .. ")" end
	if #windows > 0 then src = "SELECT *," .. table.concat(windows, ",") .. " FROM (" .. src .. ")" end
	local cols = {}
	for i, g in ipairs(groups) do cols[i] = g end
	for _, o in ipairs(outer) do cols[#cols + 1] = o end
	local sql = "SELECT " .. table.concat(cols, ",") .. " FROM (" .. src .. ")"
	if #groups > 0 then sql = sql .. " GROUP BY " .. table.concat(groups, ",") end
	return sql
end

-- The n of a stage that keeps the first n rows of `sql`.
local function how_many(s, sql)
	return s.percent and ("(SELECT (count(*)*%d+99)/100 FROM (%s))"):format(s.percent, sql) or s.n
end

-- The period before, of each kind of period.
local STEP = {
	year = "@-1",
	month = "CASE substr(@,6,2) WHEN '01' THEN (substr(@,1,4)-1)||'-12' ELSE substr(@,1,5)||substr('0'||(substr(@,6,2)-1),-2) END",
	quarter = "CASE substr(@,7,1) WHEN '1' THEN (substr(@,1,4)-1)||'-Q4' ELSE substr(@,1,6)||(substr(@,7,1)-1) END",
	half = "CASE substr(@,7,1) WHEN '1' THEN (substr(@,1,4)-1)||'-H2' ELSE substr(@,1,6)||'1' END",
}

--- The one statement and its parameters.
---@return string sql, any[] params
function Query:compile()
	self = close_by(self)
	local wanted, all, under = {}, true, {}
	for _, s in ipairs(self.stages) do
		if s.kind == "under" then under[#under + 1] = s.unit end
		do
			if s.expr then collect(s.expr, wanted) end
			for _, e in ipairs(s.exprs or {}) do collect(e, wanted) end
			for _, k in ipairs(s.keys or {}) do collect(k.expr, wanted) end
			for _, a in ipairs(s.aggs or {}) do
				if a.expr then collect(a.expr, wanted) end
				if a.expr2 then collect(a.expr2, wanted) end
			end
			for _, g in ipairs(s.groups or {}) do wanted[g] = true end
			if s.kind == "select" then for _, n in ipairs(s.names) do wanted[n] = true end end
			if s.lag then wanted[s.lag.name] = true wanted[s.lag.along] = true for _, p in ipairs(s.lag.part) do wanted[p] = true end end
			for _, p in ipairs(s.on or {}) do wanted[p[1]] = true end
			if s.place then wanted[s.place.name] = true if s.place.within then wanted[s.place.within] = true end end
			if s.kind == "agg" or s.kind == "select" then all = false break end -- nothing after this reads the base
		end
	end
	-- Parameters are numbered by where they stand in the text: those of the tree come first, then each stage wraps
	-- the one before, so a stage's own parameters may stand before or after the inner ones. To keep this simple every
	-- parameter is written as ?N with N known when it is bound.
	local params = {}
	local sql, head = base_sql(self, wanted, all, under, params)
	local numbered = setmetatable({}, { __len = function() return #params end, __newindex = function(_, _, v) params[#params + 1] = v end })
	local n = 0
	local function number(text) return (text:gsub("%?%f[^%?%d]", function() n = n + 1 return "?" .. n end)) end
	head = number(head)
	sql = number(sql)
	for _, s in ipairs(self.stages) do
		local k = s.kind
		if k == "where" then
			sql = "SELECT * FROM (" .. sql .. ") WHERE " .. number(expr_sql(s.expr, numbered))
		elseif k == "sort" then
			sql = "SELECT * FROM (" .. sql .. ") ORDER BY " .. number(order_sql(s.keys, numbered))
		elseif k == "top" then
			sql = "SELECT * FROM (" .. sql .. ") LIMIT " .. how_many(s, sql)
		elseif k == "ties" then
			sql = "SELECT * FROM (SELECT *,rank() OVER (ORDER BY " .. number(order_sql(s.keys, numbered)) .. ") AS \"place\" FROM (" .. sql ..
				")) WHERE \"place\"<=" .. how_many(s, sql) .. " ORDER BY \"place\""
		elseif k == "semi" then
			local mine = number(expr_sql(s.expr, numbered))
			local inner, inner_params = s.other:compile()
			local shift = #params
			for _, p in ipairs(inner_params) do params[#params + 1] = p end
			n = #params
			inner = inner:gsub("%?(%d+)", function(d) return "?" .. (tonumber(d) + shift) end)
			-- NULL would make NOT IN unknown for every row.
			sql = ("SELECT * FROM (%s) WHERE %s %sIN (SELECT * FROM (%s) WHERE 1)"):format(sql, mine, s.negate and "NOT " or "", inner)
		elseif k == "join" then
			local inner, inner_params = s.other:compile()
			local shift = #params
			for _, p in ipairs(inner_params) do params[#params + 1] = p end
			n = #params
			inner = inner:gsub("%?(%d+)", function(d) return "?" .. (tonumber(d) + shift) end)
			local cols, on = { "l.*" }, {}
			for i, c in ipairs(s.pick) do cols[i + 1] = "r." .. quote(c) .. " AS " .. quote(s.names[i]) end
			for i, p in ipairs(s.on) do on[i] = "l." .. quote(p[1]) .. "=r." .. quote(p[2]) end
			sql = ("SELECT %s FROM (%s) l %sJOIN (%s) r ON %s"):format(table.concat(cols, ","), sql, s.all and "LEFT " or "", inner, table.concat(on, " AND "))
		elseif k == "select" then
			local list = {}
			for i, c in ipairs(s.names) do list[i] = quote(c) end
			sql = "SELECT " .. table.concat(list, ",") .. " FROM (" .. sql .. ")"
		elseif k == "add" and s.lag then
			local part = {}
			for i, c in ipairs(s.lag.part) do part[i] = quote(c) end
			local by = #part > 0 and "PARTITION BY " .. table.concat(part, ",") .. " " or ""
			local over = ("OVER (%sORDER BY %s)"):format(by, quote(s.lag.along))
			local win = ("lag(%s,%d) %s"):format(quote(s.lag.name), s.lag.n or 1, over)
			-- The row before is the period before only when no period is missing between them.
			local step = not s.lag.n and STEP[s.lag.along]
			if step then win = ("CASE WHEN lag(%s) %s=%s THEN %s END"):format(quote(s.lag.along), over, step:gsub("@", quote(s.lag.along)), win) end
			if s.lag.n then
				sql = ("SELECT *,%s AS %s FROM (%s)"):format(win, quote(s.names[1]), sql)
			else
				sql = ("SELECT *,%s AS %s,%s-%s AS %s FROM (%s)"):format(win, quote(s.names[1]), quote(s.lag.name), win, quote(s.names[2]), sql)
			end
		elseif k == "add" and s.place then
			sql = ("SELECT *,rank() OVER (%sORDER BY %s DESC) AS \"place\" FROM (%s)"):format(
				s.place.within and "PARTITION BY " .. quote(s.place.within) .. " " or "", quote(s.place.name), sql)
		elseif k == "add" then
			sql = "SELECT *," .. number(expr_sql(s.exprs[1], numbered)) .. " AS " .. quote(s.names[1]) .. " FROM (" .. sql .. ")"
		elseif k == "agg" then
			sql = number(agg_sql(s, sql, numbered))
		end
	end
	return head .. sql, params
end

--- Shows the statement.
---@return string sql
function Query:sql() return (self:compile()) end

--- SQLite's plan for it, as rows.
---@return string
function Query:plan()
	local sql, params = self:compile()
	return host.plan(sql, params)
end

--- Iterates the rows one by one: for r in q:each() do print(r.unit_code) end. Nothing is gathered in memory.
---@return fun(): table?, string[]?
function Query:each()
	local sql, params = self:compile()
	return host.iterate(sql, params)
end

--- All rows as a list of tables.
---@return table[]
function Query:rows()
	local out, names = {}, nil
	for r, n in self:each() do out[#out + 1] = r names = n end
	return M.list and M.list(out, names or {}) or out -- printable (console.lua)
end

--- The single value of a query with one row and one column.
---@return any
function Query:value()
	local next_row <const> = self:each()
	local r, names = next_row()
	return r and r[names[1]]
end
--- The first row, as a table.
---@return table?
function Query:first() return self:top(1):each()() end

--- Makes the relations: a table of name -> query.
---@param h table the host's functions
function M.open(h)
	host = h
	local rels = {}
	for name in pairs(RELATIONS) do rels[name] = new(name) end
	return rels
end

return M
