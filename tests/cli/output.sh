#!/bin/sh
# output.sh - what comes out: valid JSON and CSV everywhere, cells that a spreadsheet would run, closed pipes, full disks.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/cli/fixture/office.sh"
office a.db || { not_ok "the invented office is made" "$(cat office.err)"; finish; }

json() { # NAME ARGS...: JSON that a strict parser takes
	n=$1; shift
	if "$CHIBO" --db a.db "$@" --json >j.out 2>j.err && python3 -c 'import json,sys; json.load(open("j.out",encoding="utf-8"))' 2>>j.err; then ok "$n is JSON"
	else not_ok "$n is JSON" "$(head -c 600 j.out)" "$(cat j.err)"; fi
}
csv() { # every row as wide as the head
	n=$1; shift
	if "$CHIBO" --db a.db "$@" --csv >c.out 2>c.err && python3 -c '
import csv
rows = list(csv.reader(open("c.out", encoding="utf-8", newline="")))
assert rows and all(len(r) == len(rows[0]) for r in rows), [len(r) for r in rows]
bad = [c for r in rows[1:] for c in r if c[:1] in "=+@\t\r" and c[:1]]
assert not bad, bad' 2>>c.err; then ok "$n is CSV"
	else not_ok "$n is CSV" "$(head -c 600 c.out)" "$(cat c.err)"; fi
}
while read -r n args; do
	# shellcheck disable=SC2086
	{ json "$n" $args; csv "$n" $args; }
done <<'LIST'
evaluate evaluate --all
rank rank --period 2020-Q1
explain explain A1 2020-01-06
compliance compliance --period 2020-Q1
losses advise --period 2020-Q1
advice advise A1 2020-02-07
lift advise --period 2020-Q1 --unit A1
commend commend --period 2020-Q1
month report month 2020-01
list report month 2020-01 --list
quarter report quarter 2020-Q1
half report half 2020-H1
nine-months report nine-months 2020
year report year 2020
whatif whatif central.hd42 --period 2020
rules-check rules check tuyen_quang.qd19
rules-list rules list
rules-show rules show tuyen_quang.qd19
rules-form rules form an_phu.hd42
visits visits --period 2020-Q1
runs runs
replay replay 1
audit audit
results export results
criteria export criteria
meetings export meetings
units export units
assessments export assessments
LIST
for what in "rank --period 2020-Q1" "explain A1 2020-01-06" "report quarter 2020-Q1" "report month 2020-01 --list" "rules show tuyen_quang.qd19"; do
	# shellcheck disable=SC2086
	{ exits "$what as Markdown" 0 --db a.db $what --markdown; }
	has "$what: a table" "$OUT" "| ---"
done
for what in "explain A1 2020-01-06" "report year 2020" "report month 2020-01 --list" "rules show tuyen_quang.qd19"; do
	# shellcheck disable=SC2086
	{ exits "$what as a page" 0 --db a.db $what --html; }
	has "$what: prints on A4" "$OUT" "@page{size:A4"
	hasnt "$what: fetches nothing" "$OUT" "src="
	printf %s "$OUT" >page.html
	python3 - <<'PY' && ok "$what: its tags close" || not_ok "$what: its tags close"
from html.parser import HTMLParser
class P(HTMLParser):
    def __init__(self): super().__init__(); self.s = []
    def handle_starttag(self, t, a):
        if t not in ("meta", "rect", "br"): self.s.append(t)
    def handle_endtag(self, t):
        if t in ("rect",): return
        assert self.s and self.s.pop() == t, t
p = P(); p.feed(open("page.html", encoding="utf-8").read()); p.close()
assert not p.s, p.s
PY
done

