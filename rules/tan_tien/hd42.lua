-- The scoring form of Tân Tiến ward, Bắc Ninh, under Hướng dẫn 42-HD/BTCTW.
--
-- TRANSCRIBED second-hand: the maxima (5 | 5 | 5+5 | 5+25+10 | 5 | 30 | 5) and that every line is judged freely from 0
-- to its maximum were to hand; the wording of the lines was not, so those of a split group are numbered.
return ruleset {
	id = "tan_tien.hd42",
	title = "Bảng chấm điểm chất lượng sinh hoạt chi bộ của phường Tân Tiến, Bắc Ninh, theo Hướng dẫn 42-HD/BTCTW",
	issuer = "phuong_tan_tien",
	base = "central.hd42",
	frame = "central.hd42",
	status = "transcribed",
	source = "bảng điểm của phường Tân Tiến, chép lại từ tài liệu công khai; không có lời văn từng mục",
	effective = { from = "2025-10-28" },

	criteria = {
		criterion { id = "duration", part_of = "duration", max = 5, article = "1", label = "Thời gian, thời lượng", score = judged() },
		criterion { id = "attendance", part_of = "attendance", max = 5, article = "2", label = "Tỷ lệ đảng viên dự", score = judged() },
		criterion { id = "preparation1", part_of = "preparation", max = 5, article = "3", label = "Chuẩn bị, mục 1", score = judged() },
		criterion { id = "preparation2", part_of = "preparation", max = 5, article = "3", label = "Chuẩn bị, mục 2", score = judged() },
		criterion { id = "organisation1", part_of = "organisation", max = 5, article = "4", label = "Tổ chức, mục 1", score = judged() },
		criterion { id = "organisation2", part_of = "organisation", max = 25, article = "4", label = "Tổ chức, mục 2", score = judged() },
		criterion { id = "organisation3", part_of = "organisation", max = 10, article = "4", label = "Tổ chức, mục 3", score = judged() },
		criterion { id = "principles", part_of = "principles", max = 5, article = "5", label = "Nguyên tắc sinh hoạt", score = judged() },
		criterion { id = "results", part_of = "results", max = 30, article = "6", label = "Kết quả thực hiện nghị quyết", score = judged() },
		criterion { id = "closing", part_of = "closing", max = 5, article = "7", label = "Kết thúc sinh hoạt", score = judged() },
	},
}
