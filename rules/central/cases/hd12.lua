-- Worked out by hand from central/hd12.lua; the numbers are invented. Every requirement must hold, so one that fails is enough.
local full = {
	members = 22, exempt = 2, present = 18, absent_unexcused = 0, longest_excused_run = 3, committee_size = 3, committee_met = true,
	planned_on = "2020-03-05", steps_complete = true, regular_content = true, many_spoke = true, duration_minutes = 90,
	minutes_recorded = true, principles_kept = true, resolution_carried_out = true,
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
local function fails(criterion)
	return { level = "khong_dat", points = { [criterion] = false } }
end

return {
	case("đủ mọi tiêu chí: 18/20 = 90%", {}, {
		level = "dat", status = "rated",
		points = {
			attendance = true, excused_run = true, committee = true, planned_day = true, content = true, speaking = true, duration = true,
			minutes = true, principles = true, results = true,
		},
	}),
	case("17/20 = 85% không phải trên 85%", { present = 17 }, fails "attendance"),
	case("vắng không lý do, 19/20 có mặt", { present = 19, absent_unexcused = 1 }, fails "attendance"),
	case("vắng có lý do 4 lần liên tiếp", { longest_excused_run = 4 }, fails "excused_run"),
	case("chi ủy không họp trước", { committee_met = false }, fails "committee"),
	case("chỉ có bí thư", { committee_size = 0, committee_met = absent }, { level = "dat", points = { committee = true } }),
	case("không đúng ngày", { planned_on = "2020-03-06" }, fails "planned_day"),
	case("thiếu bước", { steps_complete = false }, fails "content"),
	case("thiếu nội dung thường kỳ", { regular_content = false }, fails "content"),
	case("chuyên đề", { regular_content = absent, thematic_content = true }, { level = "dat" }, "thematic"),
	case("chuyên đề, thiếu nội dung", { regular_content = absent, thematic_content = false }, fails "content", "thematic"),
	case("kết hợp: cần cả hai nội dung", { thematic_content = true }, { level = "dat" }, "combined"),
	case("kết hợp, thiếu chuyên đề", { thematic_content = false }, fails "content", "combined"),
	case("ít người phát biểu", { many_spoke = false }, fails "speaking"),
	case("89 phút", { duration_minutes = 89 }, fails "duration"),
	case("biên bản không đầy đủ", { minutes_recorded = false }, fails "minutes"),
	case("không giữ nguyên tắc", { principles_kept = false }, fails "principles"),
	case("nghị quyết không được thực hiện", { resolution_carried_out = false }, fails "results"),
	case("86/100 là trên 85%", { members = 100, exempt = 0, present = 86 }, { level = "dat", points = { attendance = true } }),
	case("không báo số có mặt", { present = absent }, { status = "missing", level = false, missing = { "present" } }),
	case("không báo số có mặt, nhưng có người vắng không lý do", { present = absent, absent_unexcused = 1 }, fails "attendance"),
}
