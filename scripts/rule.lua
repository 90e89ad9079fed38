-- rule.lua - the words of the rule language.
--
-- A pack is Lua that runs once and leaves data. Each function here only builds a table and says what it is; nothing is
-- judged, looked up or computed. `host` is the engine's side (engine/lua/build.c):
--   mark(t, op [, mt])  remembers that table t is the form `op`, written at the pack's current line; returns t
--   op(t)               the form's name, or nil for anything else
--   wrap(fn)            fn behind a C frame, so that `return ruleset { ... }` (a tail call) still knows its line
--   number(n, d)        the exact number n/d;  day(text)  a date as a number of days
--   meta(t, mt)         setmetatable without the sandbox's limits
--   fail(text)          raises at the pack's current line;  nearest(name, list)  the likest name, or nil
-- What can wait is not raised but left as a node "!bad", which the checker tells: so one run shows every mistake.
-- scripts/stubs/chibo.d.lua is made from the annotations here (`make stubs`).
-- To add a form: one entry here, one row in engine/rule/forms.c, and tests.
local host = ...
local mark, op_of, wrap, fail = host.mark, host.op, host.wrap, host.fail

local M = {}      -- what packs see
local Node = {}   -- methods of everything that a form made
local Set = {}    -- methods of months, meetings
local Level = {}  -- methods of level
local node_mt, set_mt, level_mt, fact_mt = {}, {}, {}, {}

local function bad(text)
	return mark({ text }, "!bad", node_mt)
end

-- How a value is written, for messages: "f.present / f.members".
local sign = { add = "+", sub = "-", mul = "*", div = "/" }
local function describe(v, depth)
	local op = op_of(v)
	if not op then
		local t = type(v)
		if t == "number" or t == "boolean" or t == "nil" then return tostring(v) end
		if t == "string" then return #v <= 40 and '"' .. v .. '"' or '"..."' end
		return t == "table" and "{...}" or t
	end
	depth = depth or 0
	if op == "fact" and type(v[1]) == "string" then return "f." .. v[1] end
	if depth > 2 then return "..." end
	if sign[op] then
		return "(" .. describe(v[1], depth + 1) .. " " .. sign[op] .. " " .. describe(v[2], depth + 1) .. ")"
	end
	return op .. "(...)"
end

