#!/bin/sh
# traps.sh - the places where a rating goes wrong by one, from the files to the sheet and the report: half of those present
# speak, 15 minutes short, 30 members, 89,5 in whole points, one absence at 99%, months missed or exempt, two rulesets in a year,
# a cell that moves, a superior who decides otherwise. Invented units and numbers; today is 01/01/2026.
. "$(dirname "$0")/../lib.sh"
SOURCE_DATE_EPOCH=1767225600 CHIBO_DB=$T/t.db; export CHIBO_DB
of() { run 0 sql "$1" --csv; printf '%s\n' "$OUT" | sed 1d; }
bring() { exits "$1.csv comes in" 0 import "$2" "$1.csv"; }

# --- one meeting, by the shipped rules ----------------------------------------------------------------------------------
cat >u.csv <<'U'
code,name,kind,parent,members
T,Đảng bộ tỉnh Mẫu,tinh,,
phuong_an_phu,Đảng bộ phường An Phú,xa,T,
an_giang,Đảng bộ tỉnh An Giang,tinh,,
SPEAK,Chi bộ đúng một nửa phát biểu,chi_bo_co_so,phuong_an_phu,20
SHORT,Chi bộ thiếu đúng 15 phút,chi_bo_co_so,phuong_an_phu,20
THIRTY,Chi bộ đúng 30 đảng viên,chi_bo_co_so,phuong_an_phu,30
TWENTY9,Chi bộ 29 đảng viên,chi_bo_co_so,phuong_an_phu,29
ABSENT,Chi bộ 99% và một vắng,chi_bo_co_so,phuong_an_phu,100
BOTH,Chi bộ có chuyên đề,chi_bo_co_so,phuong_an_phu,20
WHOLE,Chi bộ 89 rưỡi,chi_bo_co_so,an_giang,20
UNDER,Chi bộ 89 phẩy 4,chi_bo_co_so,an_giang,20
U
echo unit,held_on,kind,members,exempt,special_duty,present,absent_unexcused,speakers,duration_minutes,longest_excused_run,committee_size,committee_met,committee_minutes,notice_days,superior_notified,documents_days_before,steps_complete,praise_given,minutes_recorded,ideology_minutes,documents_posted,targets_set,targets_met,reported_days_after >m.csv
m() { echo "$1,2025-11-05,$2,0,3,1,1,3,1,2,1,1,1,20,1,10,10,1" >>m.csv; }
m SPEAK   regular,20,1,1,18,0,9,90
m SHORT   regular,20,1,1,18,0,10,75
m THIRTY  regular,30,1,1,28,0,15,119
m TWENTY9 regular,29,1,1,27,0,15,90
m ABSENT  regular,100,0,0,99,1,60,120
m BOTH    combined,20,1,1,18,0,10,90
m WHOLE   regular,20,0,0,20,0,10,90
m UNDER   regular,20,0,0,20,0,10,90
echo unit,held_on,assessor,points.preparation.content,points.preparation.draft,points.regular,points.thematic,points.chairing.line1,points.chairing.line2,points.chairing.line3,points.chairing.line4,points.principles.line1,points.principles.line2,points.principles.line3,points.principles.line4,points.closing.line1,points.closing.line2 >a.csv
for u in SPEAK SHORT THIRTY TWENTY9 ABSENT; do echo "$u,2025-11-05,superior,3,2,10,,2,4,3,1,1,2,1,1,2,2" >>a.csv; done
echo "BOTH,2025-11-05,superior,3,2,10,5,2,4,3,1,1,2,1,1,2,2" >>a.csv
printf 'unit,held_on,assessor,points.preparation,points.organisation,points.principles,points.results,points.closing\nWHOLE,2025-11-05,superior,10,"29,5",5,30,5\nUNDER,2025-11-05,superior,10,"29,4",5,30,5\n' >w.csv
"$CHIBO" --quiet init
bring u units; bring m meetings; bring a assessments; bring w assessments
exits "all of them are rated" 0 evaluate
points() { of "select points / 1000 from v_result_criterion c join v_result r on r.meeting_id = c.meeting_id where r.unit_code = '$1' and c.criterion = '$2'"; }
sheet() { run 0 explain "$1" 2025-11-05; }
is "exactly half of those present speak: 4 points, not 5" 4 "$(points SPEAK speaking)"
sheet SPEAK
has "the sheet says that more than half is wanted" "$OUT" "= 50% ≥ 40%: 4 điểm"
has "and what the next step is" "$OUT" "> 50%: 5 điểm"
has "of 95 points that count, 94 are 98,95" "$OUT" "Tổng điểm: 98,95/100 – quy đổi từ thang 95 điểm sang thang 100 điểm"
is "exactly 15 minutes short: 4 points, as the pack chose" 4 "$(points SHORT duration)"
sheet SHORT
has "the sheet names the 15 minutes" "$OUT" "= 15 phút ≤ 15 phút: 4 điểm"
grep -q 'le(15), 4, note = "thiếu đúng 15 phút: ' "$ROOT/rules/an_phu/hd42.lua" && ok "the choice is noted in the pack" || not_ok "the choice is noted in the pack"
is "a cell of exactly 30 needs 120 minutes: 119 is short" 4 "$(points THIRTY duration)"
is "a cell of 29 needs 90" 5 "$(points TWENTY9 duration)"
sheet THIRTY
has "the sheet says why" "$OUT" "(120 nếu tổng số đảng viên ≥ 30 người, nếu không thì 90) − thời lượng"
is "one absence without reason at 99%: 1 point, and 1 for nobody away too often" 2 "$(points ABSENT attendance)"
sheet ABSENT
has "the absence decided" "$OUT" "số đảng viên vắng không lý do = 1 người > 0 người: 1 điểm"
is "a month without a thematic part: its 5 points are out of the scale" na "$(of "select state from v_result_criterion c join v_result r on r.meeting_id = c.meeting_id where r.unit_code = 'SHORT' and criterion = 'thematic'")"
is "a month with one: they count" 5 "$(points BOTH thematic)"
is "89,5 in whole points is 90 and Tốt, 89,4 is 89 and Khá" "UNDER,89.0,kha
WHOLE,90.0,tot" "$(of "select unit_code, score, level from v_result where unit_code in ('WHOLE', 'UNDER') order by 1")"
sheet WHOLE
has "the sheet shows the rounding" "$OUT" "làm tròn lên đến 1 điểm: 89,5 → 90"
COLUMNS=200 run 0 report month 2025-11 --list
has "the monthly list has whole points" "$(printf '%s\n' "$OUT" | grep WHOLE)" "   90   x"
has "and names what was lost" "$(printf '%s\n' "$OUT" | grep ABSENT)" "−3 Tỷ lệ đảng viên dự"

