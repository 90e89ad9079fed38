#!/bin/sh
# export.sh - what leaves comes back: a record, its files, a new record made of them; the same bytes, the same results.
# Invented units and numbers; today is 01/01/2026.
. "$(dirname "$0")/../lib.sh"
SOURCE_DATE_EPOCH=1767225600
KINDS="units meetings assessments visits months"
# again "NAME" DB END ARGS...: exports all kinds as files *.END, makes a new record of them, exports that again
again() {
	n=$1 db=$2 end=$3; shift 3
	rm -rf first second new.db; mkdir first second
	bad=
	for k in $KINDS; do "$CHIBO" --db "$db" export "$k" "$@" -o "first/$k.$end" || bad="$bad export:$k"; done
	"$CHIBO" --db new.db --quiet init
	for k in $KINDS; do "$CHIBO" --db new.db --quiet import "$k" "first/$k.$end" >>said 2>&1 || bad="$bad import:$k $(tail -3 said)"; done
	for k in $KINDS; do "$CHIBO" --db new.db export "$k" "$@" -o "second/$k.$end"; cmp -s "first/$k.$end" "second/$k.$end" || bad="$bad differs:$k"; done
	for k in $KINDS; do "$CHIBO" --db new.db import "$k" "first/$k.$end" 2>&1 | grep -q 'nothing changed' || [ "$(wc -l <"first/$k.$end")" -le 1 ] || bad="$bad changes:$k"; done
	is "$n" "" "$bad"
}
dump() { sqlite3 "$1" "select code, name, kind, parent_id, cluster, cell_type, members, official_members, valid_from, valid_to from unit_span s join unit u on u.id = s.unit_id order by 1, 9;
	select * from v_meeting order by unit_code, held_on, kind; select * from v_assessment order by 2, 3, 4, 5, 6; select * from v_note order by 2, 3, 4, 5; select * from v_decision order by 2, 3, 4; select unit_code, day from v_visit order by 1, 2; select unit_code, month, status, reason from v_month order by 1, 2" | sed 's/^[0-9]*|\([0-9]*|\)\{0,1\}//'; }

printf 'code,name,kind,parent,cluster,cell_type,members,official_members,from,to\n' >u.csv
cat >>u.csv <<'U'
Z9,"Đảng bộ ""Khối"", và các cơ quan",khoi,A1,,,,,,
A1,Đảng bộ tỉnh Mẫu; phía Bắc,tinh,,,,,,,
C-1,"=HYPERLINK(""x"")",chi_bo_truc_thuoc,Z9,"Cụm 1, thành phố",co_quan,20,18,2015-01-01,2025-06-30
C-1,''+Chi bộ 1,chi_bo_truc_thuoc,Z9,,doanh_nghiep_tu_nhan,21,,2025-07-01,
C-2,＝Chi bộ một dấu bằng rộng,chi_bo_co_so,A1,-cụm,truong_hoc,,,2020-02-29,2025-12-31
C-3,Chi bộ … “ba” – Hòa Bình,chi_bo_co_so,A1,,,9,9,,
U
printf 'D-1,Chi b\303\264\314\243 d\306\260\314\243ng s\304\203\314\203n,chi_bo_co_so,A1,,,3,3,,\n' >>u.csv # composed of base letters and marks
cat >m.csv <<'M'
unit,held_on,kind,topic,members,present,exempt,planned_on,reported_days_after,documents_days_before,minutes_recorded,documents_posted,many_spoke
C-1,2025-05-05,regular,"học, ""và"" làm; tổng kết",20,18,0,2025-05-04,0,-31,1,0,1
C-1,2025-08-05,combined,'=1+1 là hai,21,?,,,,,0,1,
C-2,2025-05-06,thematic,@chuyên đề,?,?,,2025-05-06,366,,,,
C-3,2025-05-07,regular,,9,9,9,,,1,1,,0
M
cat >a.csv <<'A'
unit,held_on,kind,assessor,item,points,note,proposed,votes_for,votes_total,official,reason,decided_on
C-1,2025-05-05,regular,self,,"88,125","chung: ""ba"" ý
dòng hai; dòng ba",dat,17,18,,,
C-1,2025-05-05,regular,observer,preparation.2,0,'=không đủ,,,,,,
C-1,2025-05-05,regular,superior,results,30,,,,,khong_dat,"bỏ ""một"" nội dung, -xem biên bản",2025-05-20
C-1,2025-08-05,combined,superior,results,"0,001",,,0,0,,,
A
printf 'unit,visited_on\nC-1,2025-05-05\nC-3,2025-06-01\n' >v.csv
printf 'unit,month,status,reason\nC-2,2025-06,exempt,"-bão, lụt"\nC-3,2025-06,postponed,\nC-3,2025-07,missed,\n' >mo.csv
"$CHIBO" --db a.db --quiet init
for x in units:u meetings:m assessments:a visits:v months:mo; do exits "${x%:*} come in" 0 --db a.db import "${x%:*}" "${x#*:}.csv"; done
again "CSV comes back as it was" a.db csv --csv
is "and so is the record" "$(dump a.db)" "$(dump new.db)"
has "the headings are those of the template" "$(cat first/meetings.csv)" "unit,held_on,kind,topic,members,exempt,"
has "a formula is kept from running" "$(cat first/units.csv)" '"'"'=HYPERLINK"
has "a name that has an apostrophe of its own has two" "$(cat first/units.csv)" "\"''+Chi bộ 1\""
is "without both it would be another name" "'+Chi bộ 1" "$("$CHIBO" --db new.db sql "select name from v_unit where code = 'C-1' and valid_from > '2025'" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["name"])')"
again "CSV with a byte order mark comes back" a.db csv --csv --bom
is "it begins with the mark" "$(printf '\357\273\277code,name')" "$(head -c 12 first/units.csv)"
again "JSON comes back" a.db json --json
is "and so is the record it makes" "$(dump a.db)" "$(dump new.db)"
exits "--bom is for CSV alone" 2 --db a.db export units --json --bom
exits "a period is a part" 0 --db a.db export assessments --period 2025-08
is "of what happened in it" "unit,held_on,kind,assessor,item,points,note,proposed,votes_for,votes_total,official,reason,decided_on
C-1,2025-08-05,combined,superior,results,0.001,,,,,,,
C-1,2025-08-05,combined,,,,,,0,0,,," "$OUT"
run 0 --db a.db export months --period 2025-06
is "months too: a head and two" 3 "$(printf '%s\n' "$OUT" | wc -l)"

# --- the examples, with their results ---------------------------------------------------------------------------------------
mkdir data && lua5.4 "$ROOT/examples/generate.lua" data
"$CHIBO" --db e.db --quiet init
for k in units meetings months visits assessments; do for f in data/"$k".csv data/"$k"_*.csv; do [ ! -e "$f" ] || "$CHIBO" --db e.db --quiet import "$k" "$f" || not_ok "$f" "exit $?"; done; done
again "the examples come back as they were" e.db csv --csv
"$CHIBO" --db e.db --quiet evaluate >/dev/null; "$CHIBO" --db new.db --quiet evaluate >/dev/null
hash() { "$CHIBO" --db "$1" sql "select meeting_id, ruleset, status, score, level, official, decided from v_result order by 1" --csv | sha256sum; }
is "and rate the same, meeting by meeting" "$(hash e.db)" "$(hash new.db)"
finish
