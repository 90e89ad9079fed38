#!/bin/sh
# terminal.sh - the console in a real terminal (tmux): completion, many lines, paste, Ctrl-C, resize, Vietnamese, a dead pipe.
. "$(dirname "$0")/../lib.sh"
command -v tmux >/dev/null || { not_ok "tmux is installed (make deps-test)"; finish; }

"$CHIBO" --db "$T/r.db" init >/dev/null 2>&1
printf 'code,name,kind,parent,from\nthanh_hoa,Đảng bộ tỉnh Thanh Hóa (ví dụ),tinh,,2015-01-01\nTH-1,Chi bộ số 1 (ví dụ),chi_bo_co_so,thanh_hoa,2015-01-01\n' >u.csv
"$CHIBO" --db "$T/r.db" import units u.csv >/dev/null 2>&1 || not_ok "units come in"

TM="tmux -L chibo-test-$$ -f /dev/null"
trap '$TM kill-server 2>/dev/null; rm -rf "$T"' EXIT
$TM new-session -d -x 100 -y 30 -s c "env HOME=$T LANG=C.UTF-8 LC_ALL=C.UTF-8 TERM=screen CHIBO_RULES=$CHIBO_RULES $CHIBO --db $T/r.db repl; sleep 100"
type_() { $TM send-keys -t c -l "$1"; $TM send-keys -t c Enter; }
send() { $TM send-keys -t c "$@"; }
screen() { $TM capture-pane -p -t c; }
# shows NAME TEXT: the screen comes to show the text within some seconds
shows() {
	n=0
	while [ $n -lt 100 ]; do
		case $(screen) in *"$2"*) ok "$1"; return ;; esac
		sleep 0.1
		n=$((n + 1))
	done
	not_ok "$1" "no \"$2\" on the screen:" "$(screen)"
}
clear_screen() { send C-l; sleep 0.2; }

shows "the console greets with a prompt" "chibo>"
send 'uni' Tab '.thanh' Tab Enter
shows "Tab completes a relation and a unit" "Đảng bộ tỉnh Thanh Hóa"
clear_screen
send 'units{kind="chi_bo_co' Tab '"}:by("ki' Tab '")' Enter
shows "Tab completes inside strings" "chi_bo_co_so"
clear_screen
type_ 'for i = 1, 2 do'
shows "an unfinished chunk asks for more" "    ->"
type_ 'print("x" .. i)'
type_ 'end'
shows "many lines run as one" "x2"
clear_screen

# --- long and wide answers ---
type_ 'n = sql[[with recursive n(i) as (select 1 union all select i+1 from n where i<500) select i*1000 as thousands from n]]'
type_ 'n'
shows "a long answer stops after a screen, in less" ":"
hasnt "and the end is not there yet" "$(screen)" "500.000"
send G
shows "its end can be seen" "500.000"
send q
send '1 + 41' Enter
shows "q goes back to the prompt" "42"
clear_screen
type_ 'n'
shows "again" "27.000"
send C-c
shows "Ctrl-C in the pager ends it" "chibo>"
send 'print("af" .. "ter")' Enter
shows "Ctrl-C in the pager goes back to the prompt" "after"
clear_screen
type_ 'pager(false)'
type_ 'n'
shows "pager(false) prints straight through" "500.000"
type_ 'pager(true)'
clear_screen
type_ "sql[[with recursive n(i) as (select 1 union all select i+1 from n where i<9) select i as one, 1 as eight, '0000000000000000000000000000000000000000' as two, '0000000000000000000000000000000000000000' as three, '0000000000000000000000000000000000000000' as four, '0000000000000000000000000000000000000000' as five, '0000000000000000000000000000000000000000' as six, '0000000000000000000000000000000000000000' as seven from n]]"
shows "columns that do not fit are named" "... and 1 more column: seven"
has "what is cut says so" "$(screen)" "000…"
clear_screen
type_ 'while true do end'
sleep 0.5
send C-c
shows "Ctrl-C stops a loop" "stopped"
send 'pri' Tab '("still here")' Enter
shows "and the session stays" "still here"
clear_screen
send 'local function deep() for r in sql[[with recursive n(i) as (select 1 union all select i+1 from n where i<100000000) select sum(i) as s from n]]:each() do end end deep()' Enter
sleep 0.7
send C-c
shows "Ctrl-C stops a long query" "stopped"
clear_screen
for lua in 'repeat pcall(function() rank{ period = "2020" } end) until false' \
	'repeat s = ("x"):rep(50000000):upper():reverse() until false' \
	'n = 0 for r in sql[[with recursive n(i) as (select 1 union all select i+1 from n where i<1000000) select i from n]]:each() do n = n + 1 end' \
	'coroutine.wrap(function() while true do end end)()'; do
	type_ "$lua"
	sleep 0.5
	send C-c
	shows "Ctrl-C stops: $lua" "stopped"
	clear_screen
