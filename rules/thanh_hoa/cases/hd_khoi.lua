-- Worked out by hand from thanh_hoa/hd_khoi.lua; the numbers are invented.
-- Without a fault: 10 + (15 + 5) + (8 + 7) + 20 + 10 + (5 + 5) + 15 = 100.
local full = {
	members = 22, exempt = 2, present = 20, absent_unexcused = 0, longest_excused_run = 0, committee_size = 3, committee_met = true,
	documents_days_before = 2, steps_complete = true, regular_content = true, speakers = 10, duration_minutes = 90,
	minutes_recorded = true, resolution_passed = true, tasks_assigned = 10, tasks_done = 10,
}
local absent = {} -- a fact that was not reported
local function with(changes)
	local t = {}
	for id, v in pairs(full) do t[id] = v end
	for id, v in pairs(changes) do
		if v == absent then t[id] = nil else t[id] = v end
	end
	return t
end
local function case(name, changes, expect, kind)
	return { name = name, kind = kind, facts = with(changes), expect = expect }
end
local held_back = "Tốt chỉ khi đạt tối đa tiêu chí tỷ lệ dự"

-- "3 tot, 9 kha" as a list of twelve months
local function months(text)
	local list = {}
	for n, level in text:gmatch("(%d+) ([%a_]+)") do
		for _ = 1, tonumber(n) do
			if level == "missed" then list[#list + 1] = false else list[#list + 1] = level end
		end
	end
	return list
end
local function period(text, expect)
	return { name = "kỳ: " .. text, months = months(text), expect = expect }
end

return {
	case("không lỗi", {}, {
		total = 100, level = "tot", gate = false,
		points = { duration = 10, attendance = 20, preparation = 15, content = 20, speaking = 10, minutes = 10, results = 15 },
	}),
	case("thiếu 1 phút", { duration_minutes = 89 }, { total = 98, points = { duration = 8 } }),
	case("thiếu đúng 15 phút", { duration_minutes = 75 }, { total = 98, points = { duration = 8 } }),
	case("thiếu 16 phút", { duration_minutes = 74 }, { total = 95, points = { duration = 5 } }),
	case("thiếu đúng 30 phút", { duration_minutes = 60 }, { total = 95, points = { duration = 5 } }),
	case("thiếu 31 phút", { duration_minutes = 59 }, { total = 92, points = { duration = 2 } }),
	case("kết hợp, 120 phút", { duration_minutes = 120 }, { total = 100, points = { duration = 10 } }, "combined"),
	case("kết hợp, 119 phút", { duration_minutes = 119 }, { total = 98, points = { duration = 8 } }, "combined"),

	-- attendance of 20; Tốt needs all 20 points
	case("19/20 = đúng 95%", { present = 19 }, { total = 100, level = "tot", points = { attendance = 20 } }),
	case("18/20 = 90%", { present = 18 }, { total = 97, level = "kha", level_by_score = "tot", gate = held_back, points = { attendance = 17 } }),
	case("17/20 = 85% không phải trên 85%", { present = 17 }, { total = 93, level = "kha", points = { attendance = 13 } }),
	case("15/20 = 75%", { present = 15 }, { total = 93, level = "kha", points = { attendance = 13 } }),
	case("14/20 = 70%", { present = 14 }, { total = 89, level = "kha", gate = false, points = { attendance = 9 } }),
	case("vắng không lý do", { present = 19, absent_unexcused = 1 }, { total = 89, level = "kha", points = { attendance = 9 } }),
	case("vắng có lý do 3 lần liên tiếp", { longest_excused_run = 3 }, { total = 100, level = "tot", points = { attendance = 20 } }),
	case("vắng có lý do 4 lần liên tiếp", { longest_excused_run = 4 }, { total = 95, level = "kha", gate = 1, points = { attendance = 15 } }),

	case("chi ủy không họp", { committee_met = false }, { total = 92, level = "tot", points = { preparation = 7 } }),
	case("chỉ có bí thư", { committee_size = 0, committee_met = absent }, { total = 100, points = { preparation = 15 } }),
	case("tài liệu gửi trước 1 ngày", { documents_days_before = 1 }, { points = { preparation = 15 }, total = 100 }),
	case("tài liệu gửi trong ngày", { documents_days_before = 0 }, { total = 93, points = { preparation = 8 } }),
	case("thiếu bước: đúng 90 là Tốt", { steps_complete = false }, { total = 90, level = "tot", points = { content = 10 } }),
	case("thiếu nội dung thường kỳ", { regular_content = false }, { total = 90, points = { content = 10 } }),
	case("chuyên đề", { regular_content = absent, thematic_content = true }, { total = 100 }, "thematic"),
	case("chuyên đề, thiếu nội dung", { regular_content = absent, thematic_content = false }, { total = 90, points = { content = 10 } }, "thematic"),

	case("9/20 = 45% phát biểu", { speakers = 9 }, { total = 98, points = { speaking = 8 } }),
	case("8/20 = 40%", { speakers = 8 }, { total = 98, points = { speaking = 8 } }),
	case("7/20 = 35%", { speakers = 7 }, { total = 96, points = { speaking = 6 } }),
	case("6/20 = 30%", { speakers = 6 }, { total = 96, points = { speaking = 6 } }),
	case("5/20 = 25%", { speakers = 5 }, { total = 94, points = { speaking = 4 } }),

	case("không biên bản: 95 điểm nhưng Trung bình", { minutes_recorded = false }, {
		total = 95, level = "trung_binh", level_by_score = "tot", gate = "Không có biên bản", points = { minutes = 5 },
	}),
	case("không ra nghị quyết", { resolution_passed = false }, { total = 95, level = "tot", points = { minutes = 5 } }),
	case("việc 9/10", { tasks_done = 9 }, { total = 100 }),
	case("việc 8/10", { tasks_done = 8 }, { total = 97, points = { results = 12 } }),
	case("việc 7/10", { tasks_done = 7 }, { total = 94, points = { results = 9 } }),
	case("việc 5/10", { tasks_done = 5 }, { total = 91, points = { results = 6 } }),
	case("việc 4/10", { tasks_done = 4 }, { total = 88, level = "kha", points = { results = 3 } }),
	case("chưa giao việc", { tasks_assigned = 0, tasks_done = 0 }, { total = 100, points = { results = "na" } }),

	case("đúng 70 là Khá", { steps_complete = false, regular_content = false, resolution_passed = false, longest_excused_run = 4 },
		{ total = 70, level = "kha" }),
	case("68 là Trung bình", {
		steps_complete = false, regular_content = false, resolution_passed = false, longest_excused_run = 4, duration_minutes = 80,
	}, { total = 68, level = "trung_binh" }),
	case("đúng 50 là Trung bình", { -- 70 - 8 - 7 - 5 (of 10 for the duration)
		steps_complete = false, regular_content = false, resolution_passed = false, longest_excused_run = 4, committee_met = false,
		documents_days_before = 0, duration_minutes = 70,
	}, { total = 50, level = "trung_binh" }),
	case("48 là Kém", { -- and 8 of 20 speak
		steps_complete = false, regular_content = false, resolution_passed = false, longest_excused_run = 4, committee_met = false,
		documents_days_before = 0, duration_minutes = 70, speakers = 8,
	}, { total = 48, level = "kem" }),
	case("69 là Trung bình", { steps_complete = false, regular_content = false, committee_met = false, tasks_done = 8 }, -- - 10 - 10 - 8 - 3
		{ total = 69, level = "trung_binh" }),
	case("49 là Kém", { -- 69 - 7 - 5 - 8
		steps_complete = false, regular_content = false, committee_met = false, tasks_done = 8, documents_days_before = 0,
		resolution_passed = false, duration_minutes = 59,
	}, { total = 49, level = "kem" }),

	-- a cell of a hundred shows the next hundredth beside each threshold
	case("94/100 dự", { members = 100, exempt = 0, present = 94, speakers = 60 }, { points = { attendance = 17 } }),
	case("86/100 dự", { members = 100, exempt = 0, present = 86, speakers = 60 }, { points = { attendance = 17 } }),
	case("74/100 dự", { members = 100, exempt = 0, present = 74, speakers = 60 }, { points = { attendance = 9 } }),
	case("49/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 49 }, { points = { speaking = 8 } }),
	case("39/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 39 }, { points = { speaking = 6 } }),
	case("29/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 29 }, { points = { speaking = 4 } }),
	case("việc 89/100", { tasks_assigned = 100, tasks_done = 89 }, { points = { results = 12 } }),
	case("việc 79/100", { tasks_assigned = 100, tasks_done = 79 }, { points = { results = 9 } }),
	case("việc 69/100", { tasks_assigned = 100, tasks_done = 69 }, { points = { results = 6 } }),
	case("việc 49/100", { tasks_assigned = 100, tasks_done = 49 }, { points = { results = 3 } }),
	case("giao một việc, chưa xong", { tasks_assigned = 1, tasks_done = 0 }, { total = 88, points = { results = 3 } }),
	case("chưa giao việc, không nghị quyết: 95 trên 100", { tasks_assigned = 0, tasks_done = 0, resolution_passed = false }, { total = 95 }),
	case("chuyên đề, thiếu bước", { steps_complete = false, regular_content = absent, thematic_content = true },
		{ total = 90, points = { content = 10 } }, "thematic"),
	case("không báo số phát biểu", { speakers = absent }, { status = "missing", level = false, missing = { "speakers" } }),

	-- periods: what the months become; false is a month without a meeting
	period("2 tot, 1 kha", { quarter = "tot" }),
	period("1 tot, 2 kha", { quarter = "kha" }),
	period("2 tot, 1 trung_binh", { quarter = "kha" }),
	period("2 tot, 1 kem", { quarter = "trung_binh" }),
	period("2 tot, 1 missed", { quarter = "trung_binh" }),
	period("7 tot, 5 kha", { year = "tot" }),
	period("6 tot, 6 kha", { year = "kha" }),
	period("11 tot, 1 trung_binh", { year = "kha" }),
	period("11 tot, 1 kem", { year = "trung_binh" }),
	period("11 tot, 1 missed", { year = "trung_binh" }), -- counts as Kém
	period("11 tot, 1 unrated", { year = false }), -- not decided before the month is
}
