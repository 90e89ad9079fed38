-- Quy định 19 của Ban Thường vụ Tỉnh ủy Tuyên Quang về chất lượng sinh hoạt chi bộ.
--
-- RECONSTRUCTED: the text of Quy định 19 was not to hand. What this pack rests on:
--   * the criteria of Hướng dẫn 12-HD/BTCTW, 06/7/2018 (central/hd12.lua), which every criterion below names;
--   * the four levels Tốt, Khá, Trung bình, Kém and their thresholds as the later Hướng dẫn 42-HD/BTCTW has them, because
--     the province's printed summary counts meetings "Tốt" and "Trung bình";
--   * the weights are OUR choice (they add up to 100) and stand here to be corrected when the text is found.
-- Not to hand: the day it was issued. It is taken to hold from the day of HD 12 until the day before HD 42 (28/10/2025).
local f = fact

local counted = f.members - f.exempt -- HD 12: "không tính đảng viên được miễn sinh hoạt"
local share = f.present / counted
local spoke = f.speakers / f.present
local required = either(f.kind:eq("combined"), 120, 90) -- minutes; 120 as in HD 42 where regular and thematic share one session
local short = required - f.duration_minutes

return ruleset {
	id = "tuyen_quang.qd19",
	title = "Quy định 19 của Ban Thường vụ Tỉnh ủy Tuyên Quang",
	issuer = "tuyen_quang",
	status = "reconstructed",
	source = "dựng lại từ tiêu chí của Hướng dẫn 12-HD/BTCTW; chưa có toàn văn Quy định 19",
	effective = { from = "2018-07-06", to = "2025-10-27" },
	for_kinds = { "regular", "thematic", "combined" },

	criteria = {
		criterion {
			id = "duration", max = 10, label = "Thời lượng sinh hoạt",
			note = "HD 12: ít nhất 90 phút; các bậc thấp hơn là dựng lại",
			score = first {
				{ short:le(0), 10 },
				{ short:le(15), 8 },
				{ short:le(30), 6 },
				otherwise(3),
			},
		},
		criterion {
			id = "planned_day", max = 5, label = "Sinh hoạt đúng ngày quy định",
			note = "HD 12: đúng ngày quy định",
			score = flag(f.held_on:eq(f.planned_on), 5, "họp đúng ngày đã đăng ký"),
		},
		criterion {
			id = "attendance", max = 20, label = "Tỷ lệ đảng viên dự sinh hoạt",
			note = "HD 12: trên 85% không tính đảng viên được miễn, không ai vắng không lý do; các bậc thấp hơn là dựng lại",
			score = first {
				{ f.absent_unexcused:gt(0), 5, note = "có đảng viên vắng không lý do" },
				{ share:gt(0.85), 20 },
				{ share:ge(0.75), 15 },
				{ share:ge(0.65), 10 },
				otherwise(5),
			},
		},
		criterion {
			id = "excused_run", max = 5, label = "Không đảng viên nào vắng có lý do quá 3 lần liên tiếp",
			note = "HD 12: không ai vắng có lý do quá 3 lần liên tiếp trong năm",
			score = flag(f.longest_excused_run:le(3), 5, "không vắng có lý do quá 3 lần liên tiếp"),
		},
		criterion {
			id = "preparation", max = 10, label = "Chuẩn bị sinh hoạt",
			note = "HD 12: chi ủy họp trước; chi bộ chỉ có bí thư được đủ điểm",
			score = sum {
				flag(any { f.committee_met, f.committee_size:eq(0) }, 5, "chi ủy họp trước"),
				flag(f.documents_days_before:ge(1), 5, "gửi tài liệu trước ít nhất 1 ngày"),
			},
		},
		criterion {
			id = "content", max = 20, label = "Trình tự và nội dung sinh hoạt",
			note = "HD 12: đúng trình tự, đủ nội dung",
			score = sum {
				flag(f.steps_complete, 10, "đủ trình tự các bước"),
				either(f.kind:eq("thematic"),
					flag(f.thematic_content, 10, "đủ nội dung chuyên đề"),
					flag(f.regular_content, 10, "đủ nội dung thường kỳ")),
			},
		},
		criterion {
			id = "speaking", max = 10, label = "Đảng viên phát biểu",
			note = "HD 12: nhiều đảng viên phát biểu; các tỷ lệ lấy theo bảng của An Phú năm 2025",
			score = first {
				{ spoke:gt(0.5), 10 },
				{ spoke:ge(0.4), 8 },
				{ spoke:ge(0.3), 6 },
				otherwise(4),
			},
		},
		criterion {
			id = "minutes", max = 5, label = "Biên bản sinh hoạt",
			note = "HD 12: biên bản đầy đủ",
			score = flag(f.minutes_recorded, 5, "ghi biên bản đầy đủ"),
		},
		criterion {
			id = "principles", max = 5, label = "Nguyên tắc sinh hoạt, ra nghị quyết",
			note = "HD 12: giữ nguyên tắc; hiểu là: buổi sinh hoạt ra nghị quyết hoặc kết luận",
			score = flag(f.resolution_passed, 5, "ra nghị quyết hoặc kết luận"),
		},
		criterion {
			id = "results", max = 10, label = "Thực hiện nghị quyết, nhiệm vụ đã giao",
			note = "HD 12: thực hiện nghị quyết; không có nhiệm vụ phải báo cáo thì đủ điểm",
			applies = f.tasks_assigned:gt(0), otherwise = "full",
			score = bands(f.tasks_done / f.tasks_assigned, { { 0.9, 10 }, { 0.8, 8 }, { 0.7, 6 }, { 0.5, 4 } }, 2),
		},
	},

	missing = "refuse",
	levels = {
		{ "tot", 90, "Tốt" },
		{ "kha", 70, "Khá" },
		{ "trung_binh", 50, "Trung bình" },
		{ "kem", 0, "Kém" },
	},
	gates = {
		gate {
			level = "tot", needs = { full "attendance" },
			label = "Tốt chỉ khi đạt tối đa tiêu chí tỷ lệ dự", -- HD 12 asks it of every meeting that is "đạt"; reconstructed
		},
	},
	periods = {
		-- No rule for a quarter or a year was to hand; these read the months as HD 12 reads criteria: all must hold.
		quarter = first {
			{ months:every(level:ge "tot"), "tot" },
			{ months:every(level:ge "kha"), "kha" },
			{ months:every(level:ge "trung_binh"), "trung_binh" },
			otherwise "kem",
		},
		year = first {
			{ all { months:every(level:ge "kha"), months:count(level:eq "tot"):ge(7) }, "tot" },
			{ months:every(level:ge "trung_binh"), "kha" },
			otherwise "trung_binh",
		},
		missed_month = "counts_as_worst",
	},
	ranking = {
		within = "cluster",
		by = { mean "score":down(), months:share(level:eq "tot"):down(), mean(share):down() },
		ties = "shared",
	},
}
