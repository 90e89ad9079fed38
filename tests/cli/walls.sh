#!/bin/sh
# walls.sh - functions of packs in processes of their own, through the program: one for a ruleset and a run, none where there is
# no function; what becomes of a run whose process is killed. All data is invented: two provinces, a pack for each.
. "$(dirname "$0")/../lib.sh"
mkdir -p rules/a rules/b
pack() { # ID ISSUER HOW
	cat <<END
return ruleset { id = "$1", issuer = "$2", status = "reconstructed", effective = { from = "2019-01-01" },
	criteria = { criterion { id = "c", max = 100, label = "Thí dụ", $3 } },
	levels = { { "tot", 60, "Tốt" }, { "kem", 0, "Kém" } } }
END
}
SLOW='needs = { "speakers" }, score = function(m) local n = 0 for i = 1, 50000 do n = n + i % 7 end return 10 * m.speakers, "tính " .. n end'
pack a.slow tinh_a "$SLOW" >rules/a/slow.lua
pack b.fast tinh_b 'needs = { "speakers" }, score = function(m) return 10 * m.speakers end' >rules/b/fast.lua
awk 'BEGIN { print "code,name,kind,parent"; print "tinh_a,Tỉnh A (thí dụ),tinh,"; print "tinh_b,Tỉnh B (thí dụ),tinh,"
	for (i = 1; i <= 20; i++) printf "C%02d,Chi bộ %d (thí dụ),chi_bo_co_so,%s\n", i, i, i % 2 ? "tinh_a" : "tinh_b" }' >units.csv
awk 'BEGIN { print "unit,held_on,members,present,speakers"; for (m = 0; m < 72; m++) for (i = 1; i <= 20; i++)
	printf "C%02d,%d-%02d-%02d,20,%d,%d\n", i, 2019 + int(m / 12), m % 12 + 1, 3 + i % 20, 14 + i % 5, 5 + m % 4 }' >meetings.csv
export CHIBO_DB=x.db CHIBO_RULES=rules
exits "the record is made" 0 --quiet init && run 0 --quiet import units units.csv && exits "and filled" 0 --quiet import meetings meetings.csv
cp x.db empty.db

children() { awk -v p="$1" '$4 == p && $2 == "(chibo)" { print $1 }' /proc/[0-9]*/stat 2>/dev/null; }
# started [BY...]: evaluates in the background; $pid, and $kids once there are some, or "" when it ended before
started() {
	"$@" "$CHIBO" evaluate >out 2>err </dev/null & pid=$!
	kids=
	while [ -z "$kids" ] && kill -0 $pid 2>/dev/null; do kids=$(children $pid); done
}

started
most=0
while kill -0 $pid 2>/dev/null; do n=$(children $pid | wc -l); [ "$n" -gt $most ] && most=$n; done
wait $pid; is "a run with two packs of functions ends well" 0 $?
is "it has one process for each of them, however many criteria and meetings" 2 $most
is "all are rated" 1440 "$(sqlite3 x.db "select count(*) from result where status = 0")"
is "with what the functions gave: 10 for each of 5, 6, 7, 8 speakers" 93600000 "$(sqlite3 x.db "select sum(score_n) from result")"
exits "replay gives the same again" 0 replay 1
exits "and explain shows the note" 0 explain C01 2019-03-04
has "as the function wrote it" "$OUT" "Ghi chú: tính 150003"

cp empty.db x.db
# what starts the program may ignore the ends of children, and a program inherits that: this one asks for them
BY='import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])'
started python3 -c "$BY"
exec 9>&2 2>/dev/null
[ -n "$kids" ] && kill -9 $kids
exec 2>&9
wait $pid; rc=$?
[ -n "$kids" ] && ok "the process was there to be killed" || not_ok "the process was there to be killed"
is "a run whose process is killed from outside could not run" 3 $rc
is "it says what happened to whom" "chibo: rules/a/slow.lua: the process that runs the functions of ruleset a.slow was killed from outside (SIGKILL); does the computer lack memory? run this again" "$(cat err)"
is "nothing of the run is stored" "0 0" "$(sqlite3 x.db "select (select count(*) from result) || ' ' || (select count(*) from run)")"
exits "the record is well" 0 doctor
exits "and is rated by the next run" 0 evaluate
is "all of it" 1440 "$(sqlite3 x.db "select count(*) from result where status = 0")"

# the program itself goes: its processes go with it
cp empty.db x.db
started
kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
i=0; while [ $i -lt 100 ] && for k in $kids; do grep -q "^State:.[^ZX]" /proc/$k/status 2>/dev/null && break; done && kill -0 $k 2>/dev/null; do sleep 0.1; i=$((i + 1)); done
left=; for k in $kids; do grep -q "^State:.[^ZX]" /proc/$k/status 2>/dev/null && left="$left $k"; done
is "a killed run leaves no process behind" "" "$left"

# a budget is the function's own error: the other ruleset is rated
pack a.slow tinh_a 'needs = { "speakers" }, score = function(m) while true do end end' >rules/a/slow.lua
cp empty.db x.db
exits "a function without end is a finding" 1 evaluate
has "told with its line" "$ERR" "rules/a/slow.lua:2: stopped: used up its fuel (fuel_call"
has "and once for all that failed alike" "$ERR" "more meetings: rules/a/slow.lua: stopped: its functions used up the fuel of this run"
is "in a few lines" 1 "$(printf '%s\n' "$ERR" | awk 'END { print NR < 14 }')"
is "the other pack is not harmed" 720 "$(sqlite3 x.db "select count(*) from result where status = 0")"

# packs without functions start nothing
rm rules/a/slow.lua rules/b/fast.lua
pack a.slow tinh_a 'score = flag(fact.speakers:ge(6), 100)' >rules/a/slow.lua
cp empty.db x.db
if strace -f -o trace true >/dev/null 2>&1; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace "$CHIBO" --quiet evaluate >/dev/null 2>err; is "a pack without functions is run" 0 "$?$(head -3 err)"
	is "a pack without functions starts no process" 0 "$(grep -cE '^[0-9]+ +(clone|clone3|fork|vfork)\(' trace)"
else
	ok "a pack without functions starts no process (not looked at: no strace)"
fi
finish
