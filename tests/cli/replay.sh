#!/bin/sh
# replay.sh - results come out as they were after the unit's kind or type was corrected; a program that means something else says so.
. "$(dirname "$0")/../lib.sh"
CHIBO_DB=$T/r.db; export CHIBO_DB
mkdir -p r/d && CHIBO_RULES=$T/r
cat >r/d/mot.lua <<'END'
local f = fact
return ruleset {
	id = "d.mot", title = "Bịa ra để thử", issuer = "tinh", status = "reconstructed", source = "bịa", effective = { from = "2020-01-01" },
	criteria = {
		criterion { id = "a", max = 60, label = "A", score = either(f.cell_type:eq("co_quan"), 60, 20) },
		criterion { id = "b", max = 40, label = "B", score = either(f.unit_kind:eq("chi_bo_co_so"), 40, 10) },
	},
	levels = { { "tot", 90, "Tốt" }, { "kha", 50, "Khá" }, { "kem", 0, "Kém" } },
}
END
# units KIND TYPE [ROW]: cell A with these
units() {
	cat >units.csv <<-X
	code,name,kind,parent,members,cell_type,valid_from,valid_to
	tinh,Đảng bộ tỉnh,tinh,,,,01/01/2019,
	D,Đảng bộ Khối,khoi,tinh,,,01/01/2019,
	A,Chi bộ A,$1,D,20,$2,01/01/2019,${3:+30/04/2020}
	B,Chi bộ B,chi_bo_co_so,D,20,co_quan,01/01/2019,
	X
	[ -z "$3" ] || echo "$3" >>units.csv
	run 0 --quiet import units units.csv || not_ok "the units are imported" "$ERR"
}
cat >meetings.csv <<'X'
unit,held_on,kind,members,present
A,05/03/2020,regular,20,20
A,05/06/2020,regular,20,20
B,05/03/2020,regular,20,20
X
score() { "$CHIBO" sql "select printf('%g %s', score, level) from v_result where unit_code = 'A' and month = '$1'" --csv | sed -n 2p | tr -d '"'; }
replays() { run 0 replay "$2" --csv && is "$1" "$3" "$(printf '%s\n' "$OUT" | sed -n 2p | cut -d, -f2-5)" || not_ok "$1" "$ERR"; }

run 0 --quiet init && units chi_bo_co_so co_quan && run 0 --quiet import meetings meetings.csv && run 0 evaluate || not_ok "the record is made" "$ERR"
is "rated as what it was" "100 tot" "$(score 2020-03)"
units chi_bo_co_so truong_hoc
replays "before anything is rated again the run replays" 1 "3,3,0,0"
run 0 evaluate
is "the corrected type counts" "60 kha" "$(score 2020-03)"
replays "the first run is as it was" 1 "3,3,0,0"
replays "so is the second" 2 "2,2,0,0"
units chi_bo_truc_thuoc truong_hoc
run 0 evaluate
is "the corrected kind counts" "30 kem" "$(score 2020-03)"
for n in 1 2 3; do replays "run $n replays, whatever the unit is now" $n "$([ $n = 1 ] && echo 3,3,0,0 || echo 2,2,0,0)"; done
units chi_bo_truc_thuoc truong_hoc "A,Chi bộ A,chi_bo_co_so,D,20,co_quan,01/05/2020,"
run 0 evaluate
is "a later span changes what came after it" "100 tot" "$(score 2020-06)"
is "and not what came before" "30 kem" "$(score 2020-03)"
for n in 1 2 3 4; do replays "run $n replays still" $n "$(case $n in 1) echo 3,3,0,0 ;; 4) echo 1,1,0,0 ;; *) echo 2,2,0,0 ;; esac)"; done
exits "the record is sound" 0 doctor

# a record from a program whose evaluation meant something else
sqlite3 r.db "UPDATE result SET semantics = 0 WHERE run_id = 4"
run 0 replay 4 --csv
has "the same result is told to be of another meaning" "$ERR" \
	"1 of 1 results of run 4 were made by a program whose evaluation meant something else (this one has semantics"
is "and is the same" "1,1,0,0" "$(printf '%s\n' "$OUT" | sed -n 2p | cut -d, -f2-5)"
sqlite3 r.db "UPDATE result SET semantics = 0, score_n = score_n - 1000 WHERE run_id = 4"
exits "one that comes out differently is a finding" 1 replay 4
has "with what was and what is" "$ERR" "meeting 2 of 2020-06-05: score was 99000/1 thousandths, is 100000/1 (result of semantics 0, this program has"
has "and why that may be" "$ERR" "the meaning of evaluation has changed since then"
run 0 evaluate --csv
is "evaluation rates what another meaning rated" "1" "$(printf '%s\n' "$OUT" | awk -F, 'NR == 2 { print $4 }')"
finish
