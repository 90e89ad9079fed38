#!/bin/sh
# template_labels.sh - the Vietnamese words of a form's second line are headings too.
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
finish
