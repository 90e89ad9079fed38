#!/bin/sh
# second_thoughts.sh - what later files may not take away from earlier ones, and what doctor says of decisions.
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
exits "a decision comes in" 0 --db a.db import assessments d.csv
exits "doctor tells an official level that the ruleset does not have" 1 --db a.db doctor
has "and which" "$ERR$OUT" "X1 on 2020-03-05: xuat_sac"
printf 'unit,held_on,official,reason\nX1,2020-03-05,khong_dat,lý do ví dụ\n' >d2.csv
exits "a decision with a level that it has" 0 --db a.db import assessments d2.csv
exits "is well" 0 --db a.db doctor
finish
