#!/bin/sh
# mixed_levels.sh - reports and rules show where issuers use different levels: invented rules, units and numbers.
. "$(dirname "$0")/../lib.sh"
mkdir -p r/xa r/khoi; CHIBO_RULES=$T/r; export CHIBO_RULES
pack() { # ID ISSUER LEVELS
	printf 'return ruleset { id = "%s", title = "bịa ra", issuer = "%s", status = "reconstructed", source = "bịa ra",
	effective = { from = "2025-01-01" }, %s }\n' "$1" "$2" "$3"
}
points='criteria = { criterion { id = "a", max = 100, label = "a", score = judged() } }'
pack xa.diem XA "$points, levels = { { 'tot', 90, 'Tốt' }, { 'kha', 70, 'Khá' }, { 'trung_binh', 50, 'Trung bình' }, { 'kem', 0, 'Kém' } }" >r/xa/diem.lua
pack khoi.diem KHOI "for_kinds = { 'regular' }, $points, levels = { { 'xuat_sac', 95, 'Xuất sắc' }, { 'tot', 90, 'Tốt' }, { 'kem', 0, 'Kém' } }" >r/khoi/diem.lua
pack khoi.dat KHOI "for_kinds = { 'thematic' }, criteria = { criterion { id = 'm', label = 'm', check = fact.minutes_recorded } },
	levels = { { 'dat', label = 'Đạt' }, { 'khong_dat', label = 'Không đạt' } }, rating = first { { met 'm', 'dat' }, otherwise 'khong_dat' }" >r/khoi/dat.lua
cat >u.csv <<'X'
code,name,kind,parent
T,Tỉnh Mẫu,tinh,
XA,Xã Mẫu,xa,T
KHOI,Khối Mẫu,khoi,T
X1,Chi bộ X1,chi_bo_co_so,XA
X2,Chi bộ X2,chi_bo_co_so,XA
K1,Chi bộ K1,chi_bo_co_so,KHOI
X
printf 'unit,held_on,kind,minutes_recorded\nX1,2025-01-05,regular,1\nX2,2025-01-05,regular,1\nK1,2025-01-05,regular,1\nK1,2025-01-15,thematic,1\n' >m.csv
printf 'unit,held_on,assessor,item,points\nX1,2025-01-05,superior,a,91\nX2,2025-01-05,superior,a,75\nK1,2025-01-05,superior,a,96\n' >a.csv
run 0 init --db a.db
for f in units:u meetings:m assessments:a; do run 0 import "${f%:*}" "${f#*:}.csv" --db a.db || not_ok "import $f" "$ERR"; done
exits "meetings of three rulesets are rated" 0 evaluate --db a.db
run 0 explain X1 2025-01-05 --db a.db
has "the sheet names a judged line in words, not by its id" "$OUT" "điểm chấm (tối đa 100): cấp trên chấm 91"
head_of() { printf '%s\n' "$OUT" | grep '^Loại chi bộ' | sed 's/  *%//g; s/  */ /g; s/.*Xếp loại \(.*\) Chưa.*/\1/'; }
run 0 report month 2025-01 --unit XA --db a.db
is "a report has the levels of its own units' rules, best first" "Tốt Khá Trung bình Kém" "$(head_of)"
has "and tells the best of them" "$OUT" "Cộng: 1/2 kỳ sinh hoạt xếp loại Tốt = 50,0%."
run 0 report month 2025-01 --unit KHOI --db a.db
is "points and pass or fail stand side by side" "Xuất sắc Tốt Kém Đạt Không đạt" "$(head_of)"
run 0 report month 2025-01 --db a.db
is "every ruleset's order holds where they are mixed" "Xuất sắc Tốt Khá Trung bình Kém Đạt Không đạt" "$(head_of)"

# --- rules show tells how the level comes about, not only its names ---------------------------------------------------
run 0 rules show khoi.dat
has "pass or fail: the condition is shown" "$OUT" "nếu đạt yêu cầu «m»: Đạt; còn lại: Không đạt"
pack xa.diem XA "$points, total = whole 'down', periods = { year = first { { months:every(level:ge 'tot'), 'tot' }, otherwise 'kem' }, missed_month = 'refuse' },
	levels = { { 'tot', 90, 'Tốt' }, { 'kem', 0, 'Kém' } }" >r/xa/diem.lua
run 0 rules show xa.diem
has "how a total is rounded" "$OUT" "Tổng điểm          làm tròn xuống đến 1 điểm trước khi xếp loại"
has "and what a missed month does" "$OUT" "tháng không họp  không xếp loại"
finish
