#!/bin/sh
# watch.sh - rules watch as a running program: saves in several ways, a broken file, a mended one, Ctrl-C.
. "$(dirname "$0")/../lib.sh"
cp -r "$ROOT/rules" rules && CHIBO_RULES=$T/rules
CHIBO_DB=$T/w.db; export CHIBO_DB
mkdir tmp; TMPDIR=$T/tmp; export TMPDIR
cat >units.csv <<'X'
code,name,kind,parent,members
tuyen_quang,Đảng bộ tỉnh Tuyên Quang,tinh,,
D,Đảng bộ Khối,khoi,tuyen_quang,
A,Chi bộ A,chi_bo_co_so,D,20
B,Chi bộ B,chi_bo_co_so,D,20
X
cat >meetings.csv <<'X'
unit,held_on,kind,members,exempt,present,absent_unexcused,longest_excused_run,duration_minutes,planned_on,committee_size,committee_met,documents_days_before,steps_complete,regular_content,thematic_content,speakers,minutes_recorded,resolution_passed,tasks_assigned,tasks_done
A,05/03/2020,regular,20,0,20,0,0,90,05/03/2020,3,1,1,1,1,0,11,1,1,0,0
B,05/03/2020,regular,20,0,20,0,0,75,05/03/2020,3,1,0,1,1,0,11,1,1,0,0
X
run 0 --quiet init && run 0 import units units.csv && run 0 import meetings meetings.csv && run 0 evaluate || not_ok "the record is made" "$ERR"
pack=rules/tuyen_quang/qd19.lua
cp "$pack" good.lua

# start ARGS...: the program in the background with its screens in w.out; waits until it watches. A shell starts what is in
# the background with SIGINT ignored, which a terminal does not.
start() {
	: >w.out
	python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])' \
		"$CHIBO" rules watch "$@" >w.out 2>w.err </dev/null & W=$!
	await '^watching'
}
# await PATTERN: until the output has it, at most 20 seconds
await() {
	i=0
	while [ $i -lt 200 ]; do grep -q "$1" w.out && return 0; sleep 0.1; i=$((i + 1)); done
	not_ok "nothing came of: $1" "$(cat w.out w.err)"; return 1
}
# screen N: waits for the N-th screen's end and prints it
screen() {
	i=0
	while [ $i -lt 200 ]; do
		[ "$(grep -c '^watching; Ctrl-C' w.out)" -ge "$1" ] && break
		sleep 0.1; i=$((i + 1))
	done
	awk -v n="$1" '/^== /{ k++ } k == n { print }' w.out
}
stop() { kill -INT $W; wait $W; ENDED=$?; }

for how in "" --poll; do
	start tuyen_quang.qd19 $how
	sed 's/{ "tot", 90, "Tốt" }/{ "tot", 95, "Tốt" }/' good.lua >"$pack"
	s=$(screen 1)
	has "a save is checked $how" "$s" "tuyen_quang.qd19: no mistake"
	has "its cases are run" "$s" "cases: "
	has "and those that fail are told with their place" "$s" "cases/qd19.lua:"
	has "what changed in meaning since before" "$s" "mức tot"
	has "and the effect on the record" "$s" "Kỳ sinh hoạt đổi mức"
	has "with who moves" "$s" "Chi bộ B"

	printf 'return ruleset {\n\tid = "x"\n\ttitle = "y",\n}\n' >"$pack"
	s=$(screen 2)
	has "a broken file is told" "$s" "tuyen_quang/qd19.lua:3: '}' expected"
	hasnt "and nothing else" "$s" "cases:"

	cp good.lua new.lua && sed -i 's/short:le(15), 8/short:le(15), 7/' new.lua && mv new.lua "$pack"
	s=$(screen 3)
	has "a file that replaces it is seen" "$s" "tuyen_quang.qd19: no mistake"
	has "and compared with the last good one: the level" "$s" "mức tot"
	has "and the points" "$s" "7 điểm"
	has "the record is compared with what it was rated with" "$s" "record: 2 meetings, none would change its level"

	cp good.lua "$pack"
	s=$(screen 4)
	has "the first version again" "$s" "8 điểm"
	printf '\n' >>rules/tuyen_quang/cases/qd19.lua
	s=$(screen 5)
	has "a saved case file counts too" "$s" "cases: 75 pass"
	has "without a change of meaning" "$s" "meaning: as it was in the last good version"
	is "no other screen came" 5 "$(grep -c '^== ' w.out)"
	stop
	is "Ctrl-C ends it, exit code 0" 0 $ENDED
	is "nothing is said about that" "" "$(cat w.err)"
	is "no copy is left behind" "" "$(ls tmp)"
	cp "$ROOT/rules/tuyen_quang/cases/qd19.lua" rules/tuyen_quang/cases/qd19.lua
done

start
cp rules/an_phu/hd42.lua x && sed -i 's/{ short:le(15), 4/{ short:le(15), 3/' x && mv x rules/an_phu/hd42.lua
s=$(screen 1)
has "without a name every pack is watched" "$s" "an_phu/hd42.lua =="
has "and compared" "$s" "3 điểm"
has "a pack that rated nothing yet says so" "$s" "record: no result was made with an_phu.hd42 yet"
printf '\n' >>rules/lam_dong/cases/hd_btc.lua
has "a case file belongs to its pack" "$(screen 2)" "lam_dong/hd_btc.lua =="
stop
is "Ctrl-C ends this too" 0 $ENDED

mkdir elsewhere && cp good.lua elsewhere/thu.lua
start elsewhere/thu.lua
sed -i 's/{ "tot", 90, "Tốt" }/{ "tot", 95, "Tốt" }/' elsewhere/thu.lua
has "a copy elsewhere may be watched" "$(screen 1)" "Chi bộ B"
kill -TERM $W; wait $W
is "a polite end is one as well" 0 $?
CHIBO_DB=$T/none.db start tuyen_quang.qd19
has "without a record it says so" "$(cat w.out)" "none.db: there is no record"
printf '\n' >>"$pack"
hasnt "and does without" "$(screen 1)" "record:"
stop
is "to its end" 0 $ENDED

exits "one screen can be had alone" 0 rules watch tuyen_quang.qd19 --once --since elsewhere/thu.lua
has "against an earlier copy" "$OUT" "mức tot"
exits "rules test --watch is the same word" 2 rules test --watch --coverage
has "that goes alone" "$ERR" "--watch takes one pack or none"
exits "a pack that is not there" 2 rules watch tuyen_quang.qd18
has "is told with the nearest" "$ERR" "did you mean 'tuyen_quang.qd19'?"
finish
