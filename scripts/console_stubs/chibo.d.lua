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

--- At least: f.score:ge(80).
---@return chibo.Expr
function Expr:ge(value) end

--- More than.
---@return chibo.Expr
function Expr:gt(value) end

--- At most.
---@return chibo.Expr
function Expr:le(value) end

--- Less than.
---@return chibo.Expr
function Expr:lt(value) end

--- Equal: f.level:eq "tot".
---@return chibo.Expr
function Expr:eq(value) end

--- Not equal.
---@return chibo.Expr
function Expr:ne(value) end

--- Both conditions hold: f.score:ge(90):also(f.decided:eq(0)).
---@return chibo.Expr
function Expr:also(condition) end

--- One of two conditions holds.
---@return chibo.Expr
function Expr:either(condition) end

--- The field is absent.
---@return chibo.Expr
function Expr:is_nil() end

--- The field is there.
---@return chibo.Expr
function Expr:known() end

--- One of several values: f.kind:one_of { "thematic", "combined" }.
---@return chibo.Expr
function Expr:one_of(list) end

--- The condition does not hold.
---@return chibo.Expr
function Expr:no() end

--- From a to b, both included: f.score:between(60, 75).
---@return chibo.Expr
function Expr:between(a, b) end

--- A text of this form, % for anything: f.unit_code:like "TH-%".
---@return chibo.Expr
function Expr:like(pattern) end

--- For :sort, the largest first.
---@return table
function Expr:down() end

--- For :sort, the smallest first.
---@return table
function Expr:up() end

--- Keeps the rows for which the condition holds: where "present / members < 0.95", where(f.score:ge(80)), where{ level = "tot" }.
---@return chibo.Query
function Query:where(cond) end

--- Groups: by("cluster", "level"):count(). Without an aggregate the groups are counted.
---@return chibo.Query
function Query:by(...) end

--- How many rows; of a field, how many have it: :count(), :count "gate".
---@return chibo.Query
function Query:count(x) end

--- How many rows; of a field, how many have it: :count(), :count "gate".
---@return chibo.Figure
function count(x) end

--- The sum of a field: :sum "present".
---@return chibo.Query
function Query:sum(x) end

--- The sum of a field: :sum "present".
---@return chibo.Figure
function sum(x) end

--- The mean: :mean "score".
---@return chibo.Query
function Query:mean(x) end

--- The mean: :mean "score".
---@return chibo.Figure
function mean(x) end

--- The smallest.
---@return chibo.Query
function Query:min(x) end

--- The smallest.
---@return chibo.Figure
function min(x) end

--- The largest.
---@return chibo.Query
function Query:max(x) end

--- The largest.
---@return chibo.Figure
function max(x) end

--- The share of rows for which a condition holds, of those for which it is known: :share(f.official:eq "tot"). With a field
--- the share of its sum: criteria:share("criterion == 'attendance'", "lost").
---@return chibo.Query
function Query:share(x) end

--- The share of rows for which a condition holds, of those for which it is known: :share(f.official:eq "tot"). With a field
--- the share of its sum: criteria:share("criterion == 'attendance'", "lost").
---@return chibo.Figure
function share(x) end

--- The middle value.
---@return chibo.Query
function Query:median(x) end

--- The middle value.
---@return chibo.Figure
function median(x) end

--- A quarter of the values is at most this.
---@return chibo.Query
function Query:quartile1(x) end

--- A quarter of the values is at most this.
---@return chibo.Figure
function quartile1(x) end

--- Three quarters of the values are at most this.
---@return chibo.Query
function Query:quartile3(x) end

--- Three quarters of the values are at most this.
---@return chibo.Figure
function quartile3(x) end

--- The standard deviation.
---@return chibo.Query
function Query:spread(x) end

--- The standard deviation.
---@return chibo.Figure
function spread(x) end

--- How many different values: :distinct "unit_code".
---@return chibo.Query
function Query:distinct(x) end

--- How many different values: :distinct "unit_code".
---@return chibo.Figure
function distinct(x) end

--- How two figures go together, from -1 to 1: :correlation("speakers / present", "score").
---@return chibo.Query
function Query:correlation(x, y) end

--- How two figures go together, from -1 to 1: :correlation("speakers / present", "score").
---@return chibo.Figure
function correlation(x, y) end

--- Several figures at once: :agg{ n = count(), mean = mean "score" }; names in alphabetical order, or a list of { "n", count() }.
---@return chibo.Query
function Query:agg(spec) end

--- :sort("score", f.unit_code:down()); a leading "-" is descending: :sort "-score".
---@return chibo.Query
function Query:sort(...) end

--- The first n rows, or the first tenth of them, :top "10%" (rounded up); ties = true keeps rows that share the last
--- place (needs :sort).
---@return chibo.Query
function Query:top(n, opts) end

