#!/bin/sh
# off_total.sh - bonuses above the scale and penalties off the total: pack, cases, sheet, record, advice. All invented.
. "$(dirname "$0")/../lib.sh"
mkdir -p rules/xa/cases
cat >rules/xa/diem.lua <<'L'
local f = fact
return ruleset {
	id = "xa.diem", title = "Điểm cộng, điểm trừ (thí dụ)", issuer = "X", status = "reconstructed", source = "thí dụ", effective = { from = "2025-01-01" },
	criteria = {
		criterion { id = "work", max = 70, label = "Nội dung", score = judged() },
		criterion { id = "topic", max = 30, label = "Chuyên đề", applies = f.kind:eq("combined"), otherwise = "rescale", score = flag(f.thematic_content, 30) },
		criterion { id = "new", counts = "bonus", max = 5, label = "Cách làm mới", score = either(f.online, 5, 0) },
		criterion { id = "late", counts = "penalty", max = 3, label = "Báo cáo chậm", score = per(f.reported_days_after - 2, 0.5) },
	},
	levels = { { "tot", 90, "Tốt" }, { "kha", 70, "Khá" }, { "kem", 0, "Kém" } },
	gates = { gate { at_most = "kha", when = (points_of "late"):lt(-2), label = "Báo cáo quá chậm" } },
}
L
cat >rules/xa/cases/diem.lua <<'L'
local function case(name, kind, work, topic, online, days, expect)
	return { name = name, kind = kind, facts = { thematic_content = topic, online = online, reported_days_after = days }, judged = { superior = { work = work } }, expect = expect }
end
return {
	case("đủ, có cộng: không quá thang", "combined", 70, true, true, 2, { total = 100, level = "tot", points = { new = 5, late = 0 } }),
	case("trừ nửa điểm mỗi ngày", "combined", 60.5, true, false, 3, { total = 90, level = "tot", points = { new = 0, late = -0.5 } }),
	case("trừ nữa", "combined", 60.5, true, false, 4, { total = 89.5, level = "kha", points = { late = -1 } }),
	case("cộng để lên mức", "combined", 40, false, true, 1, { total = 45, level = "kem" }),
	case("lên Khá", "combined", 65, false, true, 1, { total = 70, level = "kha" }),
	case("sát dưới Khá", "combined", 64.999, false, true, 1, { total = 69.999, level = "kem" }),
	case("trừ đúng 2 chưa bị khống chế", "combined", 65, true, false, 6, { total = 93, level = "tot", gate = false }),
	case("trừ hơn 2 thì bị khống chế", "combined", 65, true, false, 7, { total = 92.5, level = "kha", gate = "Báo cáo quá chậm" }),
	case("trừ tối đa 3", "combined", 65, true, false, 30, { total = 92, points = { late = -3 } }),
	case("không dưới 0", "combined", 0, false, false, 30, { total = 0, level = "kem" }),
	case("quy đổi trước, cộng trừ sau", "regular", 63, nil, true, 4, { total = 94, level = "tot", points = { topic = "na", new = 5, late = -1 } }),
	case("chưa biết có điểm cộng không", "combined", 70, true, nil, 2, { status = "missing", missing = { "online" } }),
}
L
CHIBO_RULES=$T/rules
exits "the pack is sound" 0 rules check xa.diem
has "with no error and no warning" "$OUT" "    0         0"
exits "its cases hold, reach all of it, and notice every change" 0 rules test --coverage --mutate xa.diem --csv
has "with changes to notice" "$(printf %s "$OUT" | tail -n 1)" "xa.diem,12,0,16,16,"
run 0 rules show xa.diem
has "the sheet says what is added" "$OUT" "điểm cộng vào tổng điểm"
has "what is taken off" "$OUT" "điểm trừ vào tổng điểm"
has "and the scale stays 100" "$OUT" "100"

