-- Worked out by hand from an_phu/hd42.lua; the numbers are invented.
-- A regular meeting without a fault: 5 + 5 + 10 + (5 + 10 + 2 + 5 + 1 + 1 + 1) + 10 + 5 + 30 + 5 = 95 of 95, because the line of 5 for a
-- thematic part does not apply; rescaled to 100 that is 100. In a combined one the line counts: 100 of 100.
-- Totals of regular meetings are therefore points * 100 / 95.
local full = {
	members = 20, exempt = 1, special_duty = 1, present = 18, absent_unexcused = 0, longest_excused_run = 0,
	duration_minutes = 90, committee_size = 3, committee_met = true, committee_minutes = true, notice_days = 3, superior_notified = true,
	documents_days_before = 2, steps_complete = true, praise_given = true, criticism_given = false, speakers = 10,
	minutes_recorded = true, ideology_minutes = 20, documents_posted = true, targets_set = 10, targets_met = 10, reported_days_after = 1,
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
local function marks()
	return {
		preparation = { content = 3, draft = 2 }, regular = 10, thematic = 5,
		chairing = { line1 = 2, line2 = 4, line3 = 3, line4 = 1 }, principles = { line1 = 1, line2 = 2, line3 = 1, line4 = 1 },
		closing = { line1 = 2, line2 = 2 },
	}
end
local nothing = {
	preparation = { content = 0, draft = 0 }, regular = 0, thematic = 0, chairing = { line1 = 0, line2 = 0, line3 = 0, line4 = 0 },
	principles = { line1 = 0, line2 = 0, line3 = 0, line4 = 0 }, closing = { line1 = 0, line2 = 0 },
}
local function case(name, changes, expect, kind, given)
	return { name = name, kind = kind, facts = with(changes), judged = { superior = given or marks() }, expect = expect }
end

local function hundred(changes)
	local t = { members = 100, exempt = 0, special_duty = 0, present = 100, speakers = 60, duration_minutes = 120 }
	for id, v in pairs(changes) do t[id] = v end
	return t
end
local function over(criterion, line, points)
	local given = marks()
	given[criterion][line] = points
	return case("quá mức: " .. criterion .. "." .. line, {}, { status = "invalid", level = false }, "regular", given)
end

return {
	case("không lỗi, thường kỳ: 95/95", {}, {
		total = 100, level = "tot",
		points = {
			duration = 5, attendance = 5, preparation = 10, steps = 5, regular = 10, thematic = "na", praise = 2, speaking = 5, minutes = 1,
			ideology = 1, posted = 1, chairing = 10, principles = 5, results = 30, closing = 5,
		},
	}),
	case("không lỗi, kết hợp: 100/100", {}, { total = 100, level = "tot", points = { thematic = 5 } }, "combined"),

	-- 1: required 90 minutes, 120 from 30 members; totals of combined meetings, which need no rescaling
	case("thiếu đúng 15 phút", { duration_minutes = 75 }, { total = 99, points = { duration = 4 } }, "combined"),
	case("thiếu 16 phút", { duration_minutes = 74 }, { total = 98, points = { duration = 3 } }, "combined"),
	case("thiếu đúng 30 phút", { duration_minutes = 60 }, { total = 98, points = { duration = 3 } }, "combined"),
	case("thiếu 31 phút", { duration_minutes = 59 }, { total = 97, points = { duration = 2 } }, "combined"),
	case("đúng một nửa", { duration_minutes = 45 }, { total = 97, points = { duration = 2 } }, "combined"),
	case("dưới một nửa", { duration_minutes = 44 }, { total = 96, points = { duration = 1 } }, "combined"),
	case("30 đảng viên: 119 phút là thiếu 1", { members = 30, present = 28, speakers = 15, duration_minutes = 119 },
		{ points = { duration = 4, attendance = 5, speaking = 5 }, total = 99 }, "combined"),
	case("30 đảng viên, 120 phút", { members = 30, present = 28, speakers = 15, duration_minutes = 120 }, { points = { duration = 5 } }),
	case("29 đảng viên, 90 phút", { members = 29, present = 27, speakers = 14, duration_minutes = 90 }, { points = { duration = 5 } }),
	case("30 đảng viên, đúng 60 phút", { members = 30, present = 28, speakers = 15, duration_minutes = 60 }, { points = { duration = 2 } }),

	-- 2: 22 - 1 - 1 = 20 who should be there
	case("18/20 = 90%", { members = 22, present = 18 }, { points = { attendance = 5 } }),
	case("17/20 = 85%", { members = 22, present = 17 }, { points = { attendance = 4 } }),
	case("15/20 = 75%", { members = 22, present = 15 }, { points = { attendance = 4 } }),
	case("14/20 = 70%", { members = 22, present = 14 }, { points = { attendance = 3 } }),
	case("13/20 = 65%", { members = 22, present = 13 }, { points = { attendance = 3 } }),
	case("12/20 = 60%", { members = 22, present = 12 }, { points = { attendance = 2 } }),
	case("vắng không lý do, còn lại đủ", { members = 22, present = 19, absent_unexcused = 1 }, { points = { attendance = 2 } }),
	case("99/100 dự, một vắng không lý do", hundred { present = 99, absent_unexcused = 1 }, { points = { attendance = 2 } }),
	case("vắng có lý do 4 lần liên tiếp", { longest_excused_run = 4 }, { points = { attendance = 4 } }),
	case("vắng có lý do 3 lần liên tiếp", { longest_excused_run = 3 }, { points = { attendance = 5 } }),

	-- 3
	case("chi ủy họp, không biên bản", { committee_minutes = false }, { points = { preparation = 8 } }),
	case("chi ủy không họp", { committee_met = false }, { points = { preparation = 8 } }),
	case("chỉ có bí thư", { committee_size = 0, committee_met = absent, committee_minutes = absent }, { points = { preparation = 10 } }),
	case("không báo cấp trên", { superior_notified = false }, { points = { preparation = 9 } }),
	case("không thông báo trước", { notice_days = 0 }, { points = { preparation = 9 } }),
	case("thông báo trước 1 ngày", { notice_days = 1 }, { points = { preparation = 10 } }),
	case("tài liệu gửi trong ngày", { documents_days_before = 0 }, { points = { preparation = 8 } }),
	case("tài liệu gửi trước 1 ngày", { documents_days_before = 1 }, { points = { preparation = 10 } }),

	-- 4
	case("thiếu bước", { steps_complete = false }, { total = "9000/95", level = "tot", points = { steps = 0 } }), -- 90 of 95: 94,7
	case("không biểu dương, nhắc nhở", { praise_given = false }, { points = { praise = 0 } }),
	case("chỉ nhắc nhở", { praise_given = false, criticism_given = true }, { points = { praise = 2 } }),
	case("9/18 = đúng 50% phát biểu", { speakers = 9 }, { points = { speaking = 4 } }),
	case("8/20 = 40%", { members = 22, present = 20, speakers = 8 }, { points = { speaking = 4 } }),
	case("7/18 = 38,9%", { speakers = 7 }, { points = { speaking = 3 } }),
	case("6/20 = 30%", { members = 22, present = 20, speakers = 6 }, { points = { speaking = 3 } }),
	case("5/18 = 27,8%", { speakers = 5 }, { points = { speaking = 2 } }),
	case("không ghi sổ", { minutes_recorded = false }, { points = { minutes = 0 } }),
	case("15 phút tư tưởng", { ideology_minutes = 15 }, { points = { ideology = 1 } }),
	case("14 phút tư tưởng", { ideology_minutes = 14 }, { points = { ideology = 0 } }),
	case("không đăng tài liệu", { documents_posted = false }, { points = { posted = 0 } }),

	-- 7
	case("chỉ tiêu 9/10", { targets_met = 9 }, { points = { results = 30 } }),
	case("chỉ tiêu 8/10", { targets_met = 8 }, { points = { results = 27 } }),
	case("chỉ tiêu 7/10", { targets_met = 7 }, { points = { results = 24 } }),
	case("chỉ tiêu 6/10", { targets_met = 6 }, { points = { results = 20 } }),
	case("chỉ tiêu 5/10", { targets_met = 5 }, { points = { results = 15 } }),
	case("chỉ tiêu 4/10", { targets_met = 4 }, { points = { results = 10 } }),

	-- 8
	case("báo cáo sau 2 ngày", { reported_days_after = 2 }, { points = { closing = 5 } }),
	case("báo cáo sau 3 ngày", { reported_days_after = 3 }, { points = { closing = 4 } }),

	-- the lowest total: 1 + 1 + 0 + 2 + 10 = 14
	case("thấp nhất có thể: 14", {
		duration_minutes = 10, absent_unexcused = 1, longest_excused_run = 5, committee_met = false, superior_notified = false,
		documents_days_before = 0, steps_complete = false, praise_given = false, speakers = 1, minutes_recorded = false,
		ideology_minutes = 0, documents_posted = false, targets_met = 0, reported_days_after = 9,
	}, { total = 14, level = "kem" }, "combined", nothing),

	-- levels, combined, 100 less what the comment says
	case("đúng 90 là Tốt", { steps_complete = false, targets_met = 8, praise_given = false }, { total = 90, level = "tot" }, "combined"), -- - 5 - 3 - 2
	case("89 là Khá", { steps_complete = false, targets_met = 8, praise_given = false, minutes_recorded = false },
		{ total = 89, level = "kha" }, "combined"),
	case("đúng 70 là Khá", { steps_complete = false, targets_met = 0, documents_days_before = 0, praise_given = false, minutes_recorded = false },
		{ total = 70, level = "kha" }, "combined"), -- - 5 - 20 - 2 - 2 - 1
	case("69 là Trung bình", {
		steps_complete = false, targets_met = 0, documents_days_before = 0, praise_given = false, minutes_recorded = false, ideology_minutes = 0,
	}, { total = 69, level = "trung_binh" }, "combined"),
	-- nothing judged: 5 + 5 + 5 + 5 + 2 + 5 + 1 + 1 + 1 + 30 + 1 = 61; - 5 (steps) - 2 (praise) - 3 (speaking) - 1 (book) = 50
	case("đúng 50 là Trung bình", { steps_complete = false, praise_given = false, speakers = 5, minutes_recorded = false },
		{ total = 50, level = "trung_binh" }, "combined", nothing),
	case("49 là Kém", { steps_complete = false, praise_given = false, speakers = 5, minutes_recorded = false, ideology_minutes = 0 },
		{ total = 49, level = "kem" }, "combined", nothing),
	-- a cell of a hundred shows the next hundredth beside each threshold; 120 minutes, as it has 30 members and more
	case("89/100 dự", hundred { present = 89 }, { points = { attendance = 4 } }),
	case("74/100 dự", hundred { present = 74 }, { points = { attendance = 3 } }),
	case("64/100 dự", hundred { present = 64 }, { points = { attendance = 2 } }),
	case("51/100 phát biểu", hundred { speakers = 51 }, { points = { speaking = 5 } }),
	case("39/100 phát biểu", hundred { speakers = 39 }, { points = { speaking = 3 } }),
	case("29/100 phát biểu", hundred { speakers = 29 }, { points = { speaking = 2 } }),
	case("chỉ tiêu 89/100", { targets_set = 100, targets_met = 89 }, { points = { results = 27 } }),
	case("chỉ tiêu 79/100", { targets_set = 100, targets_met = 79 }, { points = { results = 24 } }),
	case("chỉ tiêu 69/100", { targets_set = 100, targets_met = 69 }, { points = { results = 20 } }),
	case("chỉ tiêu 59/100", { targets_set = 100, targets_met = 59 }, { points = { results = 15 } }),
	case("chỉ tiêu 49/100", { targets_set = 100, targets_met = 49 }, { points = { results = 10 } }),

	-- one point above the maximum of any line is no valid mark
	over("preparation", "content", 4), over("preparation", "draft", 3), over("chairing", "line1", 3), over("chairing", "line2", 5),
	over("chairing", "line3", 4), over("chairing", "line4", 2), over("principles", "line1", 2), over("principles", "line2", 3),
	over("principles", "line3", 2), over("principles", "line4", 2), over("closing", "line1", 3), over("closing", "line2", 3),

	case("không báo số phát biểu", { speakers = absent }, { status = "missing", level = false, missing = { "speakers" } }),
	case("chưa đề ra chỉ tiêu: không có tỷ lệ", { targets_set = 0, targets_met = 0 }, { status = "missing", points = { results = "missing" } }),
}
