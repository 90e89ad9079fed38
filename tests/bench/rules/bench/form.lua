-- An invented form for the benchmark: twelve criteria that need nothing but facts. form.sql says the same by hand.
local f = fact

local share = f.present / (f.members - f.exempt)
local spoke = f.speakers / f.present
local required = either(f.members:ge(30), 120, 90)
local short = required - f.duration_minutes

return ruleset {
	id = "bench.form",
	title = "Bảng điểm bịa ra để đo tốc độ",
	issuer = "trung_uong",
	status = "reconstructed",
	source = "không có: bịa ra để đo tốc độ",
	effective = { from = "2000-01-01" },

	criteria = {
		criterion { id = "duration", max = 5, article = "1", label = "Thời lượng",
			score = first { { short:le(0), 5 }, { short:le(15), 4 }, { short:le(30), 3 }, { f.duration_minutes:ge(required / 2), 2 }, otherwise(1) } },
		criterion { id = "attendance", max = 5, article = "2", label = "Tỷ lệ dự",
			score = sum {
				first { { any { f.absent_unexcused:gt(0), share:lt(0.65) }, 1 }, { share:ge(0.9), 4 }, { share:ge(0.75), 3 }, otherwise(2) },
				flag(f.longest_excused_run:le(3), 1, "không ai vắng quá 3 lần liên tiếp") } },
		criterion { id = "committee", max = 5, article = "3", label = "Chi ủy họp trước",
			score = flag(any { all { f.committee_met, f.committee_minutes }, f.committee_size:eq(0) }, 5, "chi ủy họp trước") },
		criterion { id = "documents", max = 5, article = "4", label = "Tài liệu",
			score = sum { flag(f.documents_days_before:ge(1), 3, "gửi trước"), flag(f.superior_notified, 2, "báo cáo cấp trên") } },
		criterion { id = "steps", max = 10, article = "5", label = "Các bước", score = flag(f.steps_complete, 10, "đủ các bước") },
		criterion { id = "speaking", max = 10, article = "6", label = "Phát biểu",
			score = first { { spoke:gt(0.5), 10 }, { spoke:ge(0.4), 8 }, { spoke:ge(0.3), 6 }, otherwise(4) } },
		criterion { id = "ideology", max = 5, article = "7", label = "Tư tưởng", score = flag(f.ideology_minutes:ge(15), 5, "ít nhất 15 phút") },
		criterion { id = "opinions", max = 5, article = "8", label = "Ý kiến", score = per(f.opinions, 0.5) },
		criterion { id = "minutes", max = 5, article = "9", label = "Biên bản", score = flag(f.minutes_recorded, 5, "ghi biên bản") },
		criterion { id = "punctual", max = 5, article = "10", label = "Đúng giờ", score = deduct(f.started_late_minutes, 0.1, 2) },
		criterion { id = "results", max = 30, article = "11", label = "Kết quả",
			score = bands(f.targets_met / f.targets_set, { { 0.9, 30 }, { 0.8, 27 }, { 0.7, 24 }, { 0.6, 20 }, { 0.5, 15 } }, 10) },
		criterion { id = "reported", max = 10, article = "12", label = "Báo cáo", score = flag(f.reported_days_after:le(2), 10, "trong 2 ngày") },
	},
	levels = { { "tot", 90, "Tốt" }, { "kha", 70, "Khá" }, { "trung_binh", 50, "Trung bình" }, { "kem", 0, "Kém" } },
}