done
type_ 'print(("x"):rep(1e9))'
shows "a text that is far too long is refused" "256 MB"
clear_screen
send 'abandoned line' C-c
send '1 + 41' Enter
shows "Ctrl-C at the prompt clears the line" "42"
clear_screen
# decomposed Vietnamese: e + circumflex + acute, then erase one letter
send -l "$(printf 'print("ti\145\314\202\314\201ngX")')"
send Left Left BSpace Enter
shows "decomposed Vietnamese is typed and edited" "$(printf 'ti\145\314\202\314\201ng')"
clear_screen
{ echo 'do'; i=1; while [ $i -le 198 ]; do echo "local v$((i % 90)) = $i"; i=$((i + 1)); done; echo 'print("pasted") end'; } >paste.txt
$TM load-buffer paste.txt
$TM paste-buffer -p -t c
send Enter
shows "a paste of 200 lines runs as one" "pasted"
clear_screen
$TM resize-window -t c -x 60 -y 20
send 'units' Enter
shows "after a resize it goes on" "TH-1"
clear_screen
send 'nosuch.x' Enter
shows "a mistake shows its line" "nosuch.x"
send C-d
n=0
while [ $n -lt 50 ] && [ ! -s "$T/.local/state/chibo/history" ]; do sleep 0.1; n=$((n + 1)); done
has "history lasts" "$(cat "$T/.local/state/chibo/history" 2>/dev/null)" 'print("still here")'
is "history is for its owner only" 600 "$(stat -c %a "$T/.local/state/chibo/history")"

# --- without less, and on other terminals ---
session() { # NAME VARIABLES: another console
	$TM resize-window -t c -x 100 -y 12
	$TM respawn-pane -k -t c "trap : INT; env HOME=$T LANG=C.UTF-8 LC_ALL=C.UTF-8 TERM=screen CHIBO_RULES=$CHIBO_RULES $1 $CHIBO --db $T/r.db repl; echo LEFT; sleep 100"
	shows "the console greets ($1)" "chibo>"
}
long='sql[[with recursive n(i) as (select 1 union all select i+1 from n where i<30) select i*1000 as thousands from n]]'
session PATH=/nowhere
type_ "$long"
shows "without less there is a plain pager" "-- more --"
hasnt "that stops after a screen" "$(screen)" "12.000"
send Space
shows "a blank shows the next screen" "18.000"
send Enter
shows "Enter one line more" "21.000"
hasnt "and no more than that" "$(screen)" "22.000"
send q
send '1 + 41' Enter
shows "q leaves" "42"
type_ "$long"
shows "again" "-- more --"
send C-c
send 'print("af" .. "ter")' Enter
shows "Ctrl-C leaves, the session stays" "after"
for how in PAGER=cat PAGER= TERM=dumb NO_COLOR=1; do
	session "$how"
	type_ "$long"
	if [ $how = NO_COLOR=1 ]; then
		shows "NO_COLOR changes nothing but colour: less waits" ":"
		send q
		sleep 0.5
		send 'print("le" .. "ft")' Enter
		shows "and q leaves" left
	else
		shows "$how: no pager" "30.000"
	fi
	send C-d
	shows "$how: Ctrl-D leaves" LEFT
done
session "PAGER='sed s/000/k/'"
type_ "$long"
shows "\$PAGER is the user's own" "30.k"
send C-d
shows "and the console ends" LEFT

session A=1
type_ 'print(("a"):rep(100000):find(".-.-.-.-b"))'
sleep 0.5
send C-c
sleep 0.3
send C-c
sleep 0.3
send C-c
shows "a pattern that does not listen ends with the third Ctrl-C" LEFT

# --- without a terminal ---
{ "$CHIBO" --db r.db query 'for i = 1, 200000 do print(i) end' 2>pipe.err; echo $? >pipe.rc; } | head -1 >/dev/null
is "a dead pipe ends quietly" "0 " "$(cat pipe.rc) $(cat pipe.err)"
TERM=dumb "$CHIBO" --db r.db query '6*7' >dumb.txt 2>&1 </dev/null
is "a dumb terminal prints plainly" 42 "$(cat dumb.txt)"
finish
