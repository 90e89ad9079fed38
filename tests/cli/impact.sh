#!/bin/sh
# impact.sh - rules diff --impact and whatif on the Thanh Hóa example, against plain SQL over two evaluations.
. "$(dirname "$0")/../lib.sh"
sh "$ROOT/examples/demo.sh" "$CHIBO" "$T/out" >/dev/null 2>"$T/demo.err" || { not_ok "the example record is made" "$(cat "$T/demo.err")"; finish; }
CHIBO_DB=$T/out/vi_du.db; export CHIBO_DB
mkdir elsewhere
pack=$ROOT/rules/thanh_hoa/hd_khoi.lua
# stricter attendance, one criterion heavier at the cost of another
sed 's/share:ge(0.95), 15/share:ge(0.97), 15/; s/bands(spoke, { { 0.5, 10 }/bands(spoke, { { 0.6, 10 }/; s/{ "kha", 70, /{ "kha", 75, /' "$pack" >elsewhere/thu.lua
# evaluated for real: the copy takes the pack's place in a copy of the rules, over a copy of the record
really() {
	rm -rf rules2 b.db && cp -r "$ROOT/rules" rules2 && cp "$1" rules2/thanh_hoa/hd_khoi.lua && cp "$CHIBO_DB" b.db
	"$CHIBO" --db b.db --rules rules2 --quiet evaluate --unit thanh_hoa_khoi >/dev/null
}
both() { sqlite3 -csv "$CHIBO_DB" "ATTACH 'b.db' AS b" "CREATE TEMP VIEW two AS SELECT x.*, y.level AS now, y.status AS now_status, y.missing AS now_missing,
	x.level = y.level AS same, (SELECT ord FROM b.ruleset_level l WHERE l.ruleset_id = y.ruleset_id AND l.id = y.level) AS o2,
	(SELECT ord FROM ruleset_level l WHERE l.ruleset_id = x.ruleset_id AND l.id = x.level) AS o1
	FROM v_result x JOIN b.result y USING (meeting_id) WHERE x.ruleset = 'thanh_hoa.hd_khoi'" "$1" | tr -d '"\r'; }
# section NAME: the rows of a section of out.json, values with commas between
section() {
	python3 -c '
import json, sys
for row in json.load(open("out.json"))[sys.argv[1]]:
    print(",".join("" if v is None else str(v).replace(",", ";") for v in row.values()))' "$1"
}

really elsewhere/thu.lua
run 0 rules diff thanh_hoa.hd_khoi elsewhere/thu.lua --impact --by cluster --by cell_type --by unit --by unit_kind --by kind --keep 100000 --json || not_ok "the command runs" "$ERR"
printf '%s\n' "$OUT" >out.json
is "what changed in meaning comes first" "attendance: cách chấm
speaking: cách chấm
mức kha" "$(section changes | sed 's/,.*//')"
is "all meetings of the first ruleset" "$(both 'SELECT count(*), sum(o2 < o1), sum(o2 > o1), sum(o2 = o1), sum(o2 IS NULL OR o1 IS NULL), 0 FROM two')" \
	"$(section moves | sed 's/^Cộng,//')"
levels="SELECT CASE level %s END, sum(now='tot'), sum(now='kha'), sum(now='trung_binh'), sum(now='kem'), sum(now IS NULL)"
names="WHEN 'tot' THEN 'Tốt' WHEN 'kha' THEN 'Khá' WHEN 'trung_binh' THEN 'Trung bình' WHEN 'kem' THEN 'Kém'"
# shellcheck disable=SC2059
levels=$(printf "$levels" "$names")
is "level against level" "$(both "$levels FROM two GROUP BY level ORDER BY o1")" "$(section levels | grep -v '^chưa')"
has "which is not empty" "$(section levels)" "Khá,"
is "by cluster" "$(both "SELECT cluster, count(*), sum(o2 < o1), sum(o2 > o1), sum(o2 = o1), 0, 0 FROM two GROUP BY 1" | sort)" "$(section by_cluster | sort)"
is "level against level in each cluster" "$(both "SELECT cluster || ',' || CASE level $names END, sum(now='tot'), sum(now='kha'), sum(now='trung_binh'), sum(now='kem'), 0 FROM two GROUP BY cluster, level" | sort)" \
	"$(section levels_by_cluster | sort)"
is "by type of cell" "$(both "SELECT count(*), sum(o2 < o1), sum(o2 > o1) FROM two GROUP BY cell_type" | sort)" "$(section by_cell_type | cut -d, -f2-4 | sort)"
is "by unit" "$(both "SELECT unit_code, count(*), sum(o2 < o1), sum(o2 > o1), sum(o2 = o1), 0, 0 FROM two GROUP BY 1" | sort)" "$(section by_unit | sort)"
is "by kind of unit" "$(both "SELECT count(*), sum(o2 < o1), sum(o2 > o1) FROM two GROUP BY unit_kind" | sort)" "$(section by_unit_kind | cut -d, -f2-4 | sort)"
is "by kind of meeting" "$(both "SELECT count(*), sum(o2 < o1), sum(o2 > o1) FROM two GROUP BY kind" | sort)" "$(section by_kind | cut -d, -f2-4 | sort)"
is "every mover, with its scores" "$(both "SELECT meeting_id, printf('%g', score), printf('%g', (SELECT score_n / 1000.0 / score_d FROM b.result y WHERE y.meeting_id = two.meeting_id)) FROM two WHERE NOT same ORDER BY 1")" \
	"$(section movers | awk -F, '{ print $1 "," $(NF-2) "," $(NF-1) }' | sort -n)"
is "the causes count every mover once" "$(both 'SELECT sum(o2 < o1), sum(o2 > o1) FROM two')" "$(section causes | awk -F, '{ u += $(NF-1); d += $NF } END { print u "," d }')"
has "the criterion that caused it" "$(section causes)" "Đảng viên phát biểu"
has "or the gate" "$(section causes)" "Tốt chỉ khi đạt tối đa tiêu chí tỷ lệ dự"
has "or the thresholds" "$(section causes)" "ngưỡng hoặc điều kiện xếp loại khác"
is "nothing is stored" 0 "$("$CHIBO" sql "select count(*) from v_ruleset where name = 'thanh_hoa.hd_khoi' and sha256 not in (select sha256 from v_ruleset)" --csv | sed -n 2p)"

# the same within a period and below a unit
run 0 rules diff thanh_hoa.hd_khoi elsewhere/thu.lua --impact --period 2020-Q2 --unit TH-001 --json
is "a period and a unit" "$(both "SELECT count(*), sum(o2 > o1) FROM two WHERE month BETWEEN '2020-04' AND '2020-06' AND unit_code GLOB 'TH-001*'")" \
	"$(printf '%s' "$OUT" | python3 -c 'import json,sys; m = json.load(sys.stdin)["moves"][0]; print(m["seen"], m["down"], sep=",")')"

# whatif of the same file sees what is stored, which is the same here
run 0 whatif elsewhere/thu.lua --unit thanh_hoa_khoi --period 2020 --by cluster --json
printf '%s\n' "$OUT" >out.json
is "whatif of a file against the stored results" "$(both "SELECT cluster, count(*), sum(o2 < o1), sum(o2 > o1), sum(o2 = o1), 0, 0 FROM two WHERE month LIKE '2020-%' GROUP BY 1" | sort)" \
	"$(section by_cluster | sort)"

# a criterion that asks for what not all have reported
sed 's/id = "speaking", max = 10, label = "Đảng viên phát biểu",/id = "speaking", max = 10, label = "Biên bản chi ủy",/; s/score = bands(spoke.*/score = flag(any { f.kind:eq("thematic"), f.committee_minutes }, 10),/' "$pack" |
	grep -v '^local spoke' >elsewhere/lack.lua
really elsewhere/lack.lua
run 0 rules diff thanh_hoa.hd_khoi elsewhere/lack.lua --impact --by cluster --json
printf '%s\n' "$OUT" >out.json
is "facts that the record lacks" "có biên bản họp chi ủy,$(both "SELECT count(*) FROM two WHERE now_missing LIKE '%committee_minutes%'")" "$(section needs)"
is "in each cluster" "$(both "SELECT cluster, 'có biên bản họp chi ủy', count(*) FROM two WHERE now_missing LIKE '%committee_minutes%' GROUP BY 1" | sort)" "$(section needs_by_cluster | sort)"
is "and lacking there" "$(both "SELECT cluster, count(*), sum(now_missing IS NOT NULL) FROM two GROUP BY 1" | sort)" "$(section by_cluster | cut -d, -f1,2,7 | sort)"

# an edited copy takes its base from the rules folder; what another issuer's rules say of the same meetings
sed 's/{ short:le(15), 4/{ short:le(15), 3/' "$ROOT/rules/an_phu/hd42.lua" >elsewhere/an_phu.lua
exits "an edited copy of a pack that has a base" 0 rules diff an_phu.hd42 elsewhere/an_phu.lua
has "is compared" "$OUT" "3 điểm"
exits "another issuer's ruleset" 0 rules diff thanh_hoa.hd_khoi an_phu.hd42 --impact --period 2020-Q1 --by cell_type
has "tells what it needs" "$OUT" "Chưa đủ dữ liệu để thử"
has "and in which type of cell" "$OUT" "Theo loại hình, số liệu thiếu"
sed 's/for_kinds = .*/for_kinds = { "regular" },/' "$pack" >elsewhere/regular.lua
run 0 rules diff thanh_hoa.hd_khoi elsewhere/regular.lua --impact --json
printf '%s' "$OUT" >out.json
n=$("$CHIBO" sql "select count(*) from v_result where ruleset = 'thanh_hoa.hd_khoi' and kind <> 'regular'" --csv | sed -n 2p)
is "what the second ruleset does not rate cannot be compared" "$n" "$(section moves | cut -d, -f6)"
has "and the reason is said" "$OUT" "kỳ thuộc loại mà quy định sau không chấm"
exits "as a page" 0 rules diff thanh_hoa.hd_khoi elsewhere/thu.lua --impact --html -o page.html
has "with both titles" "$(cat page.html)" "Tác động đến các kỳ sinh hoạt đã có số liệu"
exits "without --impact the page has the changes alone" 0 rules diff thanh_hoa.hd_khoi elsewhere/thu.lua --html
hasnt "and no record is asked" "$OUT" "Tác động"
exits "the console says the same" 0 query 'print(rules.thanh_hoa:during "2020":impact("elsewhere/thu.lua").moves:sum "down")'
is "of the meetings that move down" "$(really elsewhere/thu.lua; both "SELECT sum(o2 > o1) FROM two WHERE month LIKE '2020-%'")" "$OUT"

exits "an id that is not there" 2 rules diff thanh_hoa.hd_khoi thanh_hoa.hd_khoj --impact
has "is told with the nearest" "$ERR" "did you mean 'thanh_hoa.hd_khoi'?"
exits "a file that is not there" 3 rules diff thanh_hoa.hd_khoi elsewhere/no.lua
has "is named" "$ERR" "no pack elsewhere/no.lua: neither a file from here nor"
exits "a group that is not there" 2 whatif thanh_hoa.hd_khoi --by clustre
has "too" "$ERR" "did you mean 'cluster'?"
exits "groups without --impact" 2 rules diff thanh_hoa.hd_khoi elsewhere/thu.lua --by cluster
has "are a slip" "$ERR" "go with --impact"
printf 'return ruleset {\n' >elsewhere/broken.lua
exits "a broken copy" 1 rules diff thanh_hoa.hd_khoi elsewhere/broken.lua --impact
has "is told as check tells it" "$ERR" "elsewhere/broken.lua:"
finish
