-- Worked out by hand from central/hd42.lua; the numbers are invented.
-- 90 minutes (5), 18 of 20 - 0 = 90% (5), and what people judged: 10 + 40 + 5 + 30 + 5 = 90. Together 100.
local full = { members = 20, exempt = 0, present = 18, absent_unexcused = 0, duration_minutes = 90 }
local absent = {} -- a fact that was not reported
local function with(changes)
	local t = {}
	for id, v in pairs(full) do t[id] = v end
	for id, v in pairs(changes) do
		if v == absent then t[id] = nil else t[id] = v end
	end
	return t
end
local function marks(changes)
	local t = { preparation = 10, organisation = 40, principles = 5, results = 30, closing = 5 }
	for id, v in pairs(changes or {}) do
		if v == absent then t[id] = nil else t[id] = v end
	end
	return t
end
local function case(name, changes, given, expect, kind)
	return { name = name, kind = kind, facts = with(changes), judged = { superior = marks(given) }, expect = expect }
end

return {
	case("đủ điểm", {}, {}, {
		total = 100, level = "tot",
		points = { duration = 5, attendance = 5, preparation = 10, organisation = 40, principles = 5, results = 30, closing = 5 },
	}),
	case("89 phút: thời lượng được chấm 3", { duration_minutes = 89 }, { duration = 3 }, { total = 98, points = { duration = 3 } }),
	case("kết hợp, 120 phút", { duration_minutes = 120 }, {}, { total = 100 }, "combined"),
	case("kết hợp, 119 phút: được chấm 4", { duration_minutes = 119 }, { duration = 4 }, { total = 99, points = { duration = 4 } }, "combined"),
	case("17/19 = 89,5%: được chấm 4", { members = 19, present = 17 }, { attendance = 4 }, { total = 99, points = { attendance = 4 } }),
	case("vắng không lý do: được chấm 2", { absent_unexcused = 1 }, { attendance = 2 }, { total = 97, points = { attendance = 2 } }),
	case("miễn sinh hoạt không tính: 18/(22 - 2)", { members = 22, exempt = 2 }, {}, { total = 100, points = { attendance = 5 } }),

	case("89 phút, vẫn được chấm 5", { duration_minutes = 89 }, { duration = 5 }, { total = 100, points = { duration = 5 } }),
	case("17/19, vẫn được chấm 5", { members = 19, present = 17 }, { attendance = 5 }, { total = 100, points = { attendance = 5 } }),
	case("6 điểm trên 5", { duration_minutes = 89 }, { duration = 6 }, { status = "invalid", level = false }),
	-- levels: 100 - 10 = 90; 100 - 10,5 = 89,5; 100 - 30 = 70; 69,9; 100 - 30 - 20 = 50; 49,5
	case("đúng 90 là Tốt", {}, { organisation = 30 }, { total = 90, level = "tot" }),
	case("89,5 là Khá", {}, { organisation = 29.5 }, { total = 89.5, level = "kha" }),
	case("đúng 70 là Khá", {}, { results = 0 }, { total = 70, level = "kha" }),
	case("69,9 là Trung bình", {}, { results = 0, closing = 4.9 }, { total = 69.9, level = "trung_binh" }),
	case("đúng 50 là Trung bình", {}, { results = 0, organisation = 20 }, { total = 50, level = "trung_binh" }),
	case("49,5 là Kém", {}, { results = 0, organisation = 19.5 }, { total = 49.5, level = "kem" }),

	{
		name = "cấp trên, rồi người dự, rồi tự chấm", facts = full,
		judged = {
			self = marks {}, -- all full
			observer = marks { preparation = 8, organisation = 35 },
			superior = { preparation = 7 }, -- the superior judged one line only
		},
		expect = { total = 92, level = "tot", points = { preparation = 7, organisation = 35, results = 30 } }, -- 100 - 3 - 5
	},
	case("chưa ai chấm kết quả", {}, { results = absent }, { status = "missing", level = false, points = { results = "missing" } }),
	case("41 điểm trên 40", {}, { organisation = 41 }, { status = "invalid", level = false }),
	case("không báo thời lượng", { duration_minutes = absent }, {}, { status = "missing", level = false, missing = { "duration_minutes" } }),
}