--- Only these columns, in this order: :select("unit_code", "score").
---@return chibo.Query
function Query:select(...) end

--- A new column: :add("lost", f.max - f.points), :add("ratio", "present / members").
---@return chibo.Query
function Query:add(name, x) end

--- Beside each row, the figure of the row before in the order of `along` (default: the first period field among the
--- columns) within the other groups: adds NAME_before and NAME_change.
---@return chibo.Query
function Query:against_before(name, along) end

--- Beside each row the field of the n-th row before it (default 1), along `along` (default held_on) for the same
--- `within` (default the unit): adds NAME_before, or NAME_before2 for n = 2. After :by("unit_code", "month") it goes along
--- the period, within the other groups.
---@return chibo.Query
function Query:before(name, opts) end

--- Keeps the rows whose unit does not appear in another query: units:without(meetings{ period = "2020-Q1" }).
---@return chibo.Query
function Query:without(other, opts) end

--- Keeps the rows whose unit appears in another query.
---@return chibo.Query
function Query:within(other, opts) end

--- Beside each row the fields of the rows of another query that belong to it: visits:join(results) by unit and day,
--- results:join(assessments{ assessor = "observer" }) by meeting. Rows without a partner go, unless { all = true }. A field
--- that both have is called RELATION_field. Fields of a meeting, of a result need no join: name them.
---@return chibo.Query
function Query:join(other, opts) end

--- Adds the place of each row: :place("score") is 1 for the highest; equal rows share a place.
---@return chibo.Query
function Query:place(name, within) end

--- The one statement and its parameters.
---@return string sql, any[] params
function Query:compile() end

--- Shows the statement.
---@return string sql
function Query:sql() end

--- SQLite's plan for it, as rows.
---@return string
function Query:plan() end

--- Iterates the rows one by one: for r in q:each() do print(r.unit_code) end. Nothing is gathered in memory.
---@return fun(): table?, string[]?
function Query:each() end

--- All rows as a list of tables.
---@return table[]
function Query:rows() end

--- The single value of a query with one row and one column.
---@return any
function Query:value() end

--- The first row, as a table.
---@return table?
function Query:first() end

--- Keeps the rows for which the condition holds, as on a query.
---@return chibo.Rows
function Rows:where(cond) end

--- :sort("place", "-score")
---@return chibo.Rows
function Rows:sort(...) end

--- The first n rows, or the first tenth of them: :top "10%".
---@return chibo.Rows
function Rows:top(n) end

--- The last n rows.
---@return chibo.Rows
function Rows:bottom(n) end

--- Only these columns.
---@return chibo.Rows
function Rows:select(...) end

--- A new column from an expression.
---@return chibo.Rows
function Rows:add(name, x) end

--- Counts of each group: :by("cluster"), :by("cluster", "level").
---@return chibo.Rows
function Rows:by(...) end

--- How many rows.
---@return integer
function Rows:count() end

--- The sum of a field over the rows that have it.
---@return number
function Rows:sum(x) end

--- The mean of a field over the rows that have it.
---@return number?
function Rows:mean(x) end

--- The median of a field over the rows that have it.
---@return number?
function Rows:median(x) end

--- Iterates: for r in answer:each() do ... end
---@return fun(): table?, string[]?
function Rows:each() end

--- All rows as a list of tables.
---@return table[]
function Rows:rows() end

--- What changed, when the rows say so (whatif): those whose level is another now.
---@return chibo.Rows
function Rows:moved() end

--- :csv() gives the text, :csv("file.csv") writes a new file.
---@param path? string
---@return string|integer
function Query:csv(path) end

--- :csv() gives the text, :csv("file.csv") writes a new file.
---@param path? string
---@return string|integer
function Rows:csv(path) end

--- :json() gives the text, :json("file.json") writes a new file.
---@param path? string
---@return string|integer
function Query:json(path) end

--- :json() gives the text, :json("file.json") writes a new file.
---@param path? string
---@return string|integer
function Rows:json(path) end

--- :markdown() gives the text, :markdown("file.md") writes a new file.
---@param path? string
---@return string|integer
function Query:markdown(path) end

--- :markdown() gives the text, :markdown("file.md") writes a new file.
---@param path? string
---@return string|integer
function Rows:markdown(path) end

--- :html() gives the text, :html("file.html") writes a new file.
---@param path? string
---@return string|integer
function Query:html(path) end

--- :html() gives the text, :html("file.html") writes a new file.
---@param path? string
---@return string|integer
function Rows:html(path) end

--- A line for each group, its series along the last other column: q:by("unit_code", "month"):mean("score"):spark "mean".
---@return string
function Query:spark(name) end

--- A line for each group, its series along the last other column: q:by("unit_code", "month"):mean("score"):spark "mean".
---@return string
function Rows:spark(name) end

