#!/bin/sh
# two_tables.sh - a year from a table for regular and one for thematic meetings: the pair of the guide, on a record. All data is invented.
. "$(dirname "$0")/../lib.sh"
mkdir -p r/tinh_mau/cases
awk '/^```lua file=tinh_mau\//{ out = "r/" substr($2, 6); next } /^```/{ out = "" } out { print >out }' "$ROOT/rules/README.md"
CHIBO_DB=a.db CHIBO_RULES=$T/r; export CHIBO_DB CHIBO_RULES
exits "the pair of the guide is right" 0 rules check --csv
is "without a word" "" "$ERR"
exits "and passes its case" 0 rules test tinh_mau.chuyen_de --csv
cat >u.csv <<'E'
code,name,kind,parent
tinh_mau,Đảng bộ tỉnh Mẫu,tinh,
A,Chi bộ A,chi_bo_truc_thuoc,tinh_mau
B,Chi bộ B,chi_bo_truc_thuoc,tinh_mau
C,Chi bộ C,chi_bo_truc_thuoc,tinh_mau
E
# A: 12 regular meetings Tốt, four thematic ones from Khá on. B: one thematic meeting is Trung bình. C: only three.
echo unit,held_on,kind,members,present,duration_minutes >m.csv
echo unit,held_on,kind,assessor,points.quality,points.topic,points.discussion >p.csv
for u in A B C; do
	for m in 01 02 03 04 05 06 07 08 09 10 11 12; do
		echo "$u,2025-$m-05,regular,20,20,95" >>m.csv
		echo "$u,2025-$m-05,regular,superior,65,," >>p.csv
	done
	for m in 03 06 09 12; do
		[ $u$m = C12 ] && continue
		t=50; [ $u$m = B06 ] && t=20
		echo "$u,2025-$m-20,thematic,20,20,60" >>m.csv
		echo "$u,2025-$m-20,thematic,superior,,$t,35" >>p.csv
	done
done
export SOURCE_DATE_EPOCH=1767225600 # 2026-01-01: the year is over
run 0 init
run 0 import units u.csv || not_ok units "$ERR"
exits "meetings of both kinds" 0 import meetings m.csv
exits "points of both tables" 0 import assessments p.csv
exits "each is rated by its own table" 0 evaluate
is "by kind" "regular|tinh_mau.thuong_ky|36
thematic|tinh_mau.chuyen_de|11" "$(sqlite3 a.db 'SELECT kind,ruleset,count(*) FROM v_result GROUP BY 1,2')"
is "one thematic meeting of B is not Khá" "B|2025-06-20|trung_binh" "$(sqlite3 a.db "SELECT unit_code,held_on,level FROM v_result WHERE level NOT IN ('tot','kha')")"
exits "the year" 0 rank --period 2025 --csv
has "A: all conditions hold" "$OUT" "Chi bộ A"
printf '%s\n' "$OUT" >year.csv
level() { grep "Chi bộ $1" year.csv | grep -o 'Tốt\|Khá' | head -1; }
is "A is Tốt" "Tốt" "$(level A)"
is "B is not: a thematic meeting below Khá" "Khá" "$(level B)"
is "C is not: three thematic meetings" "Khá" "$(level C)"
# other levels, or a year's rule, in the thematic table
sed -i 's/base = "tinh_mau.thuong_ky", /effective = { from = "2025-01-01" }, /; s/^\tcriteria = {/\tlevels = { { "dat", 50, "Đạt" }, { "kem", 0, "Kém" } },\n\tcriteria = {/' r/tinh_mau/chuyen_de.lua
exits "levels that the year does not know are told" 0 rules check
has "where they stand" "$ERR" "tinh_mau/chuyen_de.lua:4: warning: levels: a thematic meeting that is dat under tinh_mau.chuyen_de is at no level that the year's rule of tinh_mau.thuong_ky knows"
sed -i 's/^\tlevels = .*/&\n\tperiods = { year = first { { months:every(level:ge "dat"), "dat" }, otherwise "kem" } },/' r/tinh_mau/chuyen_de.lua
exits "a year's rule in the thematic table" 0 rules check
has "is never asked" "$ERR" "tinh_mau/chuyen_de.lua:5: warning: periods.year: this rule is never asked: the ruleset for regular meetings decides the year"
finish
