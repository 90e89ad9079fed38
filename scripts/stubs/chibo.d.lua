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

--- The facts of a meeting: `fact.present`, `fact.duration_minutes`. Every name of the fact dictionary, and those the
--- ruleset declares under `facts`. A fact that was not reported is absent, never 0.
--- ```lua
--- local f = fact
--- local share = f.present / (f.members - f.exempt)
--- ```
---@type chibo.Facts
fact = {}

--- At least: `f.members:ge(30)` is "30 or more".
---@param value chibo.Quantity|number
---@return chibo.Condition
function Node:ge(value) end

--- More than: `share:gt(0.85)` is "above 85%".
---@param value chibo.Quantity|number
---@return chibo.Condition
function Node:gt(value) end

--- At most: `short:le(15)` is "by up to 15".
---@param value chibo.Quantity|number
---@return chibo.Condition
function Node:le(value) end

--- Less than: `share:lt(0.65)`.
---@param value chibo.Quantity|number
---@return chibo.Condition
function Node:lt(value) end

--- Equal; for facts that are words too: `f.kind:eq("combined")`.
---@param value chibo.Quantity|number|string
---@return chibo.Condition
function Node:eq(value) end

--- Not equal: `f.kind:ne("thematic")`.
---@param value chibo.Quantity|number|string
---@return chibo.Condition
function Node:ne(value) end

--- From a to b, both included: `f.ideology_minutes:between(15, 30)`.
---@param from chibo.Quantity|number
---@param to chibo.Quantity|number
---@return chibo.Condition
function Node:between(from, to) end

--- One of several words: `f.kind:one_of { "regular", "combined" }`; or numbers: `month_of(f.held_on):one_of { 3, 6, 9, 12 }`.
---@param words (string|number)[]
---@return chibo.Condition
function Node:one_of(words) end

--- Whether the fact was reported at all: `f.planned_on:known()`.
---@return chibo.Condition
function Node:known() end

--- Ranking key, the largest first: `mean "score":down()`.
---@return chibo.RankKey
function Node:down() end

--- Ranking key, the smallest first: `months:missed():up()`.
---@return chibo.RankKey
function Node:up() end

--- The exact fraction n/d, where a decimal would not do: `share:ge(ratio(2, 3))`.
---@param n number
---@param d number
---@return number
function ratio(n, d) end

--- A date written in a rule: `f.held_on:ge(day "2025-07-01")`.
---@param text string
---@return number
function day(text) end

--- The smallest of several quantities: `least { f.speakers, 10 }`.
---@param list (chibo.Quantity|number)[]
---@return chibo.Quantity
function least(list) end

--- The largest of several quantities: `greatest { f.targets_set, 1 }`.
---@param list (chibo.Quantity|number)[]
---@return chibo.Quantity
function greatest(list) end

--- How many of the conditions hold: `count { f.draft_prepared, f.content_focused }:ge(1)`.
---@param list chibo.Condition[]
---@return chibo.Quantity
function count(list) end

--- The month 1 to 12 of a date fact: `month_of(f.held_on):eq(6)`.
---@param date chibo.Quantity
---@return chibo.Quantity
function month_of(date) end

--- The year of a date fact.
---@param date chibo.Quantity
---@return chibo.Quantity
function year_of(date) end

--- The day of the week of a date fact: 1 Monday to 7 Sunday.
---@param date chibo.Quantity
---@return chibo.Quantity
function weekday_of(date) end

--- The points that another criterion got: `points_of "attendance"`.
---@param criterion string
---@return chibo.Quantity
function points_of(criterion) end

--- The maximum of another criterion.
---@param criterion string
---@return chibo.Quantity
function max_of(criterion) end

--- The total before the gates: `gate { at_most = "kha", when = total():lt(80) }`.
---@return chibo.Quantity
function total() end

--- Every condition holds: `all { f.committee_met, f.committee_minutes }`.
---@param list chibo.Condition[]
---@return chibo.Condition
function all(list) end

--- At least one holds: `any { f.absent_unexcused:gt(0), share:lt(0.65) }`.
---@param list chibo.Condition[]
---@return chibo.Condition
function any(list) end

--- The condition does not hold: `no(f.minutes_recorded)`.
---@param condition chibo.Condition
---@return chibo.Condition
function no(condition) end

--- The criterion got its maximum: `gate { level = "tot", needs = { full "attendance" } }`.
---@param criterion string
---@return chibo.Condition
function full(criterion) end

--- The requirement (a criterion with `check`) is met: `met "minutes"`.
---@param criterion string
---@return chibo.Condition
function met(criterion) end

--- One of two values by a condition; quantities, or points: `either(f.members:ge(30), 120, 90)`.
---@generic T
---@param condition chibo.Condition
---@param yes T
---@param no T
---@return T
function either(condition, yes, no) end

--- The first branch whose condition holds gives its points (or, in period rules, its level).
--- ```lua
--- first { { short:le(0), 5 }, { short:le(15), 4, note = "..." }, otherwise(1) }
--- ```
---@param branches table[]
---@return chibo.Points
function first(branches) end

--- The last branch of `first`.
---@param value chibo.Points|number|string
---@return chibo.Branch
function otherwise(value) end

--- Bands from the top: the first threshold that the quantity reaches gives the points, else the last value.
--- ```lua
--- bands(f.targets_met / f.targets_set, { { 0.9, 30 }, { 0.8, 27 } }, 10)
--- ```
---@param quantity chibo.Quantity
---@param bands number[][]
---@param otherwise number
---@param options? table
---@return chibo.Points
function bands(quantity, bands, otherwise, options) end

