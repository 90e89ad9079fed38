#!/bin/sh
# The record as any program that reads SQLite sees it: every view answers, and the shell cannot break what must not change.
. "$(dirname "$0")/../lib.sh"
"$CHIBO" --db r.db --quiet init
{ echo ".parameter set :n 5000"; cat "$ROOT/tests/bench/generate.sql"; } | sqlite3 -bail r.db >/dev/null
"$CHIBO" --db r.db --rules "$ROOT/tests/bench/rules" --quiet evaluate >/dev/null
is "the file is private" 600 "$(stat -c %a r.db)"
for v in $(sqlite3 r.db "SELECT name FROM sqlite_schema WHERE type='view' ORDER BY name"); do
	n=$(sqlite3 -safe r.db "PRAGMA trusted_schema=OFF; SELECT count(*) FROM (SELECT * FROM $v LIMIT 100)" 2>&1)
	case $n in ''|*[!0-9]*) not_ok "$v answers" "$n" ;; *) ok "$v answers" ;; esac
done
is "v_meeting has the unit as on the day" "c2|Chi bộ 2|chi_bo_truc_thuoc|thu|Đảng bộ tỉnh Thử|co_quan|2000-01-01|2000-01|regular" \
	"$(sqlite3 r.db "SELECT unit_code,unit_name,unit_kind,parent_code,parent_name,cell_type,held_on,month,kind FROM v_meeting WHERE id=1")"
is "v_result counts as evaluate did" "$(sqlite3 r.db "SELECT rated||' '||missing FROM v_run")" \
	"$(sqlite3 r.db "SELECT sum(status='rated')||' '||sum(status='missing') FROM v_result")"
is "v_result_criterion adds up to the score" 0 \
	"$(sqlite3 r.db "SELECT count(*) FROM v_result r WHERE status='rated' AND score_n<>(SELECT sum(points) FROM v_result_criterion c WHERE c.meeting_id=r.meeting_id)")"
is "a missing fact is named" present "$(sqlite3 r.db "SELECT missing FROM v_result WHERE status='missing' AND missing LIKE 'present%' LIMIT 1" | cut -d' ' -f1)"
has "the audit cannot be changed" "$(sqlite3 r.db "INSERT INTO audit(what,subject) VALUES('x','y'); DELETE FROM audit" 2>&1)" "audit is never deleted"
has "nonsense is refused" "$(sqlite3 r.db "UPDATE meeting SET present=members+1 WHERE id=1" 2>&1)" "present<=members"
exits "the doctor is content" 0 --db r.db doctor
sqlite3 r.db "UPDATE result SET level='tot' WHERE meeting_id=1"
exits "the doctor finds a level that was typed over" 1 --db r.db doctor
has "and says which run" "$OUT$ERR" "the results of run 1 were changed after it"
finish
