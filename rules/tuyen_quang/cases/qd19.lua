-- Worked out by hand from tuyen_quang/qd19.lua; the numbers are invented.
-- A meeting without a fault: 18 of 20 - 2 = 18 present, 90 minutes, 10 of 18 speak (55,6%), 10 of 10 tasks done:
-- 10 + 5 + 20 + 5 + 10 + 20 + 10 + 5 + 5 + 10 = 100. Each case says what it changes and what that takes away.
local full = {
	members = 20, exempt = 2, present = 18, absent_unexcused = 0, longest_excused_run = 0,
	duration_minutes = 90, planned_on = "2020-03-05", committee_size = 3, committee_met = true, documents_days_before = 2,
	steps_complete = true, regular_content = true, speakers = 10, minutes_recorded = true, resolution_passed = true,
	tasks_assigned = 10, tasks_done = 10,
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
	return { name = name, kind = kind, held_on = "2020-03-05", facts = with(changes), expect = expect }
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
		points = {
			duration = 10, planned_day = 5, attendance = 20, excused_run = 5, preparation = 10, content = 20, speaking = 10,
			minutes = 5, principles = 5, results = 10,
		},
	}),

	-- duration: 90 minutes; short by up to 15: 8; up to 30: 6; more: 3
	case("thiếu 1 phút", { duration_minutes = 89 }, { total = 98, points = { duration = 8 } }),
	case("thiếu đúng 15 phút", { duration_minutes = 75 }, { total = 98, points = { duration = 8 } }),
	case("thiếu 16 phút", { duration_minutes = 74 }, { total = 96, points = { duration = 6 } }),
	case("thiếu đúng 30 phút", { duration_minutes = 60 }, { total = 96, points = { duration = 6 } }),
	case("thiếu 31 phút", { duration_minutes = 59 }, { total = 93, points = { duration = 3 } }),
	case("kết hợp chuyên đề, đủ 120 phút", { duration_minutes = 120 }, { total = 100, points = { duration = 10 } }, "combined"),
	case("kết hợp chuyên đề, 119 phút", { duration_minutes = 119 }, { total = 98, points = { duration = 8 } }, "combined"),
	case("kết hợp chuyên đề, 90 phút: thiếu 30", { duration_minutes = 90 }, { total = 96, points = { duration = 6 } }, "combined"),

	case("không đúng ngày đăng ký", { planned_on = "2020-03-04" }, { total = 95, level = "tot", points = { planned_day = 0 } }),

	-- attendance, 22 - 2 = 20 who should be there; 10 speak, always more than half of those present
	case("17/20 = 85% không phải trên 85%", { members = 22, present = 17 }, -- 100 - 5, and Tốt needs full attendance
		{ total = 95, level = "kha", level_by_score = "tot", gate = held_back, points = { attendance = 15 } }),
	case("18/20 = 90%", { members = 22, present = 18 }, { total = 100, level = "tot", points = { attendance = 20 } }),
	case("15/20 = 75%", { members = 22, present = 15 }, { total = 95, level = "kha", points = { attendance = 15 } }),
	case("14/20 = 70%", { members = 22, present = 14 }, { total = 90, level = "kha", gate = 1, points = { attendance = 10 } }),
	case("13/20 = 65%", { members = 22, present = 13 }, { total = 90, level = "kha", points = { attendance = 10 } }),
	case("12/20 = 60%", { members = 22, present = 12 }, { total = 85, level = "kha", gate = false, points = { attendance = 5 } }),
	case("một người vắng không lý do, 19/20 có mặt", { members = 22, present = 19, absent_unexcused = 1 },
		{ total = 85, level = "kha", gate = false, points = { attendance = 5 } }),

	case("vắng có lý do 3 lần liên tiếp", { longest_excused_run = 3 }, { total = 100, points = { excused_run = 5 } }),
	case("vắng có lý do 4 lần liên tiếp", { longest_excused_run = 4 }, { total = 95, level = "tot", points = { excused_run = 0 } }),

	case("chi ủy không họp trước", { committee_met = false }, { total = 95, points = { preparation = 5 } }),
	case("chỉ có bí thư: điểm tối đa", { committee_size = 0, committee_met = absent }, { total = 100, points = { preparation = 10 } }),
	case("tài liệu gửi trước 1 ngày", { documents_days_before = 1 }, { total = 100, points = { preparation = 10 } }),
	case("tài liệu gửi trong ngày", { documents_days_before = 0 }, { total = 95, points = { preparation = 5 } }),

	case("thiếu bước: còn đúng 90, vẫn Tốt", { steps_complete = false }, { total = 90, level = "tot", points = { content = 10 } }),
	case("thiếu nội dung", { regular_content = false }, { total = 90, level = "tot", points = { content = 10 } }),
	case("chuyên đề: không hỏi nội dung thường kỳ", { regular_content = absent, thematic_content = true },
		{ total = 100, points = { content = 20 } }, "thematic"),
	case("chuyên đề, thiếu nội dung chuyên đề", { regular_content = absent, thematic_content = false },
		{ total = 90, points = { content = 10 } }, "thematic"),

	-- speaking, of those present
	case("9/18 = đúng 50%: không phải trên 50%", { speakers = 9 }, { total = 98, points = { speaking = 8 } }),
	case("8/20 = 40%", { members = 22, present = 20, speakers = 8 }, { total = 98, points = { speaking = 8 } }),
	case("7/18 = 38,9%", { speakers = 7 }, { total = 96, points = { speaking = 6 } }),
	case("6/20 = 30%", { members = 22, present = 20, speakers = 6 }, { total = 96, points = { speaking = 6 } }),
	case("5/18 = 27,8%", { speakers = 5 }, { total = 94, points = { speaking = 4 } }),

	case("không biên bản", { minutes_recorded = false }, { total = 95, points = { minutes = 0 } }),
	case("không ra nghị quyết", { resolution_passed = false }, { total = 95, points = { principles = 0 } }),

	case("việc 9/10", { tasks_done = 9 }, { total = 100, points = { results = 10 } }),
	case("việc 8/10", { tasks_done = 8 }, { total = 98, points = { results = 8 } }),
	case("việc 7/10", { tasks_done = 7 }, { total = 96, points = { results = 6 } }),
	case("việc 5/10", { tasks_done = 5 }, { total = 94, points = { results = 4 } }),
	case("việc 4/10", { tasks_done = 4 }, { total = 92, points = { results = 2 } }),
	case("chưa giao việc: điểm tối đa", { tasks_assigned = 0, tasks_done = 0 }, { total = 100, level = "tot", points = { results = "na" } }),

	-- levels: 100 - 10 - 10 - 5 - 5 = 70; - 2 = 68; 70 - 5 - 5 - 5 - 5 = 50; - 2 = 48
	case("đúng 70 là Khá", { steps_complete = false, regular_content = false, minutes_recorded = false, resolution_passed = false },
		{ total = 70, level = "kha" }),
	case("68 là Trung bình", {
		steps_complete = false, regular_content = false, minutes_recorded = false, resolution_passed = false, duration_minutes = 75,
	}, { total = 68, level = "trung_binh" }),
	case("đúng 50 là Trung bình", {
		steps_complete = false, regular_content = false, minutes_recorded = false, resolution_passed = false,
		longest_excused_run = 4, planned_on = "2020-03-01", committee_met = false, documents_days_before = 0,
	}, { total = 50, level = "trung_binh" }),
	case("48 là Kém", {
		steps_complete = false, regular_content = false, minutes_recorded = false, resolution_passed = false,
		longest_excused_run = 4, planned_on = "2020-03-01", committee_met = false, documents_days_before = 0, duration_minutes = 80,
	}, { total = 48, level = "kem" }),

	case("89 là Khá", { speakers = 7, duration_minutes = 59 }, { total = 89, level = "kha", level_by_score = "kha" }), -- 100 - 4 - 7
	case("69 là Trung bình", { speakers = 7, duration_minutes = 59, steps_complete = false, regular_content = false },
		{ total = 69, level = "trung_binh" }),
	case("49 là Kém", { -- 69 - 5 - 5 - 5 - 5
		speakers = 7, duration_minutes = 59, steps_complete = false, regular_content = false, minutes_recorded = false,
		resolution_passed = false, longest_excused_run = 4, planned_on = "2020-03-01",
	}, { total = 49, level = "kem" }),

	-- a cell of a hundred shows the next hundredth beside each threshold
	case("86/100 dự", { members = 100, exempt = 0, present = 86, speakers = 60 }, { points = { attendance = 20 } }),
	case("74/100 dự", { members = 100, exempt = 0, present = 74, speakers = 60 }, { points = { attendance = 10 } }),
	case("64/100 dự", { members = 100, exempt = 0, present = 64, speakers = 60 }, { points = { attendance = 5 } }),
	case("51/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 51 }, { points = { speaking = 10 } }),
	case("39/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 39 }, { points = { speaking = 6 } }),
	case("29/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 29 }, { points = { speaking = 4 } }),
	case("việc 89/100", { tasks_assigned = 100, tasks_done = 89 }, { points = { results = 8 } }),
	case("việc 79/100", { tasks_assigned = 100, tasks_done = 79 }, { points = { results = 6 } }),
	case("việc 69/100", { tasks_assigned = 100, tasks_done = 69 }, { points = { results = 4 } }),
	case("việc 49/100", { tasks_assigned = 100, tasks_done = 49 }, { points = { results = 2 } }),
	case("giao một việc, chưa xong", { tasks_assigned = 1, tasks_done = 0 }, { total = 92, points = { results = 2 } }),
	case("chưa giao việc, không biên bản: 95 trên 100, không phải 85 trên 90", { tasks_assigned = 0, tasks_done = 0, minutes_recorded = false },
		{ total = 95 }),
	case("chuyên đề, thiếu bước", { steps_complete = false, regular_content = absent, thematic_content = true },
		{ total = 90, points = { content = 10 } }, "thematic"),

	-- what was not reported is asked for, never guessed
	case("không báo số có mặt", { present = absent }, {
		status = "missing", level = false, total = false, missing = { "present" }, points = { attendance = "missing", speaking = "missing" },
	}),
	case("không báo ngày đăng ký", { planned_on = absent }, { status = "missing", level = false, missing = { "planned_on" } }),
	case("vắng không lý do đã đủ để chấm, dù không báo số có mặt", { present = absent, absent_unexcused = 2 },
		{ status = "missing", points = { attendance = 5, speaking = "missing" } }),
	case("mọi đảng viên đều được miễn: không có tỷ lệ", { members = 2, exempt = 2, present = 0, speakers = 0 },
		{ status = "missing", level = false, points = { attendance = "missing" } }),

	-- periods: what the months become; false is a month without a meeting
	period("3 tot", { quarter = "tot" }),
	period("2 tot, 1 kha", { quarter = "kha" }),
	period("2 tot, 1 trung_binh", { quarter = "trung_binh" }),
	period("2 tot, 1 kem", { quarter = "kem" }),
	period("2 tot, 1 missed", { quarter = "kem" }),
	period("7 tot, 5 kha", { year = "tot" }),
	period("6 tot, 6 kha", { year = "kha" }),
	period("11 tot, 1 trung_binh", { year = "kha" }),
	period("11 tot, 1 kem", { year = "trung_binh" }),
	period("11 tot, 1 missed", { year = "trung_binh" }), -- counts as Kém
	period("11 tot, 1 unrated", { year = false }), -- not decided before the month is
}