--- Bands from the bottom: the first limit that the quantity does not exceed gives the points, else the last value.
--- ```lua
--- bands_below(f.started_late_minutes, { { 0, 5 }, { 10, 3 } }, 1)
--- ```
---@param quantity chibo.Quantity
---@param bands number[][]
---@param otherwise number
---@param options? table
---@return chibo.Points
function bands_below(quantity, bands, otherwise, options) end

--- Points where the condition holds, else 0: `flag(f.minutes_recorded, 2, "ghi biên bản")`.
---@param condition chibo.Condition
---@param points chibo.Points|number
---@param label? string
---@param options? table
---@return chibo.Points
function flag(condition, points, label, options) end

--- The sum of several points, cut at the criterion's maximum: `sum { judged { max = 3 }, flag(f.draft_prepared, 1) }`.
---@param parts (chibo.Points|number)[]
---@return chibo.Points
function sum(parts) end

--- Points with a cap of their own: `capped(per(f.opinions, 0.5), 3)`.
---@param points chibo.Points
---@param max number
---@return chibo.Points
function capped(points, max) end

--- So many points for each: `per(f.opinions, 0.5)`. A quantity that is no whole number needs `{ round = "half_up" }`.
---@param quantity chibo.Quantity
---@param each number
---@param options? table
---@return chibo.Points
function per(quantity, each, options) end

--- The maximum less so many points for each, at the most so many: `deduct(f.started_late_minutes, 0.1, 2)`.
---@param quantity chibo.Quantity
---@param each number
---@param at_most? number
---@param options? table
---@return chibo.Points
function deduct(quantity, each, at_most, options) end

--- The lowest of several points: `lowest { a, b }`.
---@param list (chibo.Points|number)[]
---@return chibo.Points
function lowest(list) end

--- The highest of several points.
---@param list (chibo.Points|number)[]
---@return chibo.Points
function highest(list) end

--- A share of a maximum: `prorate(f.targets_met / f.targets_set, 30, { round = "half_up" })`.
---@param share chibo.Quantity
---@param max number
---@param options? table
---@return chibo.Points
function prorate(share, max, options) end

--- Points that people give, 0 to max: `judged()`, `judged { max = 3, label = "nội dung" }`.
---@param fields? table
---@return chibo.Points
function judged(fields) end

--- A regulation. The pack returns it: `return ruleset { id = "an_phu.hd42", ... }`.
---@param fields chibo.Ruleset
---@return chibo.Ruleset
function ruleset(fields) end

--- One line of the form.
--- ```lua
--- criterion { id = "minutes", max = 5, article = "5", label = "Biên bản", score = flag(f.minutes_recorded, 5) }
--- ```
---@param fields chibo.Criterion
---@return chibo.Criterion
function criterion(fields) end

--- What holds a level back, whatever the total says.
--- ```lua
--- gate { level = "tot", needs = { full "attendance" }, article = "III.1" }  -- else the next level down
--- gate { at_most = "trung_binh", when = no(f.minutes_recorded), label = "Không có biên bản" }
--- ```
---@param fields chibo.Gate
---@return chibo.Gate
function gate(fields) end

--- Totals become whole points: `total = whole "half_up"`.
---@param how string
---@return chibo.RoundTotal
function whole(how) end

--- Totals become multiples of a step: `total = round_to(0.5, "down")`.
---@param step number
---@param how string
---@return chibo.RoundTotal
function round_to(step, how) end

--- How many months (meetings) satisfy the condition: `months:count(level:eq "tot"):ge(7)`.
---@param condition chibo.LevelCondition|chibo.Condition
---@return chibo.Quantity
function Set:count(condition) end

--- Their share of those that were rated: `months:share(level:eq "tot")`.
---@param condition chibo.LevelCondition|chibo.Condition
---@return chibo.Quantity
function Set:share(condition) end

--- Every one satisfies the condition: `months:every(level:ge "kha")`.
---@param condition chibo.LevelCondition|chibo.Condition
---@return chibo.Condition
function Set:every(condition) end

--- The mean of a quantity of the meetings, or of "score": `months:mean "score"`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
function Set:mean(quantity) end

--- The sum of a quantity: `meetings:sum(f.present)`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
function Set:sum(quantity) end

--- The smallest value: `months:least "score"`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
function Set:least(quantity) end

--- The largest value: `months:greatest "score"`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
function Set:greatest(quantity) end

--- How many there are: `meetings:number()`.
---@return chibo.Quantity
function Set:number() end

--- How many months had no meeting: `months:missed()`.
---@return chibo.Quantity
function Set:missed() end

--- The months of the period, one level each: `months:every(level:ge "kha")`.
---@type chibo.Collection
months = {}

--- Every meeting of the period, thematic ones too.
---@type chibo.Collection
meetings = {}

--- The mean over the months: `mean "score"`, `mean(share)`.
---@param quantity chibo.Quantity|"score"
---@return chibo.Quantity
function mean(quantity) end

--- This level or a better one: `level:ge "kha"`.
---@param level string
---@return chibo.LevelCondition
function Level:ge(level) end

--- A better level: `level:gt "kha"`.
---@param level string
---@return chibo.LevelCondition
function Level:gt(level) end

--- This level or a worse one.
---@param level string
---@return chibo.LevelCondition
function Level:le(level) end

--- A worse level.
---@param level string
---@return chibo.LevelCondition
function Level:lt(level) end

--- Exactly this level: `level:eq "tot"`.
---@param level string
---@return chibo.LevelCondition
function Level:eq(level) end

--- Any other level.
---@param level string
---@return chibo.LevelCondition
function Level:ne(level) end

--- The level of a month or meeting, inside months:every, months:count, ...: `level:ge "kha"`.
---@type chibo.LevelOf
level = {}
