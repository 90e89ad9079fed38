-- Worked out by hand from lam_dong/hd_btc.lua; the numbers are invented. Ten criteria of 10 points; without a fault 100.
local full = {
	members = 22, exempt = 2, present = 20, absent_unexcused = 0, longest_excused_run = 0, committee_size = 3, committee_met = true,
	planned_on = "2020-03-05", steps_complete = true, regular_content = true, speakers = 10, duration_minutes = 90,
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
	return { name = name, kind = kind, held_on = "2020-03-05", facts = with(changes), expect = expect }
end

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
			attendance = 10, excused_run = 10, committee = 10, planned_day = 10, content = 10, speaking = 10, duration = 10, minutes = 10,
			principles = 10, results = 10,
		},
	}),
	-- attendance of 20; 10 speakers are always at least half of those present
	case("18/20 = 90%", { present = 18 }, { total = 100, points = { attendance = 10 } }),
	case("17/20 = 85% không phải trên 85%", { present = 17 }, { total = 97, points = { attendance = 7 } }),
	case("15/20 = 75%", { present = 15 }, { total = 97, points = { attendance = 7 } }),
	case("14/20 = 70%", { present = 14 }, { total = 95, points = { attendance = 5 } }),
	case("13/20 = 65%", { present = 13 }, { total = 95, points = { attendance = 5 } }),
	case("12/20 = 60%", { present = 12 }, { total = 93, points = { attendance = 3 } }),
	case("vắng không lý do", { present = 19, absent_unexcused = 1 }, { total = 93, points = { attendance = 3 } }),

	case("vắng có lý do 4 lần liên tiếp: đúng 90, Tốt", { longest_excused_run = 4 }, { total = 90, level = "tot", points = { excused_run = 0 } }),
	case("vắng có lý do 3 lần liên tiếp", { longest_excused_run = 3 }, { total = 100 }),
	case("chi ủy không họp", { committee_met = false }, { total = 90, points = { committee = 0 } }),
	case("chỉ có bí thư", { committee_size = 0, committee_met = absent }, { total = 100, points = { committee = 10 } }),
	case("sai ngày", { planned_on = "2020-03-10" }, { total = 90, points = { planned_day = 0 } }),
	case("thiếu bước", { steps_complete = false }, { total = 95, points = { content = 5 } }),
	case("thiếu nội dung thường kỳ", { regular_content = false }, { total = 95, points = { content = 5 } }),
	case("chuyên đề", { regular_content = absent, thematic_content = true }, { total = 100 }, "thematic"),
	case("chuyên đề, thiếu nội dung", { regular_content = absent, thematic_content = false }, { total = 95, points = { content = 5 } }, "thematic"),
	case("kết hợp: cần cả hai", { thematic_content = false }, { total = 95, points = { content = 5 } }, "combined"),
	case("kết hợp, đủ cả hai", { thematic_content = true }, { total = 100 }, "combined"),

	case("10/20 = đúng 50% phát biểu", { speakers = 10 }, { points = { speaking = 10 } }),
	case("9/20 = 45%", { speakers = 9 }, { total = 98, points = { speaking = 8 } }),
	case("8/20 = 40%", { speakers = 8 }, { total = 98, points = { speaking = 8 } }),
	case("7/20 = 35%", { speakers = 7 }, { total = 96, points = { speaking = 6 } }),
	case("6/20 = 30%", { speakers = 6 }, { total = 96, points = { speaking = 6 } }),
	case("5/20 = 25%", { speakers = 5 }, { total = 94, points = { speaking = 4 } }),

	case("ca tối, ngoài giờ, trực tuyến: không mất điểm", { out_of_hours = true, online = true }, { total = 100, level = "tot" }),
	case("thiếu 1 phút", { duration_minutes = 89 }, { total = 98, points = { duration = 8 } }),
	case("thiếu đúng 15 phút", { duration_minutes = 75 }, { total = 98, points = { duration = 8 } }),
	case("thiếu 16 phút", { duration_minutes = 74 }, { total = 96, points = { duration = 6 } }),
	case("thiếu đúng 30 phút", { duration_minutes = 60 }, { total = 96, points = { duration = 6 } }),
	case("thiếu 31 phút", { duration_minutes = 59 }, { total = 93, points = { duration = 3 } }),

	case("không biên bản: 90 điểm nhưng Trung bình", { minutes_recorded = false }, {
		total = 90, level = "trung_binh", level_by_score = "tot", gate = "Không có biên bản", points = { minutes = 0 },
	}),
	case("không ra nghị quyết", { resolution_passed = false }, { total = 90, level = "tot", points = { principles = 0 } }),
	case("việc 9/10", { tasks_done = 9 }, { total = 100 }),
	case("việc 8/10", { tasks_done = 8 }, { total = 98, points = { results = 8 } }),
	case("việc 7/10", { tasks_done = 7 }, { total = 96, points = { results = 6 } }),
	case("việc 5/10", { tasks_done = 5 }, { total = 94, points = { results = 4 } }),
	case("việc 4/10", { tasks_done = 4 }, { total = 92, points = { results = 2 } }),
	case("chưa giao việc", { tasks_assigned = 0, tasks_done = 0 }, { total = 100, points = { results = "na" } }),

	case("đúng 70 là Khá", { longest_excused_run = 4, committee_met = false, planned_on = "2020-03-10" }, { total = 70, level = "kha" }),
	case("68 là Trung bình", { longest_excused_run = 4, committee_met = false, planned_on = "2020-03-10", duration_minutes = 80 },
		{ total = 68, level = "trung_binh" }),
	case("đúng 50 là Trung bình", {
		longest_excused_run = 4, committee_met = false, planned_on = "2020-03-10", resolution_passed = false, steps_complete = false,
		regular_content = false,
	}, { total = 50, level = "trung_binh" }),
	case("48 là Kém", {
		longest_excused_run = 4, committee_met = false, planned_on = "2020-03-10", resolution_passed = false, steps_complete = false,
		regular_content = false, duration_minutes = 80,
	}, { total = 48, level = "kem" }),
	case("89 là Khá", { speakers = 7, duration_minutes = 59 }, { total = 89, level = "kha" }), -- 100 - 4 - 7
	case("69 là Trung bình", { speakers = 7, duration_minutes = 59, longest_excused_run = 4, committee_met = false },
		{ total = 69, level = "trung_binh" }),
	case("49 là Kém", {
		speakers = 7, duration_minutes = 59, longest_excused_run = 4, committee_met = false, planned_on = "2020-03-10",
		resolution_passed = false,
	}, { total = 49, level = "kem" }),

	-- a cell of a hundred shows the next hundredth beside each threshold
	case("86/100 dự", { members = 100, exempt = 0, present = 86, speakers = 60 }, { points = { attendance = 10 } }),
	case("74/100 dự", { members = 100, exempt = 0, present = 74, speakers = 60 }, { points = { attendance = 5 } }),
	case("64/100 dự", { members = 100, exempt = 0, present = 64, speakers = 60 }, { points = { attendance = 3 } }),
	case("49/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 49 }, { points = { speaking = 8 } }),
	case("39/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 39 }, { points = { speaking = 6 } }),
	case("29/100 phát biểu", { members = 100, exempt = 0, present = 100, speakers = 29 }, { points = { speaking = 4 } }),
	case("việc 89/100", { tasks_assigned = 100, tasks_done = 89 }, { points = { results = 8 } }),
	case("việc 79/100", { tasks_assigned = 100, tasks_done = 79 }, { points = { results = 6 } }),
	case("việc 69/100", { tasks_assigned = 100, tasks_done = 69 }, { points = { results = 4 } }),
	case("việc 49/100", { tasks_assigned = 100, tasks_done = 49 }, { points = { results = 2 } }),
	case("giao một việc, chưa xong", { tasks_assigned = 1, tasks_done = 0 }, { total = 92, points = { results = 2 } }),
	case("chưa giao việc, không nghị quyết: 90 trên 100", { tasks_assigned = 0, tasks_done = 0, resolution_passed = false }, { total = 90 }),
	case("không báo số phát biểu", { speakers = absent }, { status = "missing", level = false, total = false, missing = { "speakers" } }),
	case("không báo có biên bản hay không", { minutes_recorded = absent },
		{ status = "missing", level = false, missing = { "minutes_recorded" }, points = { minutes = "missing" } }),

	-- periods: what the months become; false is a month without a meeting
	period("7 tot, 2 kha", { nine_months = "tot" }), -- 7/9 = 77,8%
	period("6 tot, 3 kha", { nine_months = "kha" }), -- 6/9 = 66,7%
	period("6 kha, 3 trung_binh", { nine_months = "trung_binh" }),
	period("6 trung_binh, 3 kem", { nine_months = "kem" }),
	period("7 tot, 2 missed", { nine_months = "tot" }), -- missed months count as Kém: still 7/9
	period("6 tot, 3 missed", { nine_months = "kem" }),
	period("6 tot, 2 kem, 1 exempt", { nine_months = "tot" }), -- 6/8: exactly three quarters of what was due
	period("6 kha, 2 kem, 1 exempt", { nine_months = "kha" }),
	period("6 trung_binh, 2 kem, 1 exempt", { nine_months = "trung_binh" }),
	period("9 tot, 3 kem", { year = "tot" }), -- exactly three quarters
	period("8 tot, 4 kha", { year = "kha" }),
	period("9 kha, 3 missed", { year = "kha" }),
	period("8 kha, 1 trung_binh, 3 kem", { year = "trung_binh" }),
	period("8 trung_binh, 4 missed", { year = "kem" }),
}
