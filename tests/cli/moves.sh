#!/bin/sh
# moves.sh - a unit that moved keeps its history, and each month is rated by the rules in force there on that day.
. "$(dirname "$0")/../lib.sh"
CHIBO_DB=$T/r.db; export CHIBO_DB

cat >units.csv <<'X'
code,name,kind,parent,members,from,to
cu,Đảng bộ huyện cũ,huyen,ha_giang,,,30/06/2025
ha_giang,Đảng bộ tỉnh Hà Giang,tinh,,,,30/06/2025
tuyen_quang,Đảng bộ tỉnh Tuyên Quang,tinh,,,,
moi,Đảng bộ xã mới,xa,tuyen_quang,,01/07/2025,
C1,Chi bộ thôn 1,chi_bo_truc_thuoc,cu,20,,30/06/2025
C1,Chi bộ thôn 1 (xã mới),chi_bo_truc_thuoc,moi,22,01/07/2025,
X
# a good meeting on each of these days: before and after the move, on the last day of the old rules and the first of the new
head=unit,held_on,kind,members,exempt,present,absent_excused,absent_unexcused,longest_excused_run,duration_minutes,planned_on,committee_size,committee_met,documents_days_before,steps_complete,regular_content,speakers,minutes_recorded,resolution_passed,tasks_assigned,tasks_done,many_spoke,principles_kept,resolution_carried_out
echo $head >meetings.csv
for d in 15/05/2025 30/06/2025 01/07/2025 27/10/2025 28/10/2025; do
	echo "C1,$d,regular,20,0,20,0,0,0,90,$d,0,,1,1,1,15,1,1,2,2,1,1,1" >>meetings.csv
done
cat >judged.csv <<'X'
unit,held_on,kind,assessor,points.preparation,points.organisation,points.principles,points.results,points.closing
C1,28/10/2025,regular,superior,9,36,5,27,"4,5"
X
"$CHIBO" --quiet init
exits "units with spans come in, parents later in the file" 0 import units units.csv
exits "meetings of all days come in" 0 import meetings meetings.csv
exits "judged points come in" 0 import assessments judged.csv
exits "everything is rated" 0 evaluate
run 0 sql "select held_on, parent_code, unit_name, ruleset, level from v_result order by held_on" --csv
is "the body above, the name and the rules are those of the day" "held_on,parent_code,unit_name,ruleset,level
2025-05-15,cu,Chi bộ thôn 1,central.hd12,dat
2025-06-30,cu,Chi bộ thôn 1,central.hd12,dat
2025-07-01,moi,Chi bộ thôn 1 (xã mới),tuyen_quang.qd19,tot
2025-10-27,moi,Chi bộ thôn 1 (xã mới),tuyen_quang.qd19,tot
2025-10-28,moi,Chi bộ thôn 1 (xã mới),central.hd42,tot" "$OUT"
run 0 sql "select count(distinct unit_id) n, count(*) m from v_result" --csv
is "it is one unit with one history" "n,m
1,5" "$OUT"
run 0 sql "select parent_name, members, valid_from, valid_to from v_unit where code = 'C1' order by valid_from" --csv
has "the old span ends the day before the new one begins" "$OUT" "2025-06-30"
run 0 sql "select score from v_result where held_on = '2025-10-28'" --csv
has "the new form adds up: 5 + 5 + 9 + 36 + 5 + 27 + 4,5 = 91,5" "$OUT" "91.5"

# what is rated already stays as it is when more months come
echo $head >more.csv
echo "C1,15/11/2025,regular,22,0,22,0,0,0,90,15/11/2025,0,,1,1,1,15,1,1,2,2,1,1,1" >>more.csv
run 0 import meetings more.csv
run 0 evaluate --csv
is "old months are not rated again" "$(printf '6 5 1')" "$(printf '%s\n' "$OUT" | awk -F, 'NR == 2 { print $2, $3, $4 }')"
run 0 sql "select status, missing from v_result where held_on = '2025-11-15'" --csv
has "a month without the points that the new form asks has no level" "$OUT" "missing"
# a day on which the unit did not exist
echo $head >none.csv
sed 's/01\/07\/2025,$/01\/07\/2025,31\/12\/2025/' units.csv | grep -E '^(code|C1)' >ends.csv
exits "the unit's last span can be given an end" 0 import units ends.csv
SOURCE_DATE_EPOCH=1769904000 # 01/02/2026
echo "C1,15/01/2026,regular,22,0,22,0,0,0,90,15/01/2026,0,,1,1,1,15,1,1,2,2,1,1,1" >>none.csv
exits "a meeting after the unit's last day is refused" 1 import meetings none.csv
has "and the message names the unit" "$ERR" "C1"
finish
