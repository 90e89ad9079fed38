-- Hướng dẫn 12-HD/BTCTW, 06/7/2018, of the Ban Tổ chức Trung ương: some matters of improving the meetings of party cells.
--
-- TRANSCRIBED second-hand: the list of criteria (without points) was to hand, the numbering of its articles was not.
-- The result is đạt or không đạt: every requirement must hold. Where the text has a word and no number ("many speak",
-- "principles kept"), a person says yes or no: those are facts of this pack's own.
-- It is read to end the day before Hướng dẫn 42-HD/BTCTW (28/10/2025).
local f = fact

local unnumbered = "chưa có số điều khoản"
local share = f.present / (f.members - f.exempt) -- "không tính đảng viên được miễn sinh hoạt"

return ruleset {
	id = "central.hd12",
	title = "Hướng dẫn 12-HD/BTCTW ngày 06/7/2018",
	issuer = "trung_uong",
	status = "transcribed",
	source = "danh mục tiêu chí của Hướng dẫn 12-HD/BTCTW, chép lại từ tài liệu công khai; không có số mục",
	effective = { from = "2018-07-06", to = "2025-10-27" },
	for_kinds = { "regular", "thematic", "combined" },

	facts = {
		{ id = "many_spoke", type = "flag", label = "nhiều đảng viên tham gia phát biểu" },
		{ id = "principles_kept", type = "flag", label = "giữ đúng nguyên tắc sinh hoạt" },
		{ id = "resolution_carried_out", type = "flag", label = "nghị quyết được thực hiện" },
	},

	criteria = {
		criterion {
			id = "attendance", label = "Tỷ lệ đảng viên dự trên 85%, không có đảng viên vắng không lý do", note = unnumbered,
			check = all { share:gt(0.85), f.absent_unexcused:eq(0) },
		},
		criterion {
			id = "excused_run", label = "Không đảng viên nào vắng có lý do quá 3 lần liên tiếp trong năm", note = unnumbered,
			check = f.longest_excused_run:le(3),
		},
		criterion {
			id = "committee", label = "Chi ủy họp trước khi sinh hoạt chi bộ",
			note = "chi bộ chỉ có bí thư thì không có chi ủy để họp trước",
			check = any { f.committee_met, f.committee_size:eq(0) },
		},
		criterion {
			id = "planned_day", label = "Sinh hoạt đúng ngày quy định", note = unnumbered,
			check = f.held_on:eq(f.planned_on),
		},
		criterion {
			id = "content", label = "Đúng trình tự, đủ nội dung", note = unnumbered,
			check = all {
				f.steps_complete,
				any { f.kind:eq("thematic"), f.regular_content },
				any { f.kind:eq("regular"), f.thematic_content },
			},
		},
		criterion { id = "speaking", label = "Nhiều đảng viên phát biểu", note = unnumbered, check = f.many_spoke },
		criterion {
			id = "duration", label = "Thời lượng ít nhất 90 phút", note = unnumbered,
			check = f.duration_minutes:ge(90),
		},
		criterion { id = "minutes", label = "Ghi biên bản đầy đủ", note = unnumbered, check = f.minutes_recorded },
		criterion { id = "principles", label = "Giữ nguyên tắc sinh hoạt", note = unnumbered, check = f.principles_kept },
		criterion { id = "results", label = "Nghị quyết được thực hiện", note = unnumbered, check = f.resolution_carried_out },
	},

	missing = "refuse",
	levels = { { "dat", label = "Đạt" }, { "khong_dat", label = "Không đạt" } },
	rating = first {
		{
			all {
				met "attendance", met "excused_run", met "committee", met "planned_day", met "content",
				met "speaking", met "duration", met "minutes", met "principles", met "results",
			},
			"dat",
		},
		otherwise "khong_dat",
	},
}
