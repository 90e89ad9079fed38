#!/bin/sh
# kill.sh - kill -9 at 50 random moments of an import and of an evaluate: the record is whole each time, and what was
# being done is wholly there or wholly absent. The data is invented by awk: some thousand meetings.
. "$(dirname "$0")/../lib.sh"
awk 'BEGIN {
	print "code,name,kind,parent"
	print "tuyen_quang,Tỉnh (thí dụ),tinh,"
	for (i = 1; i <= 20; i++) printf "C%02d,Chi bộ %d (thí dụ),chi_bo_co_so,tuyen_quang\n", i, i
}' >units.csv
awk 'BEGIN {
	srand(7)
	print "unit,held_on,members,exempt,present,absent_unexcused,longest_excused_run,duration_minutes,planned_on,committee_size,committee_met,documents_days_before,steps_complete,regular_content,speakers,minutes_recorded,resolution_passed,tasks_assigned,tasks_done"
	for (m = 0; m < 72; m++) for (i = 1; i <= 20; i++) {
		d = sprintf("%d-%02d-%02d", 2019 + int(m / 12), m % 12 + 1, 3 + i % 20)
		printf "C%02d,%s,20,0,%d,0,%d,%d,%s,3,1,%d,1,1,%d,1,1,4,%d\n", i, d, 14 + int(rand() * 7), int(rand() * 5), 60 + int(rand() * 60), d, int(rand() * 3), 5 + int(rand() * 9), int(rand() * 5)
	}
}' >meetings.csv
want=$(($(wc -l <meetings.csv) - 1))
"$CHIBO" --quiet --db base.db init && "$CHIBO" --quiet --db base.db import units units.csv || { not_ok "the record is made"; finish; }
cp base.db full.db
t0=$(date +%s%N); "$CHIBO" --quiet --db full.db import meetings meetings.csv || { not_ok "the import runs"; finish; }
t1=$(date +%s%N); cp full.db rated.db
"$CHIBO" --quiet --db rated.db evaluate >/dev/null || { not_ok "the evaluation runs"; finish; }
t2=$(date +%s%N)
is "the whole import" "$want" "$(sqlite3 full.db 'select count(*) from meeting')"

# killed START FINISH MS ARGS...: 50 times a copy of START, killed after a random part of MS; $half counts what was cut off
killed() {
	from=$1 ms=$2 query=$3 whole=$4; shift 4
	i=0 absent=0 there=0 bad=
	while [ $i -lt 50 ]; do
		rm -f k.db k.db-journal
		cp "$from" k.db
		wait_ms=$(awk -v i=$i -v ms="$ms" 'BEGIN { srand(i * 31 + ms); printf "%.4f", (rand() * 1.05 * ms) / 1000 }')
		"$CHIBO" --quiet --db k.db "$@" >/dev/null 2>&1 & pid=$!
		sleep "$wait_ms"; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
		doctor=$("$CHIBO" --db k.db doctor 2>&1) || bad="$bad doctor after $wait_ms: $doctor;"
		n=$(sqlite3 k.db "$query")
		case $n in 0) absent=$((absent + 1)) ;; "$whole") there=$((there + 1)) ;; *) bad="$bad $n rows after $wait_ms;" ;; esac
		i=$((i + 1))
	done
}
exec 9>&2 2>/dev/null # the shell's own "Killed" lines
killed base.db $(((t1 - t0) / 1000000)) "select count(*) from meeting" "$want" import meetings meetings.csv
exec 2>&9
is "50 killed imports: the record is whole, the import wholly there or wholly absent" "" "$bad"
[ $absent -ge 10 ] && ok "many were cut off in the middle ($absent absent, $there there)" || not_ok "many were cut off in the middle" "$absent absent, $there there"
exec 9>&2 2>/dev/null
killed full.db $(((t2 - t1) / 1000000)) "select count(*) from result" "$want" evaluate
exec 2>&9
is "50 killed evaluations: the record is whole, the run wholly there or wholly absent" "" "$bad"
[ $absent -ge 10 ] && ok "many were cut off in the middle of the run ($absent absent, $there there)" || not_ok "many were cut off in the middle of the run" "$absent absent, $there there"
is "what was cut off left no run behind" "$(sqlite3 k.db 'select count(distinct run_id) from result')" "$(sqlite3 k.db 'select count(*) from run')"
"$CHIBO" --quiet --db k.db evaluate >/dev/null && is "and runs again to the end" "$want" "$(sqlite3 k.db 'select count(*) from result')"
finish