# --- a name that a spreadsheet or a browser would run --------------------------------------------------------------
cat >evil.csv <<'CSV'
code,name,kind,parent
E1,"=HYPERLINK(""http://x"",""y"")",chi_bo_truc_thuoc,DB1
E2,<script>alert(1)</script>,chi_bo_truc_thuoc,DB1
CSV
if run 0 --db a.db import units evil.csv; then
	run 0 --db a.db export units --csv
	has "a formula leaves with an apostrophe" "$OUT" "\"'=HYPERLINK"
	run 0 --db a.db compliance --period 2020-01 --html
	hasnt "markup leaves escaped" "$OUT" "<script>"
	has "and can be read" "$OUT" "&lt;script&gt;"
else
	has "such names are refused at the door" "$ERR" "evil.csv:2"
fi

# --- pipes, full disks ------------------------------------------------------------------------------------------------
"$CHIBO" --db a.db export criteria 2>pipe.err | head -1 >/dev/null
is "a closed pipe ends without a word" "" "$(cat pipe.err)"
{ "$CHIBO" --db a.db sql "with recursive n(i) as (select 1 union all select i+1 from n where i<100000) select i from n" --csv 2>pipe.err; echo $? >pipe.rc; } | head -1 >/dev/null
is "also when much is still to come" "" "$(cat pipe.err)"
is "and that is no failure" 0 "$(cat pipe.rc)"
mkfifo pipe
cat pipe >from_pipe.csv &
"$CHIBO" --db a.db export criteria --output pipe 2>/dev/null; wait
has "--output writes into a pipe that is there" "$(head -1 from_pipe.csv)" "meeting_id"
[ -p pipe ] && ok "and leaves it a pipe" || not_ok "and leaves it a pipe"
exits "--output never takes the record's place" 2 --db a.db export criteria --output a.db
has "and says so" "$ERR" "is the record itself"
exits "the record is still one" 0 --db a.db doctor
"$CHIBO" --db a.db export criteria >/dev/full 2>full.err; rc=$?
is "a full device is exit 3" 3 $rc
has "and says so" "$(cat full.err)" "No space left on device"
is "in one line" 1 "$(wc -l <full.err)"
"$CHIBO" --db a.db report year 2020 --html >/dev/full 2>full.err; is "a report too" 3 $?
"$CHIBO" --db a.db export results >&- 2>full.err; rc=$?
is "a closed stdout is exit 3" 3 $rc

# --- --output ---------------------------------------------------------------------------------------------------------
exits "--output writes a file" 0 --db a.db export results -o kq.csv
is "and nothing else" "" "$OUT"
is "with a head and six rows" 7 "$(wc -l <kq.csv)"
exits "a failed run leaves no file" 3 --db a.db explain 99999 -o none.txt
[ -e none.txt ] || [ -e none.txt.part ] && not_ok "none.txt is not there" || ok "none.txt is not there"
exits "a folder that is not there is told" 3 --db a.db export results -o nowhere/kq.csv
has "by its name" "$ERR" "cannot write nowhere/kq.csv: No such file or directory"
ln -s there.csv link.csv
exits "--output through a link" 0 --db a.db export results -o link.csv
[ -L link.csv ] && ok "leaves the link a link" || not_ok "leaves the link a link"
is "and writes where it points" 7 "$(wc -l <there.csv)"
mkfifo pipe.csv; cat pipe.csv >through.csv & reader=$!
exits "--output into a named pipe" 0 --db a.db export results -o pipe.csv; wait $reader
[ -p pipe.csv ] && ok "leaves the pipe a pipe" || not_ok "leaves the pipe a pipe"
is "and its reader gets every row" 7 "$(wc -l <through.csv)"
exits "a device that is full is exit 3" 3 --db a.db export results -o /dev/full
has "and is told" "$ERR" "cannot write /dev/full: No space left on device"
[ -c /dev/full ] && ok "and stays a device" || not_ok "and stays a device"
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=16k tmpfs small 2>/dev/null; then
	exits "a full disk is exit 3" 3 --db a.db sql "with recursive n(i) as (select 1 union all select i+1 from n where i<100000) select i from n" --csv -o small/kq.csv
	has "and says so" "$ERR" "No space left on device"
	[ -e small/kq.csv ] && not_ok "half a file is not left" || ok "half a file is not left"
	umount small
fi
finish
