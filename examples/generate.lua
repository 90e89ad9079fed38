-- generate.lua FOLDER - writes the example data: units, meetings, assessments, visits, months, as CSV.
--
-- EVERYTHING HERE IS INVENTED: organisations, counts of people, meetings, points. Only the sizes of the three blocks
-- are taken from printed reports (how many organisations, cells, members and meetings, how many meetings Tốt); what
-- each meeting reports is made up so that evaluation under the packs arrives there. No levels are written anywhere:
-- the engine finds them. The same script always writes the same bytes: own generator of numbers, no clock.
--
--   lua5.4 examples/generate.lua examples/out/data

local out = assert(arg and arg[1], "usage: generate.lua FOLDER")

-- --- numbers ---------------------------------------------------------------------------------------------------------

local seed = 20200203

--- A whole number from lo to hi.
local function pick(lo, hi)
	seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
	return lo + (seed >> 8) % (hi - lo + 1)
end

local function chance(percent)
	return pick(1, 1000) <= percent * 10
end

local function shuffle(list)
	for i = #list, 2, -1 do
		local j = pick(1, i)
		list[i], list[j] = list[j], list[i]
	end
	return list
end

--- n numbers from lo to hi that add up to total.
local function spread(total, n, lo, hi)
	local list, sum = {}, 0
	for i = 1, n do
		list[i] = pick(lo, hi)
		sum = sum + list[i]
	end
	while sum ~= total do
		local i = pick(1, n)
		if sum < total and list[i] < hi then
			list[i], sum = list[i] + 1, sum + 1
		elseif sum > total and list[i] > lo then
			list[i], sum = list[i] - 1, sum - 1
		end
	end
	return list
end

local function date(y, m, d)
	return string.format("%02d/%02d/%04d", d, m, y)
end

-- --- rows ------------------------------------------------------------------------------------------------------------

