#!/bin/sh
# second_thoughts.sh - what later files may not take away from earlier ones, what decisions may say, and days that cannot be.
. "$(dirname "$0")/../lib.sh"
exits "a record" 0 --db a.db init
printf 'code,name,kind,from,to\nX1,Chi bộ 1 (ví dụ),chi_bo_co_so,2015-01-01,\n' >u.csv
exits "a unit" 0 --db a.db import units u.csv
printf 'unit,held_on,kind,members,present,duration_minutes\nX1,2020-03-05,regular,10,10,90\n' >m.csv
exits "a meeting" 0 --db a.db import meetings m.csv
printf 'code,name,kind,from,to\nX1,Chi bộ 1 (ví dụ),chi_bo_co_so,2015-01-01,2019-12-31\n' >short.csv
exits "days of a unit that would leave a meeting outside are refused" 1 --db a.db import units short.csv
has "the message names the meeting" "$ERR" "the meeting of X1 on 2020-03-05 is on record, and by this file the unit did not exist on that day"
exits "so too with --rejects" 1 --db a.db import units short.csv --rejects r.csv
exits "nothing was kept" 0 --db a.db doctor
printf 'code,name,kind,parent,from,to\nX2,Chi bộ 2 (ví dụ),chi_bo_truc_thuoc,X1,2015-01-01,\n' >under.csv
exits "a cell under a cell is refused" 1 --db a.db import units under.csv
has "with both codes" "$ERR" "X2 stands under X1, which is a cell in those days"
printf 'code,name,kind,from,to\nx1,Chi bộ 1 (ví dụ),chi_bo_co_so,2015-01-01,\n' >case.csv
exits "a code that differs only in case is refused" 1 --db a.db import units case.csv
has "and said" "$ERR" "the codes X1 and x1 differ only in case"
exits "evaluate" 0 --db a.db evaluate
printf 'unit,held_on,assessor,item,points\nX1,2020-03-05,superior,discusion,5\n' >slip.csv
exits "points for a line of no form come in" 0 --db a.db import assessments slip.csv
exits "evaluate again" 0 --db a.db evaluate
has "evaluate says that they count for nothing" "$ERR" '"discusion" is no line of central.hd12: points given for it count for nothing (1 times, first for X1)'
printf 'unit,held_on,official,reason\nX1,2020-03-05,xuat_sac,lý do ví dụ\n' >d.csv
exits "a level that the ruleset in force does not have is refused" 1 --db a.db import assessments d.csv
is "with the levels that it has" "d.csv:2:3: official: xuat_sac is no level of central.hd12, which is in force for X1 on 2020-03-05; write one of dat, khong_dat" \
	"$(printf '%s\n' "$ERR" | head -1)"
sed 's/official/proposed/' d.csv >p.csv
exits "so is one that the cell proposed" 1 --db a.db import assessments p.csv
has "that is said too" "$ERR" "p.csv:2:3: proposed: xuat_sac is no level"
mkdir none
exits "where no rules are at hand it comes in" 0 --db a.db --rules none import assessments d.csv
exits "doctor tells an official level that the ruleset does not have" 1 --db a.db doctor
has "and which" "$ERR$OUT" "X1 on 2020-03-05: xuat_sac"
printf 'unit,held_on,official,reason\nX1,2020-03-05,khong_dat,lý do ví dụ\n' >d2.csv
exits "a decision with a level that it has" 0 --db a.db import assessments d2.csv
exits "is well" 0 --db a.db doctor
run 0 --db a.db explain X1 2020-03-05
is "a sheet of pass or fail says once whether a line is met" 0 "$(printf '%s\n' "$OUT" | grep -c '^ *→ \(không \)\{0,1\}đạt *$')"
has "with its grounds" "$OUT" "= 90 phút ≥ 90 phút: đạt"

# --- refusals stand at their column ------------------------------------------------------------------------------------
printf 'code,name,kind,from,to\nX3,Chi bộ 3 (ví dụ),chi_bo_co_so,2015-01-01,2014-12-31\n' >days.csv
exits "a unit that ends before it begins" 1 --db a.db import units days.csv
has "is told at its last day" "$ERR" "days.csv:2:5: to: is before valid_from"
echo '[]' >empty.json
exits "a list of nothing is no fault" 0 --db a.db import meetings empty.json
has "but said" "$ERR" "empty.json:1: warning: no rows: the list is empty; look whether the table was saved whole"
exits "a period is closed" 0 --db a.db seal 2020-03
sed 's/,90$/,91/' m.csv >after.csv
exits "then nothing changes" 1 --db a.db import meetings after.csv
is "the period and the way out are told" "after.csv:2:2: held_on: 2020-03 is sealed: nothing about 2020-03-05 can be changed; leave the row out; \`chibo unseal\` opens a period again" \
	"$(printf '%s\n' "$ERR" | head -1)"
exits "opened again it does" 0 --db a.db unseal 2020-03 --reason 'sửa thời lượng'
exits "as it was before" 0 --db a.db import meetings after.csv
is "one row is one row" "after.csv: 1 row read, 0 new, 1 changed, 0 as before" "$ERR"

# --- days: today is 01/01/2025 ------------------------------------------------------------------------------------------
when() { printf 'unit,held_on,members,present\nX1,%s,10,10\n' "$1" >w.csv; }
when 2052-03-05; exits "a meeting more than a year after today is refused" 1 --db a.db import meetings w.csv
has "as a slip of the year" "$ERR" "w.csv:2:2: held_on: 2052-03-05 is more than a year after today (2025-01-01); correct the year"
when 1980-03-05; exits "so is one more than 40 years before" 1 --db a.db import meetings w.csv
has "in the same words" "$ERR" "1980-03-05 is more than 40 years before today (2025-01-01); correct the year"
when 2025-02-05; exits "a day to come is let in" 0 --db a.db import meetings w.csv
has "with a warning" "$ERR" "warning: held_on: 2025-02-05 is after today (2025-01-01); correct the day, or the clock of this computer; told once a file"
when 2025-01-01; exits "today is nothing special" 0 --db a.db import meetings w.csv
hasnt "no word of it" "$ERR" "after today"
printf 'unit,day\nX1,2052-03-05\n' >v.csv
exits "visits are held to the same" 1 --db a.db import visits v.csv
printf 'unit,month,status\nX1,2052-03,exempt\n' >mo.csv
exits "and months" 1 --db a.db import months mo.csv
has "with their heading" "$ERR" "month: 2052-03-01 is more than a year after today"
decided() { printf 'unit,held_on,official,reason,decided_on\nX1,2020-03-05,dat,lý do ví dụ,%s\n' "$1" >e.csv; }
decided 2020-03-04; exits "a decision before its meeting is refused" 1 --db a.db import assessments e.csv
has "with both days" "$ERR" "e.csv:2:5: decided_on: decided on 2020-03-04, before the meeting (2020-03-05); correct one of the two days"
decided 2025-01-02; exits "so is one after today" 1 --db a.db import assessments e.csv
has "with the day that today is" "$ERR" "decided on 2025-01-02, which is after today (2025-01-01); correct the day, or the clock of this computer"
decided 2020-03-05; exits "on the day of the meeting it may be" 0 --db a.db import assessments e.csv
finish
