#!/bin/sh
# faults.sh - what can be wrong with a record or the place it stands in: one clear line, the right exit code, and the
# record as it was before.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/cli/fixture/office.sh"
office good.db || { not_ok "the invented office is made" "$(cat office.err)"; finish; }

# fault NAME CODE WORDS ARGS...: fails with CODE and one line that holds WORDS; no data
fault() {
	n=$1; code=$2; words=$3; shift 3
	exits "$n: exit $code" "$code" "$@"
	has "$n: says why" "$ERR" "$words"
	is "$n: in one line" 1 "$(printf '%s\n' "$ERR" | wc -l)"
	is "$n: no data" "" "$OUT"
}
same() { if cmp -s "$2" "$3"; then ok "$1"; else not_ok "$1" "$2 and $3 differ"; fi; }

fault "no record" 3 "none.db: there is no record; 'chibo --db none.db init' makes one" --db none.db runs
fault "no folder" 3 "no/such/folder.db" --db no/such/folder.db init
mkdir folder.db
fault "a folder in place of the record" 3 "folder.db" --db folder.db runs
fault "init over a record" 3 "good.db is there already; nothing was changed" --db good.db init
printf 'not a database at all, only text that is long enough to be read as a header ..........................................\n' >text.db
cp text.db text.before
fault "a text file" 3 "text.db" --db text.db evaluate
same "the text file is as it was" text.db text.before
: >empty.db
fault "an empty file" 3 "empty.db" --db empty.db runs
sqlite3 foreign.db "create table t(x); insert into t values(1)"
cp foreign.db foreign.before
for cmd in runs evaluate doctor migrate; do fault "another program's database, $cmd" 3 "foreign.db" --db foreign.db $cmd; done
fault "another program's database, import" 3 "foreign.db" --db foreign.db import units units.csv
same "the foreign database is as it was" foreign.db foreign.before
cp good.db newer.db && sqlite3 newer.db "pragma user_version=999"
cp newer.db newer.before
for cmd in runs evaluate migrate doctor; do fault "a newer record, $cmd" 3 "newer" --db newer.db $cmd; done
same "the newer record is as it was" newer.db newer.before

# --- damaged: overwrite and cut, in many places; never a crash, never a lie ---------------------------------------------
size=$(wc -c <good.db)
"$CHIBO" --db good.db export results >good.results
i=0; told=0; bad=
while [ $i -lt 40 ]; do
	cp good.db hurt.db
	at=$(((i * 7919 + 100) % size))
	head -c 64 /dev/urandom | dd of=hurt.db bs=1 seek=$at conv=notrunc 2>/dev/null
	"$CHIBO" --db hurt.db doctor >hurt.out 2>hurt.err; rc=$?
	case $rc in 0) ;; 1 | 3) told=$((told + 1)) ;; *) bad="$bad doctor:$at:$rc" ;; esac
	[ $rc = 0 ] || [ -s hurt.err ] || bad="$bad silent:$at"
	if [ $rc = 0 ]; then # then what is read out of it must be what was put into it
		"$CHIBO" --db hurt.db export results >hurt.csv 2>/dev/null && cmp -s hurt.csv good.results || bad="$bad lie:$at"
	fi
	for cmd in "evaluate --all" "export results" "report quarter 2020-Q1"; do
		# shellcheck disable=SC2086
		"$CHIBO" --db hurt.db $cmd >/dev/null 2>hurt.err; rc=$?
		case $rc in 0 | 1 | 3) ;; *) bad="$bad $cmd:$at:$rc" ;; esac
	done
	i=$((i + 1))
done
is "forty overwritten records: no crash, no silence, no result that nobody gave" "" "$bad"
[ $told -ge 1 ] && ok "doctor tells what it finds ($told of 40; the others hit free space)" || not_ok "doctor tells what it finds"
head -c $((size / 2)) good.db >half.db
fault "half a record" 3 "half.db" --db half.db evaluate
head -c $((size - 4096)) good.db >cut.db
exits "doctor on a record that lacks its end" 3 --db cut.db doctor || true
cp good.db tampered.db && sqlite3 tampered.db "update result set score_n = score_n + 1000 where meeting_id = 2"
exits "a result that was changed by hand is found by doctor" 1 --db tampered.db doctor
hasnt "and doctor does not say that all is well" "$OUT" "all is well"

