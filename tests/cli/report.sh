#!/bin/sh
# report.sh - the reports on the invented office (fixture/office.sh), counted by hand.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/cli/fixture/office.sh"
office a.db || { not_ok "the invented office is made" "$(cat office.err)"; finish; }

# value JSON-PATH: from r.json, as Python prints it
value() { python3 -c '
import json, sys
v = json.load(open("r.json", encoding="utf-8"))
for k in sys.argv[1].split("."):
    v = next(r for r in v if k in r.values()) if isinstance(v, list) and not k.isdigit() else v[int(k)] if isinstance(v, list) else v[k]
print(v)' "$1"; }
report() { run 0 --db a.db "$@" --json && printf %s "$OUT" >r.json || not_ok "$*" "$ERR"; }

# --- a quarter: two meetings in a grass-roots cell, four in cells below a committee, one of them without a level -----------
report report quarter 2020-Q1
is "the period stands in the head" 2020-Q1 "$(value period)"
is "meetings of grass-roots cells" 2 "$(value 'by_kind.Chi bộ cơ sở.meetings')"
is "of them Tốt" "{'part': 1, 'whole': 2, 'percent': 50.0}" "$(value 'by_kind.Chi bộ cơ sở.tot_percent')"
is "the superior's decision counts, not the score" 1 "$(value 'by_kind.Chi bộ cơ sở.trung_binh')"
is "meetings of cells below a committee" 4 "$(value 'by_kind.Chi bộ trực thuộc.meetings')"
is "a percentage is of the meetings that have a level" "{'part': 1, 'whole': 3, 'percent': 33.3}" "$(value 'by_kind.Chi bộ trực thuộc.tot_percent')"
is "what has no level is counted beside it" 1 "$(value 'by_kind.Chi bộ trực thuộc.no_level')"
is "the sum row adds up" 6 "$(value 'by_kind.Cộng.meetings')"
is "a cluster apart" 4 "$(value 'by_cluster.Cụm 1.meetings')"
is "a type of cell apart" 2 "$(value 'by_cell_type.Trường học.meetings')"
is "attendance: 73 of 80" "{'part': 73, 'whole': 80, 'percent': 91.3}" "$(value 'attendance.Chi bộ trực thuộc.attendance')"
is "the exempt are not counted: 35 of 36" "{'part': 35, 'whole': 36, 'percent': 97.2}" "$(value 'attendance.Chi bộ cơ sở.attendance')"
is "self and superior were 2,5 apart" 2.5 "$(value disagreement.0.largest)"
is "the largest loss stands first" "Tỷ lệ đảng viên dự sinh hoạt" "$(value losses.0.criterion)"
is "with its points: 5 + 5 + 15" 25 "$(value losses.0.points)"
has "a reconstructed text is told" "$(value notes)" "bản dựng lại, chưa có toàn văn"
has "and what could not be rated" "$(value notes)" "1 kỳ chưa đủ dữ liệu"
run 0 --db a.db report quarter 2020-Q1
has "sentences as they are written" "$OUT" "Chi bộ trực thuộc: 1/3 kỳ sinh hoạt xếp loại Tốt = 33,3%."
has "a period before without records says so" "$OUT" "Quý IV/2019 không có số liệu để so sánh."
has "visits" "$OUT" "Cấp trên dự sinh hoạt 2 lượt tại 2 đơn vị."
has "decisions that differ" "$OUT" "Cấp trên đã quyết định 1 kỳ; khác với mức chấm: 1 kỳ."

# --- against the month before -----------------------------------------------------------------------------------------------
report report month 2020-02
is "the month before is the comparison" "{'part': 1, 'whole': 2, 'percent': 50.0}" "$(value 'against_before.Chi bộ trực thuộc.before')"
is "in percentage points" -50.0 "$(value 'against_before.Chi bộ trực thuộc.change')"

# --- a part of the tree -------------------------------------------------------------------------------------------------------
report report quarter 2020-Q1 --unit DB1
is "only the cells below the unit" 4 "$(value by_kind.Cộng.meetings)"
is "which is named" "Đảng bộ cơ sở Một (thí dụ)" "$(value subtitle)"
exits "a unit that is not there is exit 3" 3 --db a.db report quarter 2020-Q1 --unit DB2
has "with the nearest one" "$ERR" "did you mean 'DB1'?"

# --- words for periods -----------------------------------------------------------------------------------------------------------
for words in "quarter 2020-Q1" "quarter 1 2020" "half 2020-H1" "nine-months 2020" "nine-months 2020-9M" "year 2020" "month 2020-01"; do
	# shellcheck disable=SC2086
	exits "report $words" 0 --db a.db report $words --json
done

# --- the monthly list ---------------------------------------------------------------------------------------------------------
report report month 2020-01 --list
is "one row per meeting and a total" 4 "$(python3 -c 'import json; print(len(json.load(open("r.json"))["list"]))')"
is "attendance as the form writes it" 17/20 "$(value list.B1.attendance)"
is "points" 85 "$(value list.B1.points)"
is "the x stands under the official level" True "$(value list.B1.trung_binh)"
has "every lost point has its note" "$(value list.B1.note)" "−15 Tỷ lệ đảng viên dự sinh hoạt"
has "and a decision that differs" "$(value list.B1.note)" "cấp trên quyết định khác"
has "a cap too" "$(value list.A2.note)" "đủ điểm mức Tốt nhưng bị khống chế"
is "the total row counts the x's" 1 "$(value list.Cộng.tot)"
report report month 2020-03 --list
has "a cell that did not meet stands in it" "$(value list.A1.note)" "không sinh hoạt thường kỳ trong tháng"
run 0 --db a.db report month 2020-02 --list
has "a meeting without a level says what is missing" "$OUT" "chưa đủ dữ liệu"
run 0 --db a.db report month 2020-01 --list --html
has "the printed list is one landscape page" "$OUT" "@page{size:A4 landscape"
has "with a line to sign on" "$OUT" "NGƯỜI LẬP BIỂU"

# --- another scale of levels on the same record ------------------------------------------------------------------------------
cp a.db two.db
printf 'code,name,kind\nX1,Chi bộ ngoài Khối (thí dụ),chi_bo_co_so\n' >x.csv
printf 'unit,held_on,members,present\nX1,2020-01-07,9,9\n' >y.csv
for args in "import units x.csv" "import meetings y.csv" evaluate; do
	# shellcheck disable=SC2086
	run 0 --db two.db $args || not_ok "$args" "$ERR"
done
is "the outsider stands under the central guidance" central.hd12 "$(sqlite3 two.db "select ruleset from v_result where unit_code='X1'")"
run 0 --db two.db report quarter 2020-Q1 --json
hasnt "a scale on which nothing was rated has no column" "$OUT" '"khong_dat"'
has "but its meeting is counted" "$OUT" "2 kỳ chưa đủ dữ liệu"
printf %s "$OUT" >r.json
is "clusters add up: what stands in none has its own row" 1 "$(value 'by_cluster.không ghi cụm.meetings')"
run 0 --db two.db report month 2020-01 --list --json
hasnt "nor in the list" "$OUT" '"khong_dat"'
sqlite3 two.db "insert into decision(meeting_id, official) select meeting_id, 'dat' from v_result where unit_code='X1'"
run 0 --db two.db report quarter 2020-Q1
has "a percentage is of its own scale" "$OUT" "Chi bộ cơ sở: 1/1 kỳ sinh hoạt xếp loại Đạt = 100,0%."
has "the other scale beside it" "$OUT" "Chi bộ cơ sở: 1/2 kỳ sinh hoạt xếp loại Tốt = 50,0%."
has "and the report says so" "$OUT" "hơn một thang xếp loại"

# --- whom to visit next --------------------------------------------------------------------------------------------------------
report visits --period 2020-Q1
is "most reasons first, then longest ago" "A2 A1 B1" "$(python3 -c 'import json; print(*[r["code"] for r in json.load(open("r.json"))["visits"]])')"
is "never visited, and two duties missed" 2 "$(value visits.A2.reasons)"
has "in words" "$(value visits.A2.why)" "chưa được dự lần nào; 2 lần không đạt chế độ"
report visits --period 2020-Q1 --apart 2
has "a self-score far from the superior's" "$(value visits.A1.why)" "tự chấm lệch 2,5 điểm"
is "is a reason" 2 "$(value visits.A1.reasons)"
report visits --period 2020-Q1 --near 5
has "95 is within 5 of a threshold" "$(value visits.A2.why)" "1 buổi sát ngưỡng xếp loại"

# --- the empty form ---------------------------------------------------------------------------------------------------------
run 0 rules form an_phu.hd42
has "the form has its criteria" "$OUT" "Thời gian, thời lượng"
has "and the lines that people judge" "$OUT" "– mục 5.2: tối đa 4"
has "and room for the vote" "$OUT" "Chi bộ biểu quyết: ………/………"

# --- ranking --------------------------------------------------------------------------------------------------------------------
run 0 --db a.db rank --period 2020-Q1 --within all --csv
printf '%s\n' "$OUT" >rank.csv
is "a head and three cells" 4 "$(wc -l <rank.csv)"
is "in order of their places, the one with an unrated month after them" "1 2 -" \
	"$(python3 -c 'import csv; print(*[r["rank"] or "-" for r in csv.DictReader(open("rank.csv"))])')"
has "with the reason and the month" "$(tail -1 rank.csv)" "tất cả,,0,,"
has "in the column of reasons" "$(tail -1 rank.csv)" "chưa xếp hạng, chưa đủ dữ liệu: tháng "
finish
