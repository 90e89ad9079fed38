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

# --- without a terminal ---
{ "$CHIBO" --db r.db query 'for i = 1, 200000 do print(i) end' 2>pipe.err; echo $? >pipe.rc; } | head -1 >/dev/null
is "a dead pipe ends quietly" "0 " "$(cat pipe.rc) $(cat pipe.err)"
TERM=dumb "$CHIBO" --db r.db query '6*7' >dumb.txt 2>&1 </dev/null
is "a dumb terminal prints plainly" 42 "$(cat dumb.txt)"
finish
