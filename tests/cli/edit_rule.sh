#!/bin/sh
# edit_rule.sh - one threshold changed in a copy of a pack moves the counts; old results replay from their stored text.
. "$(dirname "$0")/../lib.sh"
CHIBO_DB=$T/r.db; export CHIBO_DB
cp -r "$CHIBO_RULES" rules
CHIBO_RULES=$T/rules

cat >units.csv <<'X'
code,name,kind,parent,members
tuyen_quang,Đảng bộ tỉnh Tuyên Quang,tinh,,
D,Đảng bộ Khối,khoi,tuyen_quang,
A,Chi bộ A,chi_bo_co_so,D,20
B,Chi bộ B,chi_bo_co_so,D,20
C,Chi bộ C,chi_bo_co_so,D,20
X
# A has all 100 points; B is 15 minutes short and its documents came late: 93; C has no minutes, no resolution, speaks little: 84
cat >meetings.csv <<'X'
unit,held_on,kind,members,exempt,present,absent_unexcused,longest_excused_run,duration_minutes,planned_on,committee_size,committee_met,documents_days_before,steps_complete,regular_content,thematic_content,speakers,minutes_recorded,resolution_passed,tasks_assigned,tasks_done
A,05/03/2020,regular,20,0,20,0,0,90,05/03/2020,3,1,1,1,1,0,11,1,1,0,0
B,05/03/2020,regular,20,0,20,0,0,75,05/03/2020,3,1,0,1,1,0,11,1,1,0,0
C,05/03/2020,regular,20,0,20,0,0,90,05/03/2020,3,1,1,1,1,0,5,0,0,0,0
X
run 0 --quiet init && run 0 import units units.csv && run 0 import meetings meetings.csv
exits "the record is rated under the pack as it stands" 0 evaluate
levels() { "$CHIBO" sql "select group_concat(unit_code || ':' || score || ':' || level, ' ') from (select * from v_result order by unit_code)" --csv | sed -n 2p | tr -d '"'; }
is "A and B are Tốt, C is Khá" "A:100.0:tot B:93.0:tot C:84.0:kha" "$(levels)"
has "the report counts two of three" "$("$CHIBO" report month 2020-03)" "2/3 kỳ sinh hoạt xếp loại Tốt = 66,7%"
run 0 evaluate --csv
is "a second evaluation has nothing to do" "3 3 0" "$(printf '%s\n' "$OUT" | awk -F, 'NR == 2 { print $2, $3, $4 }')"

sed -i 's/{ "tot", 90, "Tốt" }/{ "tot", 95, "Tốt" }/' rules/tuyen_quang/qd19.lua
is "the copy differs in one line from the pack" 2 "$(diff "$ROOT/rules/tuyen_quang/qd19.lua" rules/tuyen_quang/qd19.lua | grep -c '^[<>]')"
exits "the edited pack is rated at once" 0 evaluate
is "B moves down, nothing else does" "A:100.0:tot B:93.0:kha C:84.0:kha" "$(levels)"
has "the report moves" "$("$CHIBO" report month 2020-03)" "1/3 kỳ sinh hoạt xếp loại Tốt = 33,3%"
run 0 sql "select count(*) from v_ruleset where name = 'tuyen_quang.qd19'" --csv
is "both texts are kept" 2 "$(printf '%s\n' "$OUT" | sed -n 2p)"

rm -rf rules
run 0 replay 1 --csv
is "the first run comes out the same from its stored text, with the pack gone" "1,3,3,0,0,unsigned" "$(printf '%s\n' "$OUT" | sed -n 2p)"
run 0 replay 2 --csv
is "so does the last run" "2,3,3,0,0,unsigned" "$(printf '%s\n' "$OUT" | grep '^2,')"
exits "the record is sound" 0 doctor

# the same with the examples' own script
CHIBO_RULES=$ROOT/rules
if grep -q '{ "tot", 90, "Tốt" }' "$ROOT/rules/tuyen_quang/qd19.lua" && grep -q '{ "tot", 90, "Tốt" }' "$ROOT/examples/edit_rule.sh"; then
	ok "examples/edit_rule.sh edits a line that is in the pack"
else
	not_ok "examples/edit_rule.sh edits a line that is in the pack"
fi
finish