--- Bars of one numeric column: :chart("share"), labelled by the other columns.
function Query:chart(name) end

--- Bars of one numeric column: :chart("share"), labelled by the other columns.
function Rows:chart(name) end

--- rank{ period = "2020-Q3", within = "cluster" }: places of units, ties shown.
---@return chibo.Rows
function rank(options) end

--- compliance{ period = "2020" }: who missed a month or the quarter's thematic meeting.
function compliance(options) end

--- advise{ period = "2020", unit = "TQ-042" }: what would lift a cell; without a unit, with one above cells, or with cluster = "...":
--- where points are lost, what would lift most cells, which are nearest.
function advise(options) end

--- commend{ period = "2020", unit = "...", top = 3 }: whom to commend (kept, risen, runs).
function commend(options) end

--- to_visit{ period = "2020-Q1", unit = "..." }: whom the observers should attend next, and why.
function to_visit(options) end

--- figures "printed_figures.csv": printed fractions, and what could have produced them.
---@return chibo.Rows
function figures(options) end

--- explain(meetings[123]) or explain(123): the scoring sheet of one meeting.
function explain(options) end

--- evaluate{ period = "2020-Q1" }: scores what is new or changed. Writes to the record.
function evaluate(options) end

--- report{ "quarter", period = "2020-Q1" }: the summary that goes up.
function report(options) end

--- whatif{ "thanh_hoa.hd_khoi", period = "2020" }, whatif(rules.thanh_hoa:set("attendance.max", 15)): who moves.
function whatif(options) end

--- rules.thanh_hoa:set("attendance.max", 15): the same ruleset with one number changed, for whatif.
---@return chibo.RuleRef
function RuleRef:set(path, value) end

--- Only the meetings of a period.
---@return chibo.RuleRef
function RuleRef:during(period) end

--- Only a unit and those below it.
---@return chibo.RuleRef
function RuleRef:at(unit) end

--- The scoring form, in Vietnamese.
function RuleRef:show() end

--- What differs from another ruleset, in meaning: rows.
---@return chibo.Rows
function RuleRef:diff(other) end

--- What another ruleset (an id or the path of a file) would do to the meetings that this one rates: rules.thanh_hoa:impact "thu.lua"
function RuleRef:impact(other) end

--- rules.tuyen_quang:copy("my.pack"): a draft to :set, :add, :remove, :check, :test, :diff, whatif(it), :save.
---@return chibo.Draft
function RuleRef:copy(id) end

--- Every mistake of the draft, as rules check tells them.
function Draft:check() end

--- The cases of the pack that it was copied from: what the change does to them.
function Draft:test() end

--- What differs in meaning from the pack that it was copied from, or from another: rows.
---@return chibo.Rows
function Draft:diff(other) end

--- The scoring form, in Vietnamese.
function Draft:show() end

--- draft "my.pack": an empty ruleset to build up; rules.NAME:copy("my.pack") begins with one that there is.
---@return chibo.Draft
function draft(id) end

--- rows(list): a plain list as rows, which can :where, :sort, :csv, ...; rows{ { a = 1 }, { a = 2 } }, rows{ 3, 4 }.
---@return chibo.Rows
function rows(x) end

--- edit "tuyen_quang.qd19": opens the pack in $EDITOR; then its mistakes, its cases, and what it would do to the record.
function edit(id) end

--- watch "tuyen_quang.qd19": the same each time the file is saved, until Ctrl-C.
function watch(id) end

--- pager(false) prints long answers straight through, pager(true) one screen at a time ($PAGER).
function pager(on) end

--- sql[[select count(*) from meeting]]: any reading statement, with parameters after it.
---@return chibo.Rows
function sql(text, ...) end

--- What can be asked: help(), help(meetings), help "by", help(rank).
function help(x) end

--- What stands at a place: :get("attendance"), :get("attendance.max"), :get("levels.tot"), :get("gates").
function Draft:get(path) end

--- Changes one place: :set("attendance.max", 15), :set("levels.tot", 85), :set("attendance.score", flag(f.present:gt(0), 5)).
function Draft:set(path, value) end

--- Takes a field away: :unset("attendance.applies").
function Draft:unset(path) end

--- One more criterion, at the end or beside another: :add(criterion { ... }), :add(criterion { ... }, { before = "minutes" }).
function Draft:add(c, opts) end

--- Takes a criterion away: :remove("minutes").
function Draft:remove(id) end

--- The pack as Lua text: only what differs from its base; :lua { whole = true } says everything.
function Draft:lua(opts) end

--- For whatif: only the meetings of a period.
function Draft:during(period) end

--- For whatif: only a unit and those below it.
function Draft:at(unit) end

--- Writes the pack into the rules folder, or to a path: :save(), :save("rules/my/pack.lua"), :save(path, { whole = true }).
function Draft:save(path, opts) end