local UNIT = { "code", "name", "kind", "parent", "cluster", "cell_type", "members", "official_members", "from", "to" }
local MEETING = {
	"unit", "held_on", "kind", "topic", "members", "exempt", "special_duty", "working_away", "present", "absent_excused",
	"absent_unexcused", "longest_excused_run", "required_minutes", "duration_minutes", "started_late_minutes",
	"planned_on",
	"online", "out_of_hours", "committee_size", "committee_met", "committee_minutes", "notice_days", "superior_notified",
	"documents_days_before", "content_focused", "draft_prepared", "steps_complete", "regular_content", "thematic_content",
	"praise_given", "criticism_given", "speakers", "opinions", "ideology_minutes", "minutes_recorded", "resolution_passed",
	"tasks_assigned", "tasks_done", "targets_set", "targets_met", "reported_days_after", "observer_attended",
}
-- for 2025: also what central.hd12 and an_phu.hd42 ask beside the core facts
local MEETING_2025 = table.move(MEETING, 1, #MEETING, 1, {})
for _, id in ipairs { "many_spoke", "principles_kept", "resolution_carried_out", "documents_posted" } do
	MEETING_2025[#MEETING_2025 + 1] = id
end
local ASSESSMENT = {
	"unit", "held_on", "kind", "assessor", "points", "proposed", "votes_for", "votes_total", "official", "reason",
	"decided_on",
}
local ASSESSMENT_2025 = { "unit", "held_on", "kind", "assessor" }
local VISIT = { "unit", "visited_on" }
local MONTH = { "unit", "month", "status", "reason" }

local units, meetings, meetings_2025, visits, months = {}, {}, {}, {}, {}
local assessments, assessments_2025 = {}, {}

local function unit(u)
	units[#units + 1] = u
	return u
end

local function cell_text(v)
	local s = v == nil and "" or tostring(v)
	if s:find('[,"\n]') then
		s = '"' .. s:gsub('"', '""') .. '"'
	end
	return s
end

local function write(name, columns, rows)
	local f = assert(io.open(out .. "/" .. name, "w"))
	f:write(table.concat(columns, ","), "\n")
	local line = {}
	for _, row in ipairs(rows) do
		for i, c in ipairs(columns) do
			line[i] = cell_text(row[c])
		end
		f:write(table.concat(line, ",", 1, #columns), "\n")
	end
	f:close()
end

-- --- one meeting -----------------------------------------------------------------------------------------------------

--- What may go wrong, and what it costs under the criteria of HD 12 as tuyen_quang.qd19 weighs them. One of a group.
local FAULTS = {
	{ group = "duration", id = "short15", loss = 2 }, { group = "duration", id = "short30", loss = 4 },
	{ group = "duration", id = "short45", loss = 7 }, { group = "day", id = "moved", loss = 5 },
	{ group = "run", id = "run", loss = 5 }, { group = "committee", id = "no_committee", loss = 5 },
	{ group = "documents", id = "late_documents", loss = 5 }, { group = "steps", id = "steps", loss = 10 },
	{ group = "content", id = "content", loss = 10 }, { group = "speaking", id = "speak40", loss = 2 },
	{ group = "speaking", id = "speak30", loss = 4 }, { group = "speaking", id = "speak0", loss = 6 },
	{ group = "minutes", id = "no_minutes", loss = 5 }, { group = "resolution", id = "no_resolution", loss = 5 },
	{ group = "results", id = "results80", loss = 2 }, { group = "results", id = "results70", loss = 4 },
	{ group = "results", id = "results50", loss = 6 }, { group = "results", id = "results0", loss = 8 },
	{ group = "attendance", id = "attend75", loss = 5, full = false },
	{ group = "attendance", id = "attend65", loss = 10, full = false },
	{ group = "attendance", id = "unexcused", loss = 15, full = false },
}

--- The whole numbers k of n for which a < k/n <= b, in hundredths; nil when there is none.
local function within(n, a, b)
	local lo = a * n // 100 + 1
	local hi = b * n // 100
	if lo > hi or hi < 1 then
		return nil
	end
	return lo, hi
end

--- Can this fault happen in a cell of so many, with so many who should come?
local function possible(fault, c)
	if fault.id == "attend75" then
		return c.counted * 75 % 100 == 0 and true or within(c.counted, 75, 85) ~= nil
	elseif fault.id == "attend65" then
		return within(c.counted, 65, 74) ~= nil
	elseif fault.id == "no_committee" then
		return c.committee > 0
	elseif fault.group == "speaking" then
		return c.counted >= 8
	end
	return true
end

--- Faults that cost lo..hi points together; `gate`: the one that keeps the top level away is among them.
local function choose(lo, hi, c, gate)
	while true do
		local taken, loss, used, top = {}, 0, {}, false
		for _ = 1, 40 do
			if loss >= lo and (not gate or top) and (loss >= hi - 2 or chance(45)) then
				return taken
			end
			local f = FAULTS[pick(1, #FAULTS)]
			local attendance = f.full == false
			if not used[f.group] and loss + f.loss <= hi and possible(f, c) and (gate ~= false or not attendance) then
				taken[f.id], used[f.group], loss = true, true, loss + f.loss
				top = top or attendance
			end
		end
	end
end

local WANTED = {
	sound = function() return {} end,
	tot = function(c) return chance(35) and {} or choose(2, 10, c, false) end,
	kha = function(c)
		if chance(30) then
			return choose(5, 24, c, true)
		end
		return choose(12, 29, c, false)
	end,
	trung_binh = function(c) return choose(32, 49, c) end,
	kem = function(c) return choose(52, 64, c) end,
}

local function flag(yes)
	return yes and 1 or 0
end

local TOPICS = {
	"Học tập chuyên đề năm (dữ liệu ví dụ)", "Nâng cao chất lượng sinh hoạt chi bộ (dữ liệu ví dụ)",
	"Công tác phát triển đảng viên (dữ liệu ví dụ)", "Chuyển đổi số trong công tác đảng (dữ liệu ví dụ)",
}

--- How many come, and how many of the others give no reason. `full`: in how many of 100 meetings everybody comes;
-- `floor`: above how many percent the others keep.
local function attendance(counted, f, full, floor)
	local lo, hi
	if f.attend75 then
		lo, hi = within(counted, 75, 85)
		return lo and pick(lo, hi) or counted * 75 // 100, 0
	elseif f.attend65 then
		return pick(within(counted, 65, 74)), 0
	elseif f.unexcused then
		return counted - pick(1, 2), 1
	end
	local most = 0
	while (counted - most - 1) * 100 > floor * counted do
		most = most + 1
	end
	return counted - (chance(full) and 0 or pick(0, most)), 0
end

--- How many of those present speak; nil when no number is in the band.
local function speaking(present, f)
	local lo, hi = present // 2 + 1, present
	if f.speak40 then
		lo, hi = (present * 40 + 99) // 100, present // 2
	elseif f.speak30 then
		lo, hi = (present * 30 + 99) // 100, (present * 40 - 1) // 100
	elseif f.speak0 then
		lo, hi = 1, (present * 30 - 1) // 100
	end
	return lo <= hi and pick(lo, hi) or nil
end

--- Facts of a meeting of a cell (members, exempt, committee) on a day, such that the criteria above give `wanted`.
local function facts(cell, y, m, d, kind, wanted)
	local exempt = cell.exempt
	local c = { counted = cell.members - exempt, committee = cell.committee }
	local f, present, absent_unexcused, speakers
	repeat
		f = WANTED[wanted](c)
		present, absent_unexcused = attendance(c.counted, f, cell.full or 55, cell.floor or 85)
		speakers = speaking(present, f)
	until speakers
	local required = kind == "combined" and 120 or 90
	local r = {
		faults = f, unit = cell.code, held_on = date(y, m, d), kind = kind,
		members = cell.members, exempt = exempt, special_duty = 0,
		working_away = 0, required_minutes = required, planned_on = date(y, m, f.moved and (d > 15 and d - 2 or d + 2) or d),
		started_late_minutes = chance(8) and pick(1, 3) * 5 or 0,
		online = flag(cell.online and chance(40)), out_of_hours = flag(cell.shifts and chance(70)),
		committee_size = cell.committee, documents_days_before = f.late_documents and 0 or pick(1, 4),
		notice_days = pick(2, 5), superior_notified = 1, content_focused = flag(not f.content),
		draft_prepared = flag(not f.late_documents), steps_complete = flag(not f.steps),
		minutes_recorded = flag(not f.no_minutes), resolution_passed = flag(not f.no_resolution),
		longest_excused_run = f.run and pick(4, 5) or pick(0, 3),
		praise_given = flag(chance(60)), criticism_given = flag(chance(70)),
		reported_days_after = pick(1, 2),
	}
	if cell.committee > 0 then
		r.committee_met = flag(not f.no_committee)
		r.committee_minutes = r.committee_met
	end
	if kind ~= "regular" then
		r.topic = TOPICS[pick(1, #TOPICS)]
	end
	r.regular_content = flag(kind ~= "thematic" and not f.content)
	r.thematic_content = flag(kind ~= "regular" and not (kind == "thematic" and f.content))

	local short = f.short15 and pick(1, 3) * 5 or f.short30 and pick(4, 6) * 5 or f.short45 and pick(7, 9) * 5
	r.duration_minutes = short and required - short or required + pick(0, 6) * 5
	r.ideology_minutes = pick(3, 5) * 5

	r.present, r.absent_unexcused, r.absent_excused = present, absent_unexcused, c.counted - present - absent_unexcused
	if r.absent_excused == 0 and not f.run then
		r.longest_excused_run = math.min(r.longest_excused_run, 1)
	end
	r.speakers = speakers
	r.opinions = r.speakers + pick(0, 4)

	if f.results80 or f.results70 or f.results50 or f.results0 then
		r.tasks_assigned = 10
		r.tasks_done = f.results80 and 8 or f.results70 and 7 or f.results50 and pick(5, 6) or pick(3, 4)
	else
		r.tasks_assigned = pick(0, 6)
		r.tasks_done = r.tasks_assigned
	end
	r.targets_set = 10
	r.targets_met = wanted == "tot" and pick(9, 10) or wanted == "kha" and pick(7, 8) or pick(5, 6)
	r.observer_attended = 0
	local list = y == 2025 and meetings_2025 or meetings
	list[#list + 1] = r
	return r
end

-- --- organisations ---------------------------------------------------------------------------------------------------

local BEFORE = "01/01/2015"     -- the example's organisations begin here
local BLOCKS_END = "31/01/2025" -- party blocks were dissolved early in 2025

local function complete(cell)
	cell.exempt = cell.members >= 8 and chance(25) and pick(1, 2) or 0
	cell.committee = cell.members < 9 and 0 or cell.members < 20 and 3 or 5
	cell.official_members = cell.members - (chance(30) and 1 or 0)
	return unit(cell)
end

--- A block: `base` chi bộ cơ sở, `committees` đảng bộ cơ sở with `below` cells; members of all cells add up to `total`.
-- Returns the two lists of cells.
local function block(o)
	local first, second = {}, {}
	local n = o.base + o.committees
	unit { code = o.province, name = o.province_name, kind = "tinh", from = BEFORE }
	unit { code = o.code, name = o.name .. " (dữ liệu ví dụ)", kind = "khoi", parent = o.province, from = BEFORE,
		to = BLOCKS_END }
	local sizes = spread(o.total, o.base + o.below, o.low, o.high)
	local per = spread(o.below, o.committees, o.fewest, o.most)
	local order = {}
	for i = 1, n do
		order[i] = i <= o.base
	end
	shuffle(order)
	local types = shuffle(o.types())
	local k, used = 0, 0
	for i = 1, n do
		local code = string.format("%s-%03d", o.prefix, i)
		local cluster = string.format("Cụm %d", (i - 1) * o.clusters // n + 1)
		if order[i] then
			used = used + 1
			first[#first + 1] = complete(o.mark {
				code = code, name = string.format("Chi bộ cơ sở số %03d", i), kind = "chi_bo_co_so", parent = o.code,
				cluster = cluster,
				cell_type = chance(70) and "co_quan" or "doanh_nghiep_nha_nuoc",
				members = sizes[used], from = BEFORE, to = BLOCKS_END,
			})
		else
			k = k + 1
			unit { code = code, name = string.format("Đảng bộ cơ sở số %03d", i), kind = "dang_bo_co_so", parent = o.code,
				cluster = cluster, from = BEFORE, to = BLOCKS_END }
			for j = 1, per[k] do
				used = used + 1
				second[#second + 1] = complete(o.mark {
					code = string.format("%s.%02d", code, j), name = string.format("Chi bộ số %02d, Đảng bộ cơ sở số %03d", j, i),
					kind = "chi_bo_truc_thuoc", parent = code, cluster = cluster,
					cell_type = types[#second + 1], members = sizes[used],
					from = BEFORE, to = BLOCKS_END,
				})
			end
		end
	end
	return first, second
end

local function repeated(list)
	return function()
		local all = {}
		for _, one in ipairs(list) do
			for _ = 1, one[2] do
				all[#all + 1] = one[1]
			end
		end
		return all
	end
end

--- `want` = { {"kem", 3}, {"trung_binh", 80}, ... }: which of `list` (slots of cell and month) is what; others "tot".
-- Cells have their habits, so that bad meetings gather in some of them.
local function deal(list, want)
	local habit = {}
	for _, s in ipairs(list) do
		habit[s.cell] = habit[s.cell] or pick(0, 1000)
		s.key = habit[s.cell] + pick(0, 900)
	end
	local sorted = {}
	for i, s in ipairs(list) do
		s.nth = i
		sorted[i] = s
	end
	table.sort(sorted, function(a, b)
		if a.key ~= b.key then
			return a.key < b.key
		end
		return a.nth < b.nth
	end)
	local at = 0
	for _, w in ipairs(want) do
		for _ = 1, w[2] do
			at = at + 1
			sorted[at].wanted = w[1]
		end
	end
	for i = at + 1, #sorted do
		sorted[i].wanted = "tot"
	end
	return list
end

--- One slot for every cell and month; `missed` of them are left out, some with a word why.
local function slots(cells, y, last, missed)
	local list = {}
	for _, cell in ipairs(cells) do
		for m = 1, last do
			list[#list + 1] = { cell = cell, y = y, m = m }
		end
	end
	for i = 1, missed do
		local s = table.remove(list, pick(1, #list))
		if i % 3 == 1 then
			months[#months + 1] = { unit = s.cell.code, month = string.format("%02d/%04d", s.m, s.y), status = "postponed",
				reason = "thiên tai, hoãn theo thông báo của cấp trên" }
		elseif i % 3 == 2 then
			months[#months + 1] = { unit = s.cell.code, month = string.format("%02d/%04d", s.m, s.y), status = "missed",
				reason = "không tổ chức được" }
		end
	end
	return list
end

-- --- Tuyên Quang: a year of Quy định 19 ------------------------------------------------------------------------------

local function same(c)
	return c
end

local function tuyen_quang()
	local base, below = block {
		province = "tuyen_quang", province_name = "Đảng bộ tỉnh Tuyên Quang", code = "tuyen_quang_khoi",
		name = "Đảng bộ Khối các cơ quan và doanh nghiệp tỉnh Tuyên Quang", prefix = "TQ",
		base = 99, committees = 30, below = 343, fewest = 5, most = 18, total = 5230, low = 5, high = 25, clusters = 9,
		types = repeated { { "co_quan", 250 }, { "doanh_nghiep_nha_nuoc", 60 }, { "truong_hoc", 33 } }, mark = same,
	}
	local function year(cells, missed, want)
		for _, s in ipairs(deal(slots(cells, 2020, 12, missed), want)) do
			-- the middle month of each quarter takes the quarter's subject, but not everywhere
			local kind = s.m % 3 == 2 and not chance(3) and "combined" or "regular"
			facts(s.cell, s.y, s.m, pick(3, 8), kind, s.wanted)
		end
	end
	-- 99 x 12 less 3 not held: 1.185 meetings; 343 x 12 less 6: 4.110
	year(base, 3, { { "kem", 4 }, { "trung_binh", 83 }, { "kha", 153 } })
	year(below, 6, { { "kem", 9 }, { "trung_binh", 362 }, { "kha", 577 } })
end

-- --- Lâm Đồng: nine months, enterprises in shifts and out of hours --------------------------------------------------

local function lam_dong()
	local base, below = block {
		province = "lam_dong", province_name = "Đảng bộ tỉnh Lâm Đồng", code = "lam_dong_khoi",
		name = "Đảng bộ Khối các cơ quan và doanh nghiệp tỉnh Lâm Đồng", prefix = "LD",
		base = 38, committees = 25, below = 96, fewest = 2, most = 7, total = 1927, low = 5, high = 28, clusters = 5,
		types = repeated { { "co_quan", 36 }, { "doanh_nghiep_nha_nuoc", 34 }, { "doanh_nghiep_tu_nhan", 26 } },
		mark = function(c)
			local enterprise = c.cell_type ~= "co_quan"
			c.shifts, c.online = enterprise, enterprise and chance(50)
			return c
		end,
	}
	for _, list in ipairs { base, below } do
		local all = slots(list, 2020, 9, list == base and 4 or 9)
		deal(all, { { "kem", #all // 120 }, { "trung_binh", #all * 7 // 100 }, { "kha", #all * 15 // 100 } })
		for _, s in ipairs(all) do
			-- the last month of each quarter takes the subject: in one session with the regular meeting, or on a day of its own
			s.cell.own_day = s.cell.own_day == nil and chance(40) or s.cell.own_day or false
			local due = s.m % 3 == 0 and not chance(7)
			facts(s.cell, s.y, s.m, pick(3, 9), due and not s.cell.own_day and "combined" or "regular", s.wanted)
			if due and s.cell.own_day then
				facts(s.cell, s.y, s.m, pick(16, 25), "thematic", chance(80) and "tot" or "kha")
			end
		end
	end
end

-- --- Thanh Hóa: eleven clusters, observers' visits, three assessors -------------------------------------------------

local function points(n)
	return (string.format("%.1f", n):gsub("%.0$", ""):gsub("%.", ","))
end

--- What people gave a meeting beside its facts: the cell its own points, an observer's where one came, the superior's
-- decision for some. Self-scores lie a little above what the facts give, and sometimes far above.
local function judge(s, r)
	local loss = 0
	for _, f in ipairs(FAULTS) do
		loss = loss + (r.faults[f.id] and f.loss or 0)
	end
	local function row(assessor, n)
		local one = { unit = r.unit, held_on = r.held_on, kind = r.kind, assessor = assessor, points = points(n) }
		assessments[#assessments + 1] = one
		return one
	end
	local own = row("self", math.min(100, 100 - loss + (chance(12) and pick(10, 25) or pick(0, 4) / 2)))
	own.proposed = s.wanted
	own.votes_total = r.present
	own.votes_for = r.present - (chance(20) and r.present > 4 and pick(1, 2) or 0)
	if chance(s.cell.kind == "chi_bo_co_so" and 20 or 9) then -- somebody from above came
		visits[#visits + 1] = { unit = r.unit, visited_on = r.held_on }
		r.observer_attended = 1
		row("observer", math.max(0, 100 - loss - pick(0, 6) / 2))
	end
	if loss == 0 and chance(10) then
		local differs = chance(8)
		row("superior", differs and pick(80, 88) or pick(95, 100))
		own.official = differs and "kha" or "tot" -- proposal, vote and decision stand in one row
		own.reason = differs and "thẩm định: biên bản ghi chưa rõ kết luận, phân công" or nil
		own.decided_on = date(s.y, s.m, 15 + pick(0, 5))
	end
end

local function thanh_hoa()
	local base, below = block {
		province = "thanh_hoa", province_name = "Đảng bộ tỉnh Thanh Hóa", code = "thanh_hoa_khoi",
		name = "Đảng bộ Khối các cơ quan và doanh nghiệp tỉnh Thanh Hóa", prefix = "TH",
		base = 59, committees = 120, below = 1307, fewest = 3, most = 24, total = 15599, low = 4, high = 24, clusters = 11,
		types = repeated { { "co_quan", 835 }, { "doanh_nghiep_nha_nuoc", 290 }, { "doanh_nghiep_tu_nhan", 182 } },
		mark = function(c)
			c.full, c.floor = 70, 95
			c.shifts = c.cell_type ~= "co_quan"
			return c
		end,
	}
	for _, list in ipairs { base, below } do
		local all = slots(list, 2020, 12, #list // 45)
		deal(all, { { "kem", #all // 400 }, { "trung_binh", #all * 4 // 100 }, { "kha", #all * 9 // 100 } })
		for _, s in ipairs(all) do
			local kind = s.m % 3 == 2 and not chance(2) and "combined" or "regular"
			judge(s, facts(s.cell, s.y, s.m, pick(2, 9), kind, s.wanted))
		end
	end
end

-- --- 2025: units that moved on 01/7 ---------------------------------------------------------------------------------

-- What people judge under Hướng dẫn 42: the groups of the guidance itself, and the lines of An Phú's form.
local GUIDANCE = {
	{ "duration", 5 }, { "attendance", 5 }, { "preparation", 10 }, { "organisation", 40 }, { "principles", 5 },
	{ "results", 30 }, { "closing", 5 },
}
local AN_PHU = {
	{ "preparation.content", 3 }, { "preparation.draft", 2 }, { "regular", 10 }, { "thematic", 5 },
	{ "chairing.line1", 2 }, { "chairing.line2", 4 }, { "chairing.line3", 3 }, { "chairing.line4", 1 },
	{ "principles.line1", 1 }, { "principles.line2", 2 }, { "principles.line3", 1 }, { "principles.line4", 1 },
	{ "closing.line1", 2 }, { "closing.line2", 2 },
}
do
	local seen = {}
	for _, form in ipairs { GUIDANCE, AN_PHU } do
		for _, line in ipairs(form) do
			if not seen[line[1]] then
				seen[line[1]] = true
				ASSESSMENT_2025[#ASSESSMENT_2025 + 1] = "points." .. line[1]
			end
		end
	end
end

local function judge_2025(cell, r, wanted)
	for _, assessor in ipairs { "self", "superior" } do
		local one = { unit = r.unit, held_on = r.held_on, kind = r.kind, assessor = assessor }
		for _, line in ipairs(cell.code:find("^AP") and AN_PHU or GUIDANCE) do
			local share = wanted == "sound" and 0.95 or 0.8
			if assessor == "self" then
				share = 1
			end
			if line[1] ~= "thematic" or r.kind == "combined" then
				one["points." .. line[1]] = points(math.floor(line[2] * share * 2 + 0.5) / 2)
			end
		end
		assessments_2025[#assessments_2025 + 1] = one
	end
end

--- Meetings from May to December 2025, before and after 01/7/2025 and 28/10/2025, in cells whose bodies above changed.
local function moved()
	local before, last, after = "01/01/2015", "30/06/2025", "01/07/2025"
	local cells = {}
	local function cell(code, name, members, old, new, new_name)
		local c = complete { code = code, name = name, kind = "chi_bo_truc_thuoc", parent = old,
			cell_type = "thon_to_dan_pho", members = members, from = before, to = last }
		unit { code = code, name = new_name, kind = c.kind, parent = new, cell_type = c.cell_type, members = members,
			official_members = c.official_members, from = after }
		cells[#cells + 1] = c
	end
	unit { code = "tinh_vi_du", name = "Đảng bộ tỉnh Ví Dụ (dữ liệu ví dụ)", kind = "tinh", from = before }
	unit { code = "huyen_vi_du", name = "Đảng bộ huyện Ví Dụ (dữ liệu ví dụ)", kind = "huyen", parent = "tinh_vi_du",
		from = before, to = last }
	unit { code = "phuong_an_phu", name = "Đảng bộ phường An Phú (dữ liệu ví dụ)", kind = "xa", parent = "tinh_vi_du",
		from = after }
	unit { code = "huyen_tq", name = "Đảng bộ huyện cũ, Tuyên Quang (dữ liệu ví dụ)", kind = "huyen",
		parent = "tuyen_quang", from = before, to = last }
	unit { code = "ha_giang", name = "Đảng bộ tỉnh Hà Giang", kind = "tinh", from = before, to = last }
	unit { code = "huyen_hg", name = "Đảng bộ huyện cũ, Hà Giang (dữ liệu ví dụ)", kind = "huyen", parent = "ha_giang",
		from = before, to = last }
	unit { code = "xa_tq", name = "Đảng bộ xã mới, Tuyên Quang (dữ liệu ví dụ)", kind = "xa", parent = "tuyen_quang",
		from = after }
	for i = 1, 3 do
		cell("AP-" .. i, "Chi bộ thôn " .. i, 14 + 8 * i, "huyen_vi_du", "phuong_an_phu", "Chi bộ tổ dân phố " .. i)
	end
	cell("XA-1", "Chi bộ thôn 1", 18, "huyen_tq", "xa_tq", "Chi bộ thôn 1 (xã mới)")
	cell("XA-2", "Chi bộ thôn 2", 11, "huyen_hg", "xa_tq", "Chi bộ thôn 2 (xã mới)") -- from one province to another
	for i, c in ipairs(cells) do
		for m = 5, 12 do
			-- the October meeting: in some cells on the last day of the old rules, in the others on the first of the new
			local d = m == 10 and 27 + i % 2 or pick(2, 12)
			local wanted = (m + i) % 5 == 0 and "kha" or "sound"
			local r = facts(c, 2025, m, d, m % 3 == 2 and "combined" or "regular", wanted)
			r.duration_minutes = math.max(r.duration_minutes, c.members >= 30 and 120 or 90)
			r.many_spoke, r.principles_kept = flag(r.speakers * 2 > r.present), 1
			r.resolution_carried_out, r.documents_posted = flag(r.tasks_done == r.tasks_assigned), flag(chance(70))
			if m > 10 or d > 27 then
				judge_2025(c, r, wanted)
			end
		end
	end
end

tuyen_quang()
lam_dong()
thanh_hoa()
moved()
write("units.csv", UNIT, units)
write("meetings.csv", MEETING, meetings)
write("assessments.csv", ASSESSMENT, assessments)
write("meetings_2025.csv", MEETING_2025, meetings_2025)
write("assessments_2025.csv", ASSESSMENT_2025, assessments_2025)
write("visits.csv", VISIT, visits)
write("months.csv", MONTH, months)
