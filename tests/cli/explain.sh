#!/bin/sh
# explain.sh - five meetings added up by hand (see fixture/office.sh), and what the sheet says about each.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/cli/fixture/office.sh"
office a.db || { not_ok "the invented office is made" "$(cat office.err)"; finish; }

# sheet NAME UNIT DAY POINTS...: the points of the ten criteria in order, "-" for none; their sum is the total shown
sheet() {
	n=$1 unit=$2 day=$3; shift 3
	run 0 --db a.db explain "$unit" "$day" --json || { not_ok "$n" "$ERR"; return; }
	printf %s "$OUT" >sheet.json
	python3 - "$@" <<'PY' >sheet.why 2>&1 && ok "$n" || not_ok "$n" "$(cat sheet.why)"
import json, sys
from fractions import Fraction
s = json.load(open("sheet.json", encoding="utf-8"))
want = [None if w == "-" else Fraction(w) for w in sys.argv[1:]]
got = [None if c["points"] is None else Fraction(str(c["points"])) for c in s["criteria"]]
assert got == want, (got, want)
if None not in want:
    assert Fraction(str(s["total"])) == sum(want), (s["total"], sum(want))
    assert s["total_thousandths"] == [int(sum(want) * 1000), 1]
assert Fraction(str(s["sum"])) == sum(w for w in want if w is not None)
assert sum(Fraction(str(c["max"])) for c in s["criteria"]) == Fraction(str(s["scale"])) == 100
PY
}
sheet "everything in full is 100" A1 2020-01-06 10 5 20 5 10 20 10 5 5 10
has "and Tốt" "$OUT" '"level": "tot"'
sheet "a poor meeting is 57" A1 2020-02-07 8 0 15 0 5 10 8 5 0 6
has "and Trung bình" "$OUT" '"level": "trung_binh"'
has "and says how far the next level is" "$OUT" '"to_next": 13'
sheet "95 points without full attendance" A2 2020-01-06 10 5 15 5 10 20 10 5 5 10
has "is Tốt by score" "$OUT" '"level_by_score": "tot"'
has "is held back to Khá" "$OUT" '"level": "kha"'
has "by the gate, which is named" "$OUT" "Tốt chỉ khi đạt tối đa tiêu chí tỷ lệ dự"
sheet "an absent fact leaves its criterion empty" A2 2020-02-06 10 5 20 5 10 20 - 5 5 10
has "and the meeting without a level" "$OUT" '"level": null'
has "as missing" "$OUT" '"status": "missing"'
sheet "an absence without reason is 85" B1 2020-01-08 10 5 5 5 10 20 10 5 5 10
has "is Khá by the rules" "$OUT" '"level": "kha"'
has "and Trung bình by the superior" "$OUT" '"official": "trung_binh"'

# --- as an officer reads it ------------------------------------------------------------------------------------------
run 0 --db a.db explain A1 06/01/2020
has "the head names the unit" "$OUT" "Chi bộ Hòa Bình (thí dụ)"
has "the meeting" "$OUT" "Buổi sinh hoạt thường kỳ ngày 06/01/2020"
has "the regulation, and that it is reconstructed" "$OUT" "bản dựng lại"
has "the total" "$OUT" "Tổng điểm: 100/100"
has "the level" "$OUT" "Xếp loại: Tốt"
has "what people gave in total, and the distance" "$OUT" "97,5 (thấp hơn 2,5 điểm)"
run 0 --db a.db explain A1 2020-02-07
has "the facts with their values" "$OUT" "số đảng viên có mặt: 17 người"
has "what the next band needs" "$OUT" "Mức kế tiếp:"
has "how far the next level is" "$OUT" "Còn thiếu 13 điểm"
run 0 --db a.db explain A2 2020-01-06
has "the level by score" "$OUT" "Mức theo điểm: Tốt"
has "the gate" "$OUT" "Điều kiện khống chế: "
has "the level after it" "$OUT" "Xếp loại: Khá"
has "a line that does not apply says so" "$OUT" "Không áp dụng: được điểm tối đa"
run 0 --db a.db explain A2 2020-02-06
has "an absent fact" "$OUT" "Xếp loại: chưa đủ dữ liệu; còn thiếu:"
has "is named" "$OUT" "số đảng viên phát biểu"
run 0 --db a.db explain B1 2020-01-08
has "the vote" "$OUT" "Chi bộ biểu quyết: 15/17, mức đề nghị: Tốt"
has "the decision with its reason" "$OUT" "Cấp trên quyết định: Trung bình, ngày 20/01/2020 (khác với mức chấm); lý do: Vắng không lý do"

# --- by number, by mistake -----------------------------------------------------------------------------------------------
id=$(sqlite3 a.db "select id from v_meeting where unit_code='B1' and held_on='2020-03-09'")
exits "a meeting is found by its number" 0 --db a.db explain "$id"
has "the thematic one" "$OUT" "Buổi sinh hoạt chuyên đề ngày 09/03/2020"
exits "and by its kind" 0 --db a.db explain B1 2020-03-09 thematic
exits "no such meeting is exit 3" 3 --db a.db explain B1 2020-03-10
is "and one line" "chibo: B1 held no meeting on 2020-03-10" "$ERR"
exits "no such unit is exit 3" 3 --db a.db explain A11 2020-03-10
has "with the nearest one" "$ERR" "no unit 'A11' on record; did you mean 'A1'?"
exits "a day that is none is wrong usage" 2 --db a.db explain A1 2020-02-30
has "says so" "$ERR" "'2020-02-30' is no day"

# --- after a change of facts or rules -----------------------------------------------------------------------------------------
sed 's/^A1,2020-01-06,regular,20,0,20,0,0,1,95/A1,2020-01-06,regular,20,0,20,0,0,1,80/' meetings.csv >later.csv
run 0 --db a.db import meetings later.csv
run 0 --db a.db explain A1 2020-01-06
has "a sheet of changed facts says so" "$OUT" "Số liệu đã thay đổi sau lần chấm gần nhất"
has "and is computed from them" "$OUT" "Tổng điểm: 98/100"
cp -r "$ROOT/rules" rules && sed -i 's/{ "kha", 70, "Khá" }/{ "kha", 55, "Khá" }/' rules/tuyen_quang/qd19.lua
run 0 --db a.db --rules rules explain A1 2020-02-07
has "a result keeps the text it was made with" "$OUT" "Xếp loại: Trung bình"
has "and the sheet says that the pack has changed" "$OUT" "gói quy định hiện nay đã khác"
finish
