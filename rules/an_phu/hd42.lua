-- The scoring form of An Phú ward under Hướng dẫn 42-HD/BTCTW.
--
-- TRANSCRIBED second-hand, complete: every line's points were to hand; the wording of the lines of articles 5, 6 and 8
-- was not, so they are numbered. Where the source leaves a hole or overlaps, the line has a note with the choice made.
-- `article` is the number of the line on the form.
local f = fact

local counted = f.members - f.exempt - f.special_duty -- exempt and special-duty members are out
local share = f.present / counted
local spoke = f.speakers / f.present
local required = either(f.members:ge(30), 120, 90) -- minutes
local short = required - f.duration_minutes

return ruleset {
	id = "an_phu.hd42",
	title = "Bảng chấm điểm chất lượng sinh hoạt chi bộ của phường An Phú, theo Hướng dẫn 42-HD/BTCTW",
	issuer = "phuong_an_phu",
	base = "central.hd42",
	frame = "central.hd42", -- the groups of the guidance, re-split: 5 | 5 | 10 | 30 + 10 | 5 | 30 | 5
	status = "transcribed",
	source = "bảng điểm của phường An Phú, chép lại từ tài liệu công khai",
	effective = { from = "2025-10-28" },
	for_kinds = { "regular", "combined" },

	facts = {
		{ id = "documents_posted", type = "flag", label = "tài liệu được đăng tải" },
	},

	criteria = {
		criterion {
			id = "duration", part_of = "duration", max = 5, article = "1", label = "Thời gian, thời lượng",
			score = first {
				{ short:le(0), 5 },
				{ short:le(15), 4, note = "thiếu đúng 15 phút: lấy bậc có lợi trong hai bậc cùng nêu" },
				{ short:le(30), 3, note = "thiếu đúng 30 phút: lấy bậc có lợi trong hai bậc" },
				{ f.duration_minutes:ge(required / 2), 2,
					note = "văn bản ghi «một nửa»; khoảng giữa một nửa và thiếu 30 phút hiểu là từ một nửa trở lên" },
				otherwise(1),
			},
		},
		criterion {
			id = "attendance", part_of = "attendance", max = 5, article = "2", label = "Tỷ lệ đảng viên dự",
			score = sum {
				first {
					{ any { f.absent_unexcused:gt(0), share:lt(0.65) }, 1 },
					{ share:ge(0.90), 4 },
					{ share:ge(0.75), 3 },
					otherwise(2),
				},
				flag(f.longest_excused_run:le(3), 1, "không đảng viên nào vắng có lý do quá 3 lần liên tiếp"),
			},
		},
		criterion {
			id = "preparation", part_of = "preparation", max = 10, article = "3", label = "Chuẩn bị sinh hoạt",
			score = sum {
				judged { id = "content", max = 3, label = "nội dung" },
				judged { id = "draft", max = 2, label = "định hướng, dự thảo" },
				flag(any { all { f.committee_met, f.committee_minutes }, f.committee_size:eq(0) }, 2,
					"chi ủy họp trước, có biên bản (nơi chỉ có bí thư: điểm tối đa)"),
				flag(all { f.notice_days:ge(1), f.superior_notified }, 1, "thông báo đảng viên và cấp trên"),
				flag(f.documents_days_before:ge(1), 2, "gửi tài liệu trước ít nhất 1 ngày"),
			},
		},
		criterion {
			id = "steps", part_of = "organisation", group = "organisation", max = 5, article = "4", label = "Đủ các bước",
			score = flag(f.steps_complete, 5, "đủ các bước theo quy trình"),
		},
		criterion {
			id = "regular", part_of = "organisation", group = "organisation", max = 10, article = "4",
			label = "Nội dung sinh hoạt thường kỳ", score = judged(),
		},
		criterion {
			id = "thematic", part_of = "organisation", group = "organisation", max = 5, article = "4",
			label = "Nội dung chuyên đề", note = "chỉ tính tháng có sinh hoạt chuyên đề; văn bản không nói tháng không có thì điểm tối đa ra sao",
			applies = f.kind:eq("combined"), otherwise = "rescale",
			score = judged(),
		},
		criterion {
			id = "praise", part_of = "organisation", group = "organisation", max = 2, article = "4", label = "Biểu dương, nhắc nhở",
			score = flag(any { f.praise_given, f.criticism_given }, 2, "có biểu dương hoặc nhắc nhở"),
		},
		criterion {
			id = "speaking", part_of = "organisation", group = "organisation", max = 5, article = "4",
			label = "Tỷ lệ phát biểu trên số có mặt",
			score = first {
				{ spoke:gt(0.5), 5 },
				{ spoke:ge(0.4), 4, note = "đúng 50% không nằm trong bậc nào của văn bản: không trên 50% nên 4 điểm" },
				{ spoke:ge(0.3), 3 },
				otherwise(2),
			},
		},
		criterion {
			id = "minutes", part_of = "organisation", group = "organisation", max = 1, article = "4", label = "Sổ biên bản",
			score = flag(f.minutes_recorded, 1, "ghi sổ biên bản"),
		},
		criterion {
			id = "ideology", part_of = "organisation", group = "organisation", max = 1, article = "4",
			label = "15–30 phút đánh giá tư tưởng, tự phê bình và phê bình",
			score = flag(f.ideology_minutes:ge(15), 1, "ít nhất 15 phút",
				{ note = "văn bản ghi 15 đến 30 phút; dài hơn hiểu là vẫn đạt" }),
		},
		criterion {
			id = "posted", part_of = "organisation", group = "organisation", max = 1, article = "4", label = "Đăng tải tài liệu",
			score = flag(f.documents_posted, 1, "tài liệu được đăng tải"),
		},
		criterion {
			id = "chairing", part_of = "organisation", max = 10, article = "5", label = "Điều hành",
			note = "chưa có lời văn của bốn dòng",
			score = sum {
				judged { id = "line1", max = 2, label = "mục 5.1" }, judged { id = "line2", max = 4, label = "mục 5.2" },
				judged { id = "line3", max = 3, label = "mục 5.3" }, judged { id = "line4", max = 1, label = "mục 5.4" },
			},
		},
		criterion {
			id = "principles", part_of = "principles", max = 5, article = "6", label = "Nguyên tắc sinh hoạt",
			note = "chưa có lời văn của bốn dòng",
			score = sum {
				judged { id = "line1", max = 1, label = "mục 6.1" }, judged { id = "line2", max = 2, label = "mục 6.2" },
				judged { id = "line3", max = 1, label = "mục 6.3" }, judged { id = "line4", max = 1, label = "mục 6.4" },
			},
		},
		criterion {
			id = "results", part_of = "results", max = 30, article = "7", label = "Kết quả thực hiện nghị quyết",
			score = bands(f.targets_met / f.targets_set, { { 0.9, 30 }, { 0.8, 27 }, { 0.7, 24 }, { 0.6, 20 }, { 0.5, 15 } }, 10),
		},
		criterion {
			id = "closing", part_of = "closing", max = 5, article = "8", label = "Kết thúc sinh hoạt",
			note = "chưa có lời văn của hai dòng đầu",
			score = sum {
				judged { id = "line1", max = 2, label = "mục 8.1" }, judged { id = "line2", max = 2, label = "mục 8.2" },
				flag(f.reported_days_after:le(2), 1, "gửi, đăng trong 2 ngày"),
			},
		},
	},
}