local function names_of(t)
	local list = {}
	for k in pairs(t) do list[#list + 1] = k end
	return list
end

local function copy(t)
	local new = {}
	for k, v in pairs(t) do new[k] = v end
	return new
end

-- A plain table without a first item: named options at the end of a call.
local function is_options(v)
	return type(v) == "table" and not op_of(v) and v[1] == nil
end

-- The items of a call f(a, b, c): holes are told, named options become fields.
local function items(op, least, most, ...)
	local n, t = select("#", ...), {}
	local given = { ... }
	if n > least and is_options(given[n]) then
		t = copy(given[n])
		given[n] = nil
		n = n - 1
	end
	if n > most then
		most = most > 0 and most or 1
		given[most] = bad(op .. " takes " .. most .. " value" .. (most == 1 and "" or "s") .. ", not " .. n
			.. ": a decimal comma, or one bracket too few?")
		n = most
	end
	for i = 1, n > least and n or least do
		local v = given[i]
		if v == nil and i > n then
			v = bad(op .. " needs " .. least .. " value" .. (least == 1 and "" or "s") .. ", not " .. n)
		elseif v == nil then
			v = bad("value " .. i .. " of " .. op .. " is nothing (nil): a misspelt name?")
		end
		t[i] = v
	end
	return t
end

-- form("flag", 2, 3): a form called with 2 to 3 values, then named options.
local function form(op, least, most)
	return wrap(function(...)
		return mark(items(op, least, most or least, ...), op, node_mt)
	end)
end

-- list("sum"): a form called with one list, sum { a, b }; sum(a, b) is the same.
local function list(op)
	return wrap(function(first, ...)
		if select("#", ...) > 0 or op_of(first) then
			return mark(items(op, 1, 1000, first, ...), op, node_mt)
		end
		if type(first) ~= "table" then
			return mark({ bad(op .. " takes a list: " .. op .. " { ... }, not " .. describe(first)) }, op, node_mt)
		end
		return mark(copy(first), op, node_mt)
	end)
end

-- record("gate"): a form with named fields, gate { level = ... }.
local function record(op)
	return wrap(function(fields, ...)
		if type(fields) ~= "table" or op_of(fields) or select("#", ...) > 0 then
			return mark({ bad(op .. " takes named fields: " .. op .. " { ... = ... }") }, op, node_mt)
		end
		return mark(copy(fields), op, node_mt)
	end)
end

local function method(op, least, most)
	return wrap(function(self, ...)
		if not op_of(self) then fail("write x:" .. op .. "(...) with a colon, on a fact or an expression") end
		return mark(items(op, least + 1, (most or least) + 1, self, ...), op, node_mt)
	end)
end

local function binary(op)
	return wrap(function(a, b)
		return mark({ a, b }, op, node_mt)
	end)
end

-- --- facts --------------------------------------------------------------------------------------------------------

--- The facts of a meeting: `fact.present`, `fact.duration_minutes`. Every name of the fact dictionary, and those the
--- ruleset declares under `facts`. A fact that was not reported is absent, never 0.
--- ```lua
--- local f = fact
--- local share = f.present / (f.members - f.exempt)
--- ```
---@type chibo.Facts
M.fact = host.meta({}, fact_mt)
fact_mt.__index = wrap(function(_, id)
	if type(id) ~= "string" then fail("a fact has a name: fact.present") end
	return mark({ id }, "fact", node_mt)
end)
fact_mt.__call = wrap(function(_, id)
	return mark({ type(id) == "string" and id or bad("fact takes a name: fact \"present\"") }, "fact", node_mt)
end)
fact_mt.__newindex = wrap(function(_, id)
	fail("facts are reported, a pack cannot set " .. tostring(id) .. "; name an expression with local instead")
end)
fact_mt.__metatable = "fact"

-- --- methods of quantities and conditions ---------------------------------------------------------------------------

--- At least: `f.members:ge(30)` is "30 or more".
---@param value chibo.Quantity|number
---@return chibo.Condition
Node.ge = method("ge", 1)
--- More than: `share:gt(0.85)` is "above 85%".
---@param value chibo.Quantity|number
---@return chibo.Condition
Node.gt = method("gt", 1)
--- At most: `short:le(15)` is "by up to 15".
---@param value chibo.Quantity|number
---@return chibo.Condition
Node.le = method("le", 1)
--- Less than: `share:lt(0.65)`.
---@param value chibo.Quantity|number
---@return chibo.Condition
Node.lt = method("lt", 1)
--- Equal; for facts that are words too: `f.kind:eq("combined")`.
---@param value chibo.Quantity|number|string
---@return chibo.Condition
Node.eq = method("eq", 1)
--- Not equal: `f.kind:ne("thematic")`.
---@param value chibo.Quantity|number|string
---@return chibo.Condition
Node.ne = method("ne", 1)
--- From a to b, both included: `f.ideology_minutes:between(15, 30)`.
---@param from chibo.Quantity|number
---@param to chibo.Quantity|number
---@return chibo.Condition
Node.between = method("between", 2)
--- One of several words: `f.kind:one_of { "regular", "combined" }`; or numbers: `month_of(f.held_on):one_of { 3, 6, 9, 12 }`.
---@param words (string|number)[]
---@return chibo.Condition
Node.one_of = wrap(function(self, words, ...)
	if not op_of(self) then fail("write x:one_of { ... } with a colon, on a fact") end
	if type(words) ~= "table" or op_of(words) then words = { words, ... } end
	if type(words[1]) ~= "number" then return mark({ self, words }, "one_of", node_mt) end
	local any = {} -- of numbers: any of the equalities
	for i, v in pairs(words) do any[i] = mark({ self, v }, "eq", node_mt) end
	return mark(any, "any", node_mt)
end)
--- Whether the fact was reported at all: `f.planned_on:known()`.
---@return chibo.Condition
Node.known = method("known", 0)
--- Ranking key, the largest first: `mean "score":down()`.
---@return chibo.RankKey
Node.down = wrap(function(self)
	return mark({ self, down = true }, "key", node_mt)
end)
--- Ranking key, the smallest first: `months:missed():up()`.
---@return chibo.RankKey
Node.up = wrap(function(self)
	return mark({ self, down = false }, "key", node_mt)
end)

node_mt.__index = wrap(function(t, name)
	local m = Node[name]
	if m ~= nil then return m end
	local op = op_of(t)
	if type(name) ~= "string" then return nil end
	local near = host.nearest(name, names_of(Node))
	fail(describe(t) .. " (" .. op .. ") has no method " .. name .. (near and "; did you mean :" .. near .. "?" or "")
		.. " (methods: ge gt le lt eq ne between one_of known; ranking keys: down up)")
end)
node_mt.__newindex = wrap(function(t, name)
	fail("a " .. op_of(t) .. " cannot be changed after it was made (field " .. tostring(name) .. ")")
end)
node_mt.__add, node_mt.__sub = binary("add"), binary("sub")
node_mt.__mul, node_mt.__div = binary("mul"), binary("div")
node_mt.__unm = wrap(function(a)
	return mark({ a }, "neg", node_mt)
end)
node_mt.__tostring = function(t) return describe(t) end
node_mt.__metatable = "rule"

-- Lua turns a > b into b < a: the number, if there is one, tells how it was written.
local function comparison(left, right, sign_l, name_l, sign_r, name_r)
	if op_of(left) then
		fail(describe(left) .. " " .. sign_l .. " " .. describe(right) .. " is Lua's own comparison and cannot build a rule"
			.. ": write " .. describe(left) .. ":" .. name_l .. "(" .. describe(right) .. ")")
	end
	fail(describe(right) .. " " .. sign_r .. " " .. describe(left) .. " is Lua's own comparison and cannot build a rule"
		.. ": write " .. describe(right) .. ":" .. name_r .. "(" .. describe(left) .. ")")
end
node_mt.__lt = wrap(function(a, b) comparison(a, b, "<", "lt", ">", "gt") end)
node_mt.__le = wrap(function(a, b) comparison(a, b, "<=", "le", ">=", "ge") end)
node_mt.__eq = wrap(function(a, b) comparison(a, b, "==", "eq", "==", "eq") end)
local function no_operator(what, instead)
	return wrap(function() fail(what .. " cannot build a rule: " .. instead) end)
end
node_mt.__idiv = no_operator("//", "write / (ratios are exact)")
node_mt.__mod = no_operator("%", "ratios are exact; write share:ge(0.9) for 90%")
node_mt.__pow = no_operator("^", "write a * a")
node_mt.__concat = no_operator("..", "labels are plain texts")
node_mt.__len = no_operator("#", "use count { ... } or a fact")
node_mt.__call = no_operator("a call of an expression", "write x:ge(3), with a colon and a method")

-- --- quantities -----------------------------------------------------------------------------------------------------

--- The exact fraction n/d, where a decimal would not do: `share:ge(ratio(2, 3))`.
---@param n number
---@param d number
---@return number
M.ratio = wrap(function(n, d)
	local r = type(n) == "number" and type(d) == "number" and host.number(n, d)
	return r and mark(r, "number", node_mt) or bad("ratio takes two whole numbers, the second above 0: ratio(2, 3)")
end)
--- A date written in a rule: `f.held_on:ge(day "2025-07-01")`.
---@param text string
---@return number
M.day = wrap(function(text)
	return type(text) == "string" and host.day(text) or bad("day takes a date: day \"2025-07-01\"")
end)
--- The smallest of several quantities: `least { f.speakers, 10 }`.
---@param list (chibo.Quantity|number)[]
---@return chibo.Quantity
M.least = list("least")
--- The largest of several quantities: `greatest { f.targets_set, 1 }`.
---@param list (chibo.Quantity|number)[]
---@return chibo.Quantity
M.greatest = list("greatest")
--- How many of the conditions hold: `count { f.draft_prepared, f.content_focused }:ge(1)`.
---@param list chibo.Condition[]
---@return chibo.Quantity
M.count = list("count")
--- The month 1 to 12 of a date fact: `month_of(f.held_on):eq(6)`.
---@param date chibo.Quantity
---@return chibo.Quantity
M.month_of = form("month_of", 1)
--- The year of a date fact.
---@param date chibo.Quantity
---@return chibo.Quantity
M.year_of = form("year_of", 1)
--- The day of the week of a date fact: 1 Monday to 7 Sunday.
---@param date chibo.Quantity
---@return chibo.Quantity
M.weekday_of = form("weekday_of", 1)
--- The points that another criterion got: `points_of "attendance"`.
---@param criterion string
---@return chibo.Quantity
M.points_of = form("points_of", 1)
--- The maximum of another criterion.
---@param criterion string
---@return chibo.Quantity
M.max_of = form("max_of", 1)
--- The total before the gates: `gate { at_most = "kha", when = total():lt(80) }`.
---@return chibo.Quantity
M.total = form("total", 0)

-- --- conditions -----------------------------------------------------------------------------------------------------

--- Every condition holds: `all { f.committee_met, f.committee_minutes }`.
---@param list chibo.Condition[]
---@return chibo.Condition
M.all = list("all")
--- At least one holds: `any { f.absent_unexcused:gt(0), share:lt(0.65) }`.
---@param list chibo.Condition[]
---@return chibo.Condition
M.any = list("any")
--- The condition does not hold: `no(f.minutes_recorded)`.
---@param condition chibo.Condition
---@return chibo.Condition
M.no = form("no", 1)
--- The criterion got its maximum: `gate { level = "tot", needs = { full "attendance" } }`.
---@param criterion string
---@return chibo.Condition
M.full = form("full", 1)
--- The requirement (a criterion with `check`) is met: `met "minutes"`.
---@param criterion string
---@return chibo.Condition
M.met = form("met", 1)

-- --- points ---------------------------------------------------------------------------------------------------------

--- One of two values by a condition; quantities, or points: `either(f.members:ge(30), 120, 90)`.
---@generic T
---@param condition chibo.Condition
---@param yes T
---@param no T
---@return T
M.either = form("either", 3)
--- The first branch whose condition holds gives its points (or, in period rules, its level).
--- ```lua
--- first { { short:le(0), 5 }, { short:le(15), 4, note = "..." }, otherwise(1) }
--- ```
---@param branches table[]
---@return chibo.Points
M.first = list("first")
--- The last branch of `first`.
---@param value chibo.Points|number|string
---@return chibo.Branch
M.otherwise = form("otherwise", 1)
--- Bands from the top: the first threshold that the quantity reaches gives the points, else the last value.
--- ```lua
--- bands(f.targets_met / f.targets_set, { { 0.9, 30 }, { 0.8, 27 } }, 10)
--- ```
---@param quantity chibo.Quantity
---@param bands number[][]
---@param otherwise number
---@param options? table
---@return chibo.Points
M.bands = form("bands", 3)
--- Bands from the bottom: the first limit that the quantity does not exceed gives the points, else the last value.
--- ```lua
--- bands_below(f.started_late_minutes, { { 0, 5 }, { 10, 3 } }, 1)
--- ```
---@param quantity chibo.Quantity
---@param bands number[][]
---@param otherwise number
---@param options? table
---@return chibo.Points
M.bands_below = form("bands_below", 3)
--- Points where the condition holds, else 0: `flag(f.minutes_recorded, 2, "ghi biên bản")`.
---@param condition chibo.Condition
---@param points chibo.Points|number
---@param label? string
---@param options? table
---@return chibo.Points
M.flag = form("flag", 2, 3)
--- The sum of several points, cut at the criterion's maximum: `sum { judged { max = 3 }, flag(f.draft_prepared, 1) }`.
---@param parts (chibo.Points|number)[]
---@return chibo.Points
M.sum = list("sum")
--- Points with a cap of their own: `capped(per(f.opinions, 0.5), 3)`.
---@param points chibo.Points
---@param max number
---@return chibo.Points
M.capped = form("capped", 2)
--- So many points for each: `per(f.opinions, 0.5)`. A quantity that is no whole number needs `{ round = "half_up" }`.
---@param quantity chibo.Quantity
---@param each number
---@param options? table
---@return chibo.Points
M.per = form("per", 2)
--- The maximum less so many points for each, at the most so many: `deduct(f.started_late_minutes, 0.1, 2)`.
---@param quantity chibo.Quantity
---@param each number
---@param at_most? number
---@param options? table
---@return chibo.Points
M.deduct = form("deduct", 2, 3)
--- The lowest of several points: `lowest { a, b }`.
---@param list (chibo.Points|number)[]
---@return chibo.Points
M.lowest = list("lowest")
--- The highest of several points.
---@param list (chibo.Points|number)[]
---@return chibo.Points
M.highest = list("highest")
--- A share of a maximum: `prorate(f.targets_met / f.targets_set, 30, { round = "half_up" })`.
---@param share chibo.Quantity
---@param max number
---@param options? table
---@return chibo.Points
M.prorate = form("prorate", 2)
--- Points that people give, 0 to max: `judged()`, `judged { max = 3, label = "nội dung" }`.
---@param fields? table
---@return chibo.Points
M.judged = wrap(function(fields, ...)
	if fields == nil then return mark({}, "judged", node_mt) end
	if type(fields) == "number" then fields = { max = fields, label = (...) } end
	if type(fields) ~= "table" or op_of(fields) then
		return mark({ bad("judged takes named fields: judged { max = 3, label = \"...\" }") }, "judged", node_mt)
	end
	return mark(copy(fields), "judged", node_mt)
end)

-- --- the ruleset ----------------------------------------------------------------------------------------------------

--- A regulation. The pack returns it: `return ruleset { id = "an_phu.hd42", ... }`.
---@param fields chibo.Ruleset
---@return chibo.Ruleset
M.ruleset = record("ruleset")
--- One line of the form.
--- ```lua
--- criterion { id = "minutes", max = 5, article = "5", label = "Biên bản", score = flag(f.minutes_recorded, 5) }
--- ```
---@param fields chibo.Criterion
---@return chibo.Criterion
M.criterion = record("criterion")
--- What holds a level back, whatever the total says.
--- ```lua
--- gate { level = "tot", needs = { full "attendance" }, article = "III.1" }  -- else the next level down
--- gate { at_most = "trung_binh", when = no(f.minutes_recorded), label = "Không có biên bản" }
--- ```
---@param fields chibo.Gate
---@return chibo.Gate
M.gate = record("gate")
--- Totals become whole points: `total = whole "half_up"`.
---@param how string
---@return chibo.RoundTotal
M.whole = wrap(function(how, ...)
	return mark(items("whole", 2, 2, 1, how, ...), "round_total", node_mt)
end)
--- Totals become multiples of a step: `total = round_to(0.5, "down")`.
---@param step number
---@param how string
---@return chibo.RoundTotal
M.round_to = form("round_total", 2)

-- --- periods and ranking --------------------------------------------------------------------------------------------

local function aggregate(what, least, most)
	return wrap(function(self, ...)
		local set = op_of(self) == "collection" and self[1]
		if not set then fail("write months:" .. what .. "(...) with a colon, on months or meetings") end
		return mark(items(what, 2 + least, 2 + (most or least), set, what, ...), "agg", node_mt)
	end)
end
--- How many months (meetings) satisfy the condition: `months:count(level:eq "tot"):ge(7)`.
---@param condition chibo.LevelCondition|chibo.Condition
---@return chibo.Quantity
Set.count = aggregate("count", 1)
--- Their share of those that were rated: `months:share(level:eq "tot")`.
---@param condition chibo.LevelCondition|chibo.Condition
---@return chibo.Quantity
Set.share = aggregate("share", 1)
--- Every one satisfies the condition: `months:every(level:ge "kha")`.
---@param condition chibo.LevelCondition|chibo.Condition
---@return chibo.Condition
Set.every = wrap(function(self, ...)
	local set = op_of(self) == "collection" and self[1]
	if not set then fail("write months:every(...) with a colon, on months or meetings") end
	return mark(items("every", 2, 2, set, ...), "every", node_mt)
end)
--- The mean of a quantity of the meetings, or of "score": `months:mean "score"`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
Set.mean = aggregate("mean", 1)
--- The sum of a quantity: `meetings:sum(f.present)`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
Set.sum = aggregate("sum", 1)
--- The smallest value: `months:least "score"`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
Set.least = aggregate("least", 1)
--- The largest value: `months:greatest "score"`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
Set.greatest = aggregate("greatest", 1)
--- How many there are: `meetings:number()`.
---@return chibo.Quantity
Set.number = aggregate("number", 0)
--- How many months had no meeting: `months:missed()`.
---@return chibo.Quantity
Set.missed = aggregate("missed", 0)
set_mt.__index = wrap(function(t, name)
	local m = Set[name]
	if m ~= nil then return m end
	if type(name) ~= "string" then return nil end
	local near = host.nearest(name, names_of(Set))
	fail(t[1] .. " has no method " .. name .. (near and "; did you mean :" .. near .. "?" or "")
		.. " (methods: every count share mean sum least greatest number missed)")
end)
set_mt.__metatable = "months"

--- The months of the period, one level each: `months:every(level:ge "kha")`.
---@type chibo.Collection
M.months = mark({ "months" }, "collection", set_mt)
--- Every meeting of the period, thematic ones too.
---@type chibo.Collection
M.meetings = mark({ "meetings" }, "collection", set_mt)
--- The mean over the months: `mean "score"`, `mean(share)`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
M.mean = wrap(function(...)
	return mark(items("mean", 3, 3, "months", "mean", ...), "agg", node_mt)
end)

local function level_is(op)
	return wrap(function(self, ...)
		if op_of(self) ~= "level" then fail("write level:" .. op .. " \"tot\" with a colon") end
		return mark(items("level:" .. op, 1, 1, ...), "level_" .. op, node_mt)
	end)
end
--- This level or a better one: `level:ge "kha"`.
---@param level string
---@return chibo.LevelCondition
Level.ge = level_is("ge")
--- A better level: `level:gt "kha"`.
---@param level string
---@return chibo.LevelCondition
Level.gt = level_is("gt")
--- This level or a worse one.
---@param level string
---@return chibo.LevelCondition
Level.le = level_is("le")
--- A worse level.
---@param level string
---@return chibo.LevelCondition
Level.lt = level_is("lt")
--- Exactly this level: `level:eq "tot"`.
---@param level string
---@return chibo.LevelCondition
Level.eq = level_is("eq")
--- Any other level.
---@param level string
---@return chibo.LevelCondition
Level.ne = level_is("ne")
level_mt.__index = wrap(function(_, name)
	local m = Level[name]
	if m ~= nil then return m end
	if type(name) ~= "string" then return nil end
	fail("level has no method " .. name .. " (methods: ge gt le lt eq ne)")
end)
level_mt.__metatable = "level"
--- The level of a month or meeting, inside months:every, months:count, ...: `level:ge "kha"`.
---@type chibo.LevelOf
M.level = mark({}, "level", level_mt)

return M
