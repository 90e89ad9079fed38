-- Guidance of the Ban Tổ chức of the Tỉnh ủy Lâm Đồng on the quality of party cells' meetings.
--
-- RECONSTRUCTED: the text was not to hand, nor its number, its date, or its points. What this pack rests on:
--   * the ten criteria of Hướng dẫn 12-HD/BTCTW, 06/7/2018 (central/hd12.lua), as the province's guidance carries it out;
--   * ten points for each, because nothing says that one weighs more than another: OUR choice;
--   * the four levels with the thresholds that Hướng dẫn 42-HD/BTCTW later has.
-- Enterprise cells work in shifts and meet out of hours, some online: nothing to hand makes that cost points, so it does not.
local f = fact

local share = f.present / (f.members - f.exempt)
local spoke = f.speakers / f.present
local short = 90 - f.duration_minutes

return ruleset {
	id = "lam_dong.hd_btc",
	title = "Hướng dẫn của Ban Tổ chức Tỉnh ủy Lâm Đồng",
	issuer = "lam_dong",
	status = "reconstructed",
	source = "dựng lại từ tiêu chí của Hướng dẫn 12-HD/BTCTW; chưa có toàn văn, số và ngày ban hành",
	effective = { from = "2018-07-06", to = "2025-10-27" },
	for_kinds = { "regular", "thematic", "combined" },

	criteria = {
		criterion {
			id = "attendance", max = 10, label = "Tỷ lệ đảng viên dự", note = "HD 12: trên 85%, không ai vắng không lý do; các bậc là dựng lại",
			score = first {
				{ f.absent_unexcused:gt(0), 3 },
				{ share:gt(0.85), 10 },
				{ share:ge(0.75), 7 },
				{ share:ge(0.65), 5 },
				otherwise(3),
			},
		},
		criterion {
			id = "excused_run", max = 10, label = "Không vắng có lý do quá 3 lần liên tiếp",
			score = flag(f.longest_excused_run:le(3), 10),
		},
		criterion {
			id = "committee", max = 10, label = "Chi ủy họp trước", note = "chi bộ chỉ có bí thư được đủ điểm",
			score = flag(any { f.committee_met, f.committee_size:eq(0) }, 10),
		},
		criterion {
			id = "planned_day", max = 10, label = "Đúng ngày đã đăng ký",
			score = flag(f.held_on:eq(f.planned_on), 10),
		},
		criterion {
			id = "content", max = 10, label = "Đúng trình tự, đủ nội dung", note = "chia đôi điểm: lựa chọn khi dựng lại",
			score = sum {
				flag(f.steps_complete, 5, "đúng trình tự"),
				flag(all { any { f.kind:eq("thematic"), f.regular_content }, any { f.kind:eq("regular"), f.thematic_content } }, 5,
					"đủ nội dung của loại sinh hoạt"),
			},
		},
		criterion {
			id = "speaking", max = 10, label = "Nhiều đảng viên phát biểu", note = "HD 12 không nêu con số; các tỷ lệ là dựng lại",
			score = bands(spoke, { { 0.5, 10 }, { 0.4, 8 }, { 0.3, 6 } }, 4),
		},
		criterion {
			id = "duration", max = 10, label = "Thời lượng ít nhất 90 phút", note = "các bậc dưới 90 phút là dựng lại",
			score = bands_below(short, { { 0, 10 }, { 15, 8 }, { 30, 6 } }, 3),
		},
		criterion { id = "minutes", max = 10, label = "Biên bản đầy đủ", score = flag(f.minutes_recorded, 10) },
		criterion {
			id = "principles", max = 10, label = "Giữ nguyên tắc, ra nghị quyết hoặc kết luận", note = "hiểu là: buổi sinh hoạt ra nghị quyết hoặc kết luận",
			score = flag(f.resolution_passed, 10),
		},
		criterion {
			id = "results", max = 10, label = "Thực hiện nghị quyết", note = "các bậc là dựng lại; không có nhiệm vụ phải báo cáo thì đủ điểm",
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
		gate { at_most = "trung_binh", when = no(f.minutes_recorded), label = "Không có biên bản" }, -- reconstructed
	},
	periods = {
		-- Reconstructed: a period is as good as the level that at least three quarters of its months reach.
		nine_months = first {
			{ months:share(level:ge "tot"):ge(0.75), "tot" },
			{ months:share(level:ge "kha"):ge(0.75), "kha" },
			{ months:share(level:ge "trung_binh"):ge(0.75), "trung_binh" },
			otherwise "kem",
		},
		year = first {
			{ months:share(level:ge "tot"):ge(0.75), "tot" },
			{ months:share(level:ge "kha"):ge(0.75), "kha" },
			{ months:share(level:ge "trung_binh"):ge(0.75), "trung_binh" },
			otherwise "kem",
		},
		missed_month = "counts_as_worst",
	},
	ranking = {
		within = "block",
		by = { mean "score":down(), months:missed():up(), mean(share):down() },
		ties = "shared",
	},
}
