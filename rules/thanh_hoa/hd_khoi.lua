-- Guidance of the Đảng ủy Khối (block of offices and enterprises) of Thanh Hóa on the quality of party cells' meetings.
--
-- RECONSTRUCTED: the text was not to hand, nor its number, its date, or its points. What this pack rests on:
--   * the criteria of Hướng dẫn 12-HD/BTCTW, 06/7/2018 (central/hd12.lua);
--   * the block's printed figures: attendance always above 95%, monthly meetings and the quarter's thematic one watched, observers
--     sent to attend, ranking in clusters;
--   * weights (they add up to 100), steps and the gate are OUR choice.
-- Issued by the block, not by the province: the issuer is thanh_hoa_khoi.
local f = fact

local share = f.present / (f.members - f.exempt)
local spoke = f.speakers / f.present
local short = either(f.kind:eq("combined"), 120, 90) - f.duration_minutes

return ruleset {
	id = "thanh_hoa.hd_khoi",
	title = "Hướng dẫn của Đảng ủy Khối cơ quan và doanh nghiệp tỉnh Thanh Hóa",
	issuer = "thanh_hoa_khoi",
	status = "reconstructed",
	source = "dựng lại từ tiêu chí của Hướng dẫn 12-HD/BTCTW và số liệu tổng kết của Khối; chưa có toàn văn",
	effective = { from = "2018-07-06", to = "2025-10-27" },
	for_kinds = { "regular", "thematic", "combined" },

	criteria = {
		criterion {
			id = "duration", max = 10, label = "Thời lượng sinh hoạt",
			score = first { { short:le(0), 10 }, { short:le(15), 8 }, { short:le(30), 5 }, otherwise(2) },
		},
		criterion {
			id = "attendance", max = 20, label = "Tỷ lệ đảng viên dự",
			score = sum {
				first {
					{ f.absent_unexcused:gt(0), 4 },
					{ share:ge(0.95), 15 },
					{ share:gt(0.85), 12 },
					{ share:ge(0.75), 8 },
					otherwise(4),
				},
				flag(f.longest_excused_run:le(3), 5, "không vắng có lý do quá 3 lần liên tiếp"),
			},
		},
		criterion {
			id = "preparation", max = 15, label = "Chuẩn bị sinh hoạt",
			score = sum {
				flag(any { f.committee_met, f.committee_size:eq(0) }, 8, "chi ủy họp trước"),
				flag(f.documents_days_before:ge(1), 7, "gửi tài liệu trước ít nhất 1 ngày"),
			},
		},
		criterion {
			id = "content", max = 20, label = "Trình tự, nội dung",
			score = sum {
				flag(f.steps_complete, 10, "đúng trình tự"),
				either(f.kind:eq("thematic"),
					flag(f.thematic_content, 10, "đủ nội dung chuyên đề"),
					flag(f.regular_content, 10, "đủ nội dung thường kỳ")),
			},
		},
		criterion {
			id = "speaking", max = 10, label = "Đảng viên phát biểu",
			score = bands(spoke, { { 0.5, 10 }, { 0.4, 8 }, { 0.3, 6 } }, 4),
		},
		criterion {
			id = "minutes", max = 10, label = "Biên bản, nghị quyết",
			score = sum { flag(f.minutes_recorded, 5, "biên bản đầy đủ"), flag(f.resolution_passed, 5, "ra nghị quyết, kết luận") },
		},
		criterion {
			id = "results", max = 15, label = "Thực hiện nghị quyết",
			applies = f.tasks_assigned:gt(0), otherwise = "full",
			score = bands(f.tasks_done / f.tasks_assigned, { { 0.9, 15 }, { 0.8, 12 }, { 0.7, 9 }, { 0.5, 6 } }, 3),
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
		gate { level = "tot", needs = { full "attendance" }, label = "Tốt chỉ khi đạt tối đa tiêu chí tỷ lệ dự" },
		gate { at_most = "trung_binh", when = no(f.minutes_recorded), label = "Không có biên bản" },
	},
	periods = {
		-- Reconstructed, as the year of other schemes: every month at least Khá, and Tốt in more than half.
		quarter = first {
			{ all { months:every(level:ge "kha"), months:count(level:eq "tot"):ge(2) }, "tot" },
			{ months:every(level:ge "trung_binh"), "kha" },
			otherwise "trung_binh",
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
