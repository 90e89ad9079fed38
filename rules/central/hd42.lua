-- Hướng dẫn 42-HD/BTCTW, 28/10/2025, of the Ban Tổ chức Trung ương, under Chỉ thị 50-CT/TW.
--
-- TRANSCRIBED second-hand, at the level of its groups: the maxima (5, 5, 10, 40, 5, 30, 5), the levels, and what is asked of
-- time and attendance were to hand; how each group is earned in detail, and the numbering, were not. So each
-- group is judged from 0 to its maximum by people, but for the two whose condition for full marks is known.
-- Provinces, communes and wards re-split this frame (an_phu/hd42.lua, tan_tien/hd42.lua).
local f = fact

local unnumbered = "chưa có chi tiết cách chấm và số điều khoản"
local share = f.present / (f.members - f.exempt)
local required = either(f.kind:eq("combined"), 120, 90) -- minutes; 120 when regular and thematic share one session

return ruleset {
	id = "central.hd42",
	title = "Hướng dẫn 42-HD/BTCTW ngày 28/10/2025",
	issuer = "trung_uong",
	status = "transcribed",
	source = "khung điểm theo nhóm của Hướng dẫn 42-HD/BTCTW, chép lại từ tài liệu công khai",
	effective = { from = "2025-10-28" },
	for_kinds = { "regular", "thematic", "combined" },

	criteria = {
		criterion {
			id = "duration", max = 5, label = "Thời gian, thời lượng",
			note = "đủ 90 phút (120 phút nếu kết hợp chuyên đề) được điểm tối đa; thấp hơn tính thế nào chưa có văn bản, nên do người chấm",
			score = either(f.duration_minutes:ge(required), 5, judged { max = 5, label = "thời lượng chưa đủ" }),
		},
		criterion {
			id = "attendance", max = 5, label = "Tỷ lệ đảng viên dự",
			note = "đạt 90% và không ai vắng không lý do được điểm tối đa; thấp hơn tính thế nào chưa có văn bản, nên do người chấm",
			score = either(all { share:ge(0.9), f.absent_unexcused:eq(0) }, 5,
				judged { max = 5, label = "chưa đủ 90% hoặc có vắng không lý do" }),
		},
		criterion { id = "preparation", max = 10, label = "Chuẩn bị sinh hoạt", note = unnumbered, score = judged() },
		criterion { id = "organisation", max = 40, label = "Tổ chức sinh hoạt", note = unnumbered, score = judged() },
		criterion { id = "principles", max = 5, label = "Nguyên tắc sinh hoạt", note = unnumbered, score = judged() },
		criterion { id = "results", max = 30, label = "Kết quả thực hiện nghị quyết", note = unnumbered, score = judged() },
		criterion { id = "closing", max = 5, label = "Kết thúc sinh hoạt", note = unnumbered, score = judged() },
	},

	assessors = { order = { "superior", "observer", "self" } },
	missing = "refuse",
	levels = {
		{ "tot", 90, "Tốt" },
		{ "kha", 70, "Khá" },
		{ "trung_binh", 50, "Trung bình" },
		{ "kem", 0, "Kém" },
	},
}