# --- who else is there ------------------------------------------------------------------------------------------------------
cp good.db held.db
held() { python3 - "$@" <<'PY'
import sqlite3, subprocess, sys
c = sqlite3.connect("held.db", isolation_level=None)
c.execute("begin exclusive")
r = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(r.returncode); print(r.stderr.strip())
PY
}
held "$CHIBO" --db held.db evaluate --all >held.out
is "a locked record is exit 3" 3 "$(head -1 held.out)"
has "and says so" "$(cat held.out)" "held.db: the record is in use by another program"
is "and is whole afterwards" "held.db: all is well" "$("$CHIBO" --db held.db doctor)"
if [ "$(id -u)" != 0 ]; then
	cp good.db ro.db && chmod 444 ro.db
	fault "a read-only record" 3 "ro.db" --db ro.db evaluate --all
	exits "can be read" 0 --db ro.db runs
elif mkdir ro && mount -t tmpfs tmpfs ro 2>/dev/null; then
	cp good.db ro/ro.db && mount -o remount,ro ro
	fault "a read-only record" 3 "ro.db" --db ro/ro.db evaluate --all
	exits "can be read" 0 --db ro/ro.db runs
	fault "init on a read-only disk" 3 "ro/new.db" --db ro/new.db init
	umount ro
fi

# --- no room --------------------------------------------------------------------------------------------------------------------
awk 'BEGIN { print "unit,held_on,members,present"; for (i = 0; i < 20160; i++)
	printf "A%d,%d-%02d-%02d,20,18\n", i % 2 + 1, 1990 + int(i / 672), int(i / 2) % 12 + 1, int(i / 24) % 28 + 1 }' >many.csv
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=640k tmpfs small 2>/dev/null; then
	cp good.db small/a.db
	fault "an import on a full disk" 3 "no room left on the disk; nothing was changed" --db small/a.db import meetings many.csv
	same "leaves the record as it was" good.db small/a.db
	is "and whole" "small/a.db: all is well" "$("$CHIBO" --db small/a.db doctor)"
	head -c 400000 /dev/zero >small/filler 2>/dev/null
	fault "a backup on a full disk" 3 "no room left" --db small/a.db backup small/b.db
	[ -e small/b.db ] && not_ok "half a backup is not left" "$(ls -l small)" || ok "half a backup is not left"
	umount small
fi
cp good.db limit.db
(ulimit -f 300 2>/dev/null; "$CHIBO" --db limit.db import meetings many.csv >limit.out 2>limit.err; echo $? >limit.rc)
is "an import beyond the file size limit is exit 3" 3 "$(cat limit.rc)"
is "and leaves the record whole" "limit.db: all is well" "$("$CHIBO" --db limit.db doctor)"
is "with the meetings it had" 6 "$(sqlite3 limit.db 'select count(*) from meeting')"

# --- files that are not there ----------------------------------------------------------------------------------------------------
fault "an import of no file" 3 "none.csv" --db good.db import units none.csv
fault "rules that are not there" 3 "nowhere" --db good.db --rules nowhere evaluate
mkdir bad && printf 'return ruleset { id = "bad.x", nonsense = 1 }\n' >bad/x.lua
exits "rules with mistakes are exit 1" 1 --db good.db --rules bad evaluate
has "told with file and line" "$ERR" "x.lua:1"
cp good.db a.db
fault "a backup over a file" 3 "good.db" --db a.db backup good.db
exits "a backup" 0 --db a.db backup copy.db
is "is whole" "copy.db: all is well" "$("$CHIBO" --db copy.db doctor)"

# --- stopped by hand -----------------------------------------------------------------------------------------------------------------
cp good.db stop.db
"$CHIBO" --db stop.db import meetings many.csv >stop.out 2>stop.err & pid=$!
sleep 0.1; kill -INT $pid 2>/dev/null; wait $pid; rc=$?
# a background job of a shell ignores SIGINT; then it simply finishes
case $rc in
130) has "an interrupted import says so" "$(cat stop.err)" "stopped"
	is "and keeps nothing" 6 "$(sqlite3 stop.db 'select count(*) from meeting')" ;;
0) ok "an import that ignores SIGINT (background) finishes" ;;
*) not_ok "an interrupted import" "exit code $rc" "$(cat stop.err)" ;;
esac
cp good.db stop.db
"$CHIBO" --db stop.db import meetings many.csv >stop.out 2>stop.err & pid=$!
sleep 0.1; kill -TERM $pid 2>/dev/null; wait $pid; rc=$?
case $rc in
143) is "a terminated import keeps nothing" 6 "$(sqlite3 stop.db 'select count(*) from meeting')"
	has "and says so" "$(cat stop.err)" "stopped; the record is as it was before" ;;
0) ok "the import was faster than the signal" ;;
*) not_ok "a terminated import" "exit code $rc" "$(cat stop.err)" ;;
esac
is "and the record is whole" "stop.db: all is well" "$("$CHIBO" --db stop.db doctor)"
finish
