#!/bin/sh
# Five levels, a word of the pack's own, points off the total, a table for thematic meetings on the same base: what its
# forms, its sheet and its coverage say. All rules are invented.
. "$(dirname "$0")/../lib.sh"
mkdir -p rules/xa/cases
CHIBO_RULES=$T/rules; export CHIBO_RULES
cat >rules/xa/hd.lua <<'E'
local f = fact
return ruleset {
	id = "xa.hd", title = "Thử", issuer = "xa", status = "reconstructed", source = "thử", effective = { from = "2025-01-01" },
	for_kinds = { "regular" },
	facts = { { id = "venue", type = "word", label = "nơi họp", vocab = { { "hall", "nhà văn hóa" }, { "office", "trụ sở" } } } },
	criteria = {
		criterion { id = "talk", max = 50, label = "Thảo luận",
			score = sum { judged { max = 40, id = "quality", label = "chất lượng" }, judged { max = 10, id = "form", label = "hình thức" } } },
		criterion { id = "attendance", max = 50, label = "Dự",
			score = sum {
				either(f.members:le(5), bands(f.present, { { 3, 50 } }, 0), bands(f.present / f.members, { { 0.8, 50 } }, 20)),
				per(f.absent_unexcused, -2),
			} },
		criterion { id = "late", counts = "penalty", max = 4, label = "Báo cáo chậm",
			score = sum { per(f.reported_days_after - 3, 1), flag(f.venue:eq("office"), 2, "họp ở trụ sở") } },
	},
	levels = { { "xuat_sac", 95, "Xuất sắc" }, { "tot", 85, "Tốt" }, { "kha", 70, "Khá" }, { "trung_binh", 50, "Trung bình" }, { "kem", 0, "Kém" } },
	gates = { gate { level = "xuat_sac", needs = { full "attendance" }, label = "Cần dự đủ", article = "9" } },
	notes = { required_for = "deductions" },
	periods = { year = first { { months:every(level:ge "kha"), "kha" }, otherwise "kem" } },
	advice = { never = { "online" } },
}
E
cat >rules/xa/cd.lua <<'E'
return ruleset {
	id = "xa.cd", title = "Thử", issuer = "xa", status = "reconstructed", source = "thử", base = "xa.hd", for_kinds = { "thematic" },
	criteria = { criterion { id = "topic", max = 100, label = "Chuyên đề", score = judged() } }, gates = {},
}
E
exits "both tables are right" 0 rules check
has "what their base is warned of" "$ERR" "advice.never[1]: nothing in this ruleset asks for online"
is "is said once" 1 "$(printf '%s\n' "$ERR" | grep -c 'asks for online')"
has "points that fall with every absence" "$ERR" "criterion attendance can go far below 0 points; below 0 counts as 0"

# coverage
cat >rules/xa/cases/cd.lua <<'E'
return { { name = "đủ", kind = "thematic", judged = { superior = { topic = 100 } }, expect = { total = 100, level = "xuat_sac" } } }
E
exits "coverage of a table on a base" 1 rules test --coverage xa.cd
has "a level stands in the base's file, in its line" "$ERR" "rules/xa/hd.lua:17: warning: no case of xa/cd.lua reaches level: kem; add a case"
hasnt "a year's rule that is never asked needs no case" "$ERR" "year"

# what people read
exits "rules show" 0 rules show xa.hd --markdown
has "a choice in a choice has brackets" "$OUT" "(nếu số đảng viên có mặt ≥ 3 người: 50 điểm; còn lại: 0 điểm) nếu tổng số đảng viên ≤ 5 người, nếu không thì (nếu"
has "points off" "$OUT" "trừ 2 điểm × số đảng viên vắng không lý do"
exits "the form of assessments" 0 template assessments --ruleset xa.hd
has "names the pack's levels" "$OUT" "mức chi ủy đề nghị: xuat_sac, tot, kha, trung_binh, kem"
has "for the decision too" "$OUT" "mức cấp trên quyết định: xuat_sac, tot, kha, trung_binh, kem"
has "and tells the judged lines apart" "$OUT" ",Thảo luận: chất lượng,Thảo luận: hình thức,"
exits "the form of meetings" 0 template meetings --ruleset xa.hd
has "names the words of a fact" "$OUT" '"nơi họp: hall (nhà văn hóa), office (trụ sở)"'

run 0 init --db a.db
printf 'code,name,kind,parent\nxa,Xã,xa,\nA,Chi bộ A,chi_bo_co_so,xa\n' >u.csv
printf 'unit,held_on,members,present,absent_unexcused,reported_days_after,venue\nA,05/02/2025,10,9,1,0,nhà văn hóa\nA,05/03/2025,10,9,0,9,office\n' >m.csv
printf 'unit,held_on,assessor,item,points,note\nA,05/02/2025,superior,talk.quality,39,hai ý kiến trùng nhau\nA,05/02/2025,superior,talk.form,10,\nA,05/03/2025,superior,talk.quality,40,\nA,05/03/2025,superior,talk.form,10,\n' >s.csv
run 0 import units u.csv --db a.db && run 0 import meetings m.csv --db a.db && run 0 import assessments s.csv --db a.db
exits "evaluate" 0 evaluate --db a.db
exits "the sheet of a meeting" 0 explain A 05/02/2025 --db a.db
has "a penalty below 0 takes nothing" "$OUT" "→ dưới 0 điểm: không trừ"
hasnt "and more of a penalty is no next step" "$OUT" "cần nơi họp"
has "the note of a judged line has its label" "$OUT" "Lý do trừ điểm: chất lượng: hai ý kiến trùng nhau"
has "the gate names its article once" "$OUT" "Điều kiện khống chế: Cần dự đủ (mục 9): không xếp trên Tốt, vì không có: đạt điểm tối đa «Dự»
"
exits "of one with a whole penalty" 0 explain A 05/03/2025 --db a.db
has "what is above its maximum is cut" "$OUT" "→ -8 điểm, chỉ tính tối đa -4 điểm"
finish
