#!/bin/sh
# template_labels.sh - the Vietnamese words of a form's second line are headings too; a form by the rules in force for a unit.
. "$(dirname "$0")/../lib.sh"
run 0 init --db a.db
for w in units meetings assessments visits; do
	"$CHIBO" template $w --db a.db >$w.csv
	python3 - $w <<'X'
import csv, re, sys
rows = list(csv.reader(open(sys.argv[1] + ".csv", encoding="utf-8")))
labels = [c.lstrip("# ") if " phê bình" in c else re.split(r"[:;,]| \(", c.lstrip("# "))[0] for c in rows[1]]
labels = [re.split(r": | \(", c)[0] for c in labels]
csv.writer(open(sys.argv[1] + "_vi.csv", "w", encoding="utf-8")).writerow(labels)
X
	run 0 import $w ${w}_vi.csv --dry-run --db a.db
	is "the labels of the $w form are headings" "" "$(printf %s "$ERR" | grep 'no column')"
done

# --- by the rules in force: invented units under bodies that issued some -----------------------------------------------------
printf 'code,name,kind,parent,from\nT,Tỉnh Mẫu,tinh,,\nphuong_an_phu,Phường An Phú,xa,T,2025-07-01\nA1,Chi bộ 1,chi_bo_co_so,phuong_an_phu,2025-07-01\n' >u.csv
run 0 import units u.csv --db a.db
exits "the form of a cell on a day" 0 template meetings --unit A1 --on 2025-11-01 --db a.db
has "a fact that only its ward's pack knows is there" "$(printf '%s\n' "$OUT" | head -1)" ",documents_posted"
hasnt "one that no rule in force reads is not" "$(printf '%s\n' "$OUT" | head -1)" ",many_spoke"
has "the rulesets are named" "$ERR" "by an_phu.hd42, in force on 2025-11-01"
has "the one for thematic meetings too" "$ERR" "by central.hd42, in force on 2025-11-01"
printf '%s\n' "$OUT" >form.csv
exits "it comes back through import" 0 import meetings form.csv --dry-run --db a.db
exits "before the ward's form the guidance of 2018 holds" 0 template meetings --unit A1 --on 01/08/2025 --db a.db
has "with its own facts" "$(printf '%s\n' "$OUT" | head -1)" ",many_spoke"
exits "a body above gives what the cells below it need" 0 template meetings --unit phuong_an_phu --on 2025-11-01 --db a.db
has "the same facts" "$(printf '%s\n' "$OUT" | head -1)" ",documents_posted"
run 0 template assessments --unit A1 --on 2025-11-01 --db a.db
is "what two rulesets let people judge stands there once" "" "$(printf '%s\n' "$OUT" | head -1 | tr , '\n' | sort | uniq -d)"
has "items of the one" "$OUT" "points.chairing.line2"
has "and of the other" "$OUT" "points.organisation"
exits "a day on which the unit did not exist" 3 template meetings --unit A1 --on 2020-01-01 --db a.db
is "is told" "chibo: A1 did not exist on 2020-01-01; --on DAY names another" "$ERR"
exits "a day without rules" 3 template meetings --unit T --on 2010-01-01 --db a.db
has "is told" "$ERR" "no ruleset is in force for T on 2010-01-01"
exits "a day that is none" 2 template meetings --unit A1 --on 2025 --db a.db
exits "whose rules, by one word" 2 template meetings --unit A1 --ruleset an_phu.hd42 --db a.db
exits "a day alone says nothing" 2 template meetings --on 2025-11-01 --db a.db
finish