# --- a year ------------------------------------------------------------------------------------------------------------------
CHIBO_DB=$T/year.db CHIBO_RULES=$T/r; export CHIBO_RULES
mkdir -p r/cu r/moi r/noi
pack() { # ID ISSUER EFFECTIVE TOT YEAR
	printf 'return ruleset { id = "%s", title = "Quy định %s (bịa ra)", issuer = "%s", status = "reconstructed", source = "bịa ra", effective = { %s },
	criteria = { criterion { id = "a", max = 100, label = "điểm", score = judged() } },
	levels = { { "tot", %s, "Tốt" }, { "kha", 70, "Khá" }, { "trung_binh", 50, "Trung bình" }, { "kem", 0, "Kém" } },
	periods = { year = first { %s, { months:every(level:ge "trung_binh"), "kha" }, otherwise "trung_binh" }, missed_month = "counts_as_worst" },
	ranking = { within = "all", by = { months:count(level:eq "tot"):down() } } }\n' "$1" "$1" "$2" "$3" "$4" "$5" >"r/${1%.*}/${1#*.}.lua"
}
seven='{ all { months:every(level:ge "kha"), months:count(level:eq "tot"):ge(7) }, "tot" }'
pack cu.a T 'from = "2020-01-01", to = "2025-10-27"' 80 "$seven"
pack moi.a T 'from = "2025-10-28"' 90 "$seven"
pack noi.a N 'from = "2020-01-01"' 90 '{ months:count(level:eq "tot"):ge(5), "tot" }'
exits "the packs are sound" 0 rules check
cat >yu.csv <<'U'
code,name,kind,parent,from,to
T,Đảng bộ tỉnh cũ (ví dụ),tinh,,,
N,Đảng bộ tỉnh mới (ví dụ),tinh,,,
FULL,Chi bộ đủ tháng,chi_bo_co_so,T,,
MISS,Chi bộ bỏ một tháng,chi_bo_co_so,T,,
FREE,Chi bộ được miễn một tháng,chi_bo_co_so,T,,
ACROSS,Chi bộ qua hai quy định,chi_bo_co_so,T,,
DECIDED,Chi bộ có quyết định khác,chi_bo_co_so,T,,
MOVED,Chi bộ chuyển tỉnh,chi_bo_co_so,T,,2025-06-30
MOVED,Chi bộ chuyển tỉnh,chi_bo_co_so,N,2025-07-01,
U
echo unit,held_on,kind >ym.csv
echo unit,held_on,assessor,item,points >ya.csv
year() { # UNIT MONTH=POINTS...
	u=$1; shift
	for x; do
		echo "$u,2025-${x%=*}-05,regular" >>ym.csv
		echo "$u,2025-${x%=*}-05,superior,a,${x#*=}" >>ya.csv
	done
}
year FULL 01=95 02=95 03=95 04=95 05=95 06=95 07=95 08=95 09=95 10=95 11=95 12=95
year MISS 01=95 02=95 03=95 04=95 05=95 07=95 08=95 09=95 10=95 11=95 12=95
year FREE 01=95 02=95 03=95 04=95 05=95 07=95 08=95 09=95 10=95 11=95 12=95
year ACROSS 01=85 02=85 03=85 04=85 05=85 06=75 07=85 08=85 09=85 10=75 11=85 12=85
year DECIDED 01=95 02=95 03=95 04=95 05=95 06=95 07=95 08=95 09=95 10=95 11=95 12=95
year MOVED 01=85 02=85 03=85 04=85 05=40 06=75 07=85 08=85 09=85 10=85 11=85 12=95
printf 'unit,month,status,reason\nFREE,2025-06,exempt,bão (ví dụ)\n' >yf.csv
printf 'unit,held_on,proposed,votes_for,votes_total,official,reason,decided_on\nDECIDED,2025-06-05,tot,19,20,kem,bỏ nội dung thường kỳ (ví dụ),2025-06-10\n' >yd.csv
"$CHIBO" --quiet init
bring yu units; bring ym meetings; bring ya assessments; bring yf months; bring yd assessments
exits "the year is rated" 0 evaluate
"$CHIBO" rank --period 2025 --csv >rank.csv || not_ok "rank" "exit $?"
cell() { python3 -c 'import csv, sys; print([r for r in csv.DictReader(open("rank.csv")) if r["code"] == sys.argv[1]][0][sys.argv[2]])' "$1" "$2"; }
is "twelve months Tốt: Tốt" Tốt "$(cell FULL level)"
is "a missed month counts as Kém, as declared" "Trung bình" "$(cell MISS level)"
is "and the reason says so" "các trường hợp còn lại; 1 tháng không sinh hoạt tính là Kém" "$(cell MISS why)"
is "an exempt month does not" Tốt "$(cell FREE level)"
is "eleven months are what was due" 11 "$(cell FREE months)"
is "85 is Tốt until 27/10/2025 and Khá from 28/10/2025" "cu.a,kha,2
cu.a,tot,8
moi.a,kha,2" "$(of "select ruleset, level, count(*) from v_result where unit_code = 'ACROSS' group by 1, 2 order by 1, 2")"
is "the year counts both: eight months Tốt, none below Khá" Tốt "$(cell ACROSS level)"
is "a cell that moved has one history: half by the old body's rules, half by the new one's" "cu.a,kem,1
cu.a,kha,1
cu.a,tot,4
noi.a,kha,5
noi.a,tot,1" "$(of "select ruleset, level, count(*) from v_result where unit_code = 'MOVED' group by 1, 2 order by 1, 2")"
is "its year is the new body's to rate: five months Tốt are enough there" Tốt "$(cell MOVED level)"
is "it is ranked among the new body's" 1 "$(cell MOVED of)"
is "the superior decided Kém: that counts in the year" "Trung bình" "$(cell DECIDED level)"
is "and in the rank: eleven months Tốt, not twelve" "1 2" "$(cell FULL rank) $(cell DECIDED rank)"
run 0 explain DECIDED 2025-06-05
has "the sheet shows what was computed" "$OUT" "Xếp loại: Tốt"
has "and what was decided, with the reason" "$OUT" "Cấp trên quyết định: Kém"
has "the reason stands there" "$OUT" "bỏ nội dung thường kỳ (ví dụ)"
is "both are on record" "tot,kem,1" "$(of "select level, official, decided from v_result where unit_code = 'DECIDED' and month = '2025-06'")"
run 0 report month 2025-06 --list --csv
is "the monthly list has its x under Kém, and none under Tốt" "true false" "$(printf '%s\n' "$OUT" | awk -F, '$3 == "code" { on = $4 == "DECIDED" } on && $3 == "kem" { kem = $4 } on && $3 == "tot" { tot = $4 } END { print kem, tot }')"
run 0 compliance --period 2025 --duty reason --json
is "a decision of its own with a reason is no lapse" "1 0" "$(printf '%s' "$OUT" | python3 -c 'import json, sys; d = json.load(sys.stdin)["duties"][0]; print(d["due"], d["lapsed"])')"
printf 'unit,held_on,official\nFULL,2025-07-05,kha\nFREE,2025-08-05,tot\n' >silent.csv
bring silent assessments
run 0 compliance --period 2025 --duty reason --csv
has "one without is, with the meeting" "$OUT" "lapses,1,code,FULL"
has "in plain words" "$OUT" "cấp trên quyết định mức khác mức tính được, không ghi lý do"
hasnt "the same level needs none" "$OUT" "FREE"
exits "rated once more" 0 evaluate --all
is "old months stay under the old table" 10 "$(of "select count(*) from v_result where unit_code = 'ACROSS' and ruleset = 'cu.a'")"
finish