# --- on record ---
run 0 --db a.db init
printf 'code,name,kind,parent,valid_from\nX,Xã thí dụ,xa,,2020-01-01\nD,Đảng bộ thí dụ,dang_bo_co_so,X,2020-01-01\nA,Chi bộ A,chi_bo_truc_thuoc,D,2020-01-01\n' >u.csv
exits "units" 0 --db a.db import units u.csv
printf 'unit,held_on,kind,thematic_content,online,reported_days_after\nA,2025-11-03,combined,1,0,5\nA,2025-12-03,regular,,1,4\n' >m.csv
exits "meetings" 0 --db a.db import meetings m.csv
printf 'unit,held_on,kind,assessor,points.work\nA,2025-11-03,combined,superior,60\nA,2025-12-03,regular,superior,63\n' >s.csv
exits "points" 0 --db a.db import assessments s.csv
exits "they are rated" 0 --db a.db evaluate
run 0 --db a.db explain A 2025-11-03
has "the sheet adds up with signs" "$OUT" "trong thang 90, trừ 1,5"
has "and comes to the total" "$OUT" "Tổng điểm: 88,5/100"
has "and says how far the next level is" "$OUT" "Còn thiếu 1,5 điểm"
run 0 --db a.db explain A 2025-12-03
has "what was rescaled is made up for first" "$OUT" "quy đổi từ thang 70 điểm sang thang 100 điểm: 90; trong thang 63, cộng 5, trừ 1"
run 0 --db a.db explain A 2025-12-03 --json
has "JSON names what a line counts as" "$OUT" '"counts": "penalty"'
is "the view adds up, and knows what was lost" "scale|work|60000|10000 scale|topic|30000|0 bonus|new|0|0 penalty|late|-1500|1500" \
	"$(sqlite3 a.db "SELECT counts||'|'||criterion||'|'||points||'|'||lost FROM v_result_criterion WHERE meeting_id=1 ORDER BY ord" | tr '\n' ' ' | sed 's/ $//')"
run 0 --db a.db advise --period 2025-Q4 --csv
hasnt "a bonus that was not earned is no loss" "$OUT" ",new,"
has "a penalty is" "$OUT" "Báo cáo chậm (−2,5)"
run 0 --db a.db advise A 2025-11-03
has "advice knows that reporting in time is enough" "$OUT" "số ngày gửi báo cáo"

# --- mistakes ---
mistake() { # NAME SED WANTED
	mkdir -p bad/xa; sed "$2" rules/xa/diem.lua >bad/xa/diem.lua
	CHIBO_RULES=$T/bad; run 1 rules check xa.diem; has "$1" "$OUT$ERR" "$3"; CHIBO_RULES=$T/rules
}
mistake "a word that is none" 's/"bonus"/"bonuss"/' 'criteria[3].counts: counts cannot be "bonuss"; did you mean "bonus"?'
mistake "a penalty that starts from full marks" 's/score = per.*) },/score = deduct(f.reported_days_after, 0.5, 3) },/' 'deduct starts from full marks, and criterion late is a penalty'
mistake "a bonus cannot be rescaled away" 's/score = either/applies = f.online, otherwise = "rescale", score = either/' 'write otherwise = 0'
mistake "a ceiling below the scale" 's/^	levels/	ceiling = 90, levels/' 'ceiling: a ceiling is at least the scale, which is 100 points'
mistake "a ceiling without a bonus" 's/^	levels/	ceiling = 105, levels/; s/counts = "bonus"/counts = "penalty"/' 'no criterion lifts a total above the scale'
mistake "full marks in a penalty" 's/when = (points_of "late"):lt(-2)/when = full "late"/' 'nobody has full marks in late: it is a penalty'
mkdir -p high/xa; sed 's/^	levels/	ceiling = 103, levels/' rules/xa/diem.lua >high/xa/diem.lua
CHIBO_RULES=$T/high
run 0 rules diff rules/xa/diem.lua xa.diem
has "a ceiling is a change of meaning" "$OUT" "tổng điểm cao nhất"
finish
