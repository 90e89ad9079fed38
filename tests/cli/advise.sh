#!/bin/sh
# advise.sh - advise, commend and visits on the example record, against plain SQL; and one piece of advice carried out.
. "$(dirname "$0")/../lib.sh"
sh "$ROOT/examples/demo.sh" "$CHIBO" "$T/out" >demo.txt 2>demo.err || { not_ok "the demo runs" "$(tail -5 demo.err)"; finish; }
CHIBO_DB=$T/out/vi_du.db CHIBO_RULES=$ROOT/rules
export CHIBO_DB CHIBO_RULES
cat >get.py <<'PY'
"""get.py FILE EXPRESSION: a value of the JSON, as d"""
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
print(eval(sys.argv[2]))
PY
get() { python3 get.py "$@"; }
sql() { "$CHIBO" sql "$1" --csv | sed -n 2p; }

run 0 advise --period 2020 --unit thanh_hoa_khoi --json
printf '%s\n' "$OUT" >a.json
for k in attendance duration speaking; do
	label=$(sql "select label from v_result_criterion where ruleset = 'thanh_hoa.hd_khoi' and criterion = '$k' limit 1" | tr -d '"')
	is "$k: what was lost" "$(sql "select sum(max - points) / 1000 from v_result_criterion c join v_result r on r.meeting_id = c.meeting_id
		where c.ruleset = 'thanh_hoa.hd_khoi' and criterion = '$k' and state = 'scored' and r.month like '2020-%'")" \
		"$(get a.json "int([x['lost'] for x in d['losses'] if x['criterion'] == '$label'][0])")"
	# level by points and gates, were the criterion at its maximum; the superior's word is not moved by points
	cat >lift.sql <<SQL
with was(unit, month, full, att, minutes, level) as (
	select r.unit_code, r.month, r.score + (c.max - c.points) / 1000.0, (select points = max from v_result_criterion a
		where a.meeting_id = r.meeting_id and a.criterion = 'attendance') or '$k' = 'attendance',
		(select minutes_recorded from v_meeting m where m.id = r.meeting_id), r.official
	from v_result r join v_result_criterion c on c.meeting_id = r.meeting_id and c.criterion = '$k'
	where r.ruleset = 'thanh_hoa.hd_khoi' and r.official = r.level and r.level <> 'tot'), -- points are thousandths, scores are not
place(level, n) as (values ('tot', 0), ('kha', 1), ('trung_binh', 2), ('kem', 3)),
new as (select w.unit, w.month, p.n as n, max(case when w.full >= 90 then 0 when w.full >= 70 then 1 when w.full >= 50 then 2 else 3 end,
		case when w.att then 0 else 1 end, case when w.minutes then 0 else 2 end) as m
	from was w join place p on p.level = w.level)
SQL
	is "$k: the meetings that full points would lift, gates and all" "$(sql "$(cat lift.sql) select count(*) from new where m < n")" \
		"$(get a.json "[x['lifts'] for x in d['losses'] if x['criterion'] == '$label'][0]")"
	# the year: Tốt with every month at least Khá and seven Tốt, Khá with every month at least Trung bình, else Trung bình
	is "$k: and the cells" "$(sql "$(cat lift.sql), months as (select r.unit_code as unit, r.month, min(3, max(p.n)) as was, min(max(p.n), coalesce(min(x.m), 9)) as now
		from v_result r join place p on p.level = r.official left join new x on x.unit = r.unit_code and x.month = r.month and x.m < x.n
		where r.ruleset = 'thanh_hoa.hd_khoi' and r.kind <> 'thematic' group by 1, 2),
	due as (select u.code as unit, 12 - (select count(*) from v_month m where m.unit_code = u.code and m.status in ('exempt', 'postponed')) as n
		from v_unit u where u.code in (select unit from months) group by 1),
	year as (select m.unit, max(max(m.was), 3 * (count(*) < d.n)) as worst, sum(m.was = 0) as top, max(max(m.now), 3 * (count(*) < d.n)) as worst2,
		sum(m.now = 0) as top2 from months m join due d on d.unit = m.unit group by m.unit)
	select count(*) from year where case when worst2 <= 1 and top2 >= 7 then 0 when worst2 <= 2 then 1 else 2 end
		< case when worst <= 1 and top >= 7 then 0 when worst <= 2 then 1 else 2 end")" \
		"$(get a.json "[x['cells'] for x in d['losses'] if x['criterion'] == '$label'][0]")"
done
is "minutes alone: five points more, and the gate is open" "$(sql "with w as (select r.level, r.score + 5 as full, (select points = max from v_result_criterion a
	where a.meeting_id = r.meeting_id and a.criterion = 'attendance') as att from v_result r join v_meeting m on m.id = r.meeting_id
	where r.ruleset = 'thanh_hoa.hd_khoi' and r.official = r.level and r.level <> 'tot' and m.minutes_recorded = 0),
place(level, n) as (values ('tot', 0), ('kha', 1), ('trung_binh', 2), ('kem', 3))
select count(*) from w join place p on p.level = w.level
	where max(case when full >= 90 then 0 when full >= 70 then 1 when full >= 50 then 2 else 3 end, case when att then 0 else 1 end) < p.n")" \
	"$(get a.json "[x['lifts'] for x in d['facts'] if x['id'] == 'minutes_recorded'][0]")"

for g in 0 1; do
	is "gate $((g + 1)): the meetings that it holds back" "$(sql "select count(*) from v_result where ruleset = 'thanh_hoa.hd_khoi' and official = level and gate = $g")" \
		"$(get a.json "[x['meetings'] for x in d['gates'] if ('tỷ lệ dự' in x['gate']) == ($g == 0)][0]")"
done

# advice carried out: the facts of the cell that is nearest are changed as advised, and the year is what was promised
cell=$(get a.json "d['near'][0]['code']"); promised=$(get a.json "d['near'][0]['to']")
run 0 advise --period 2020 --unit "$cell" --json
printf '%s\n' "$OUT" >c.json
is "the cell looked at closely says the same" "$promised" "$(get c.json "[x['to'] for x in d['steps']] and '$promised'")"
is "with as few changes" "$(get a.json "d['near'][0]['count']")" "$(get c.json "sum(x['count'] for x in d['steps'])")"
was=$("$CHIBO" rank --period 2020 --unit "$cell" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["level"])')
python3 - "$CHIBO" c.json <<'PY' >change.sql
import json, sqlite3, sys
d = json.load(open(sys.argv[2], encoding="utf-8"))
assert len(d["steps"]) == 1 and d["steps"][0]["count"] == 1
print(d["steps"][0]["meeting"], d["steps"][0]["changes"])
PY
has "the first piece of advice is about the minutes" "$(cat change.sql)" "ghi biên bản đầy đủ: từ không thành có"
day=$(get c.json "d['steps'][0]['held_on']")
cp out/vi_du.db mended.db
CHIBO_DB=mended.db; export CHIBO_DB
kind=$(sql "select kind from v_meeting where unit_code = '$cell' and held_on = '$day'")
python3 - out/data "$cell" "$day" <<'PY' >mend.csv
import csv, glob, sys
folder, cell, day = sys.argv[1:]
for path in sorted(glob.glob(folder + "/meetings*.csv")):
    rows = list(csv.reader(open(path, encoding="utf-8-sig", newline="")))
    head = rows[0]
    for row in rows[1:]:
        r = dict(zip(head, row))
        iso = "-".join(reversed([p.zfill(2) for p in r["held_on"].split("/")])) if "/" in r["held_on"] else r["held_on"]
        if r["unit"] == cell and iso == day:
            row[head.index("minutes_recorded")] = "có"
            w = csv.writer(sys.stdout, lineterminator="\n")
            w.writerow(head)
            w.writerow(row)
            sys.exit()
sys.exit("no such meeting")
PY
exits "the changed meeting is imported" 0 import meetings mend.csv
exits "and rated" 0 evaluate
is "the year is as promised" "$promised" "$("$CHIBO" rank --period 2020 --unit "$cell" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["level"])')"
[ "$was" != "$promised" ] && ok "which it was not before ($kind)" || not_ok "which it was not before" "$was"
CHIBO_DB=$T/out/vi_du.db; export CHIBO_DB

# whom to commend
run 0 commend --period 2020-Q1 --unit thanh_hoa_khoi --top 1000000 --json
printf '%s\n' "$OUT" >k.json
cat >kept.sql <<'SQL'
with cell as (select unit_code as u from v_result where ruleset = 'thanh_hoa.hd_khoi' and month between '2020-01' and '2020-03' group by 1
	having min(official = 'tot') = 1 and count(distinct case when kind <> 'thematic' then month end)
		= 3 - (select count(*) from v_month m where m.unit_code = v_result.unit_code and m.month between '2020-01' and '2020-03' and m.status in ('exempt', 'postponed'))),
pair as (select s.unit_code as u, s.points as own, o.points as their from v_assessment s join v_assessment o on o.meeting_id = s.meeting_id and o.item = s.item
	where s.assessor = 'self' and o.assessor <> 'self' and s.held_on between '2020-01-01' and '2020-03-31')
SQL
is "who kept the best level, confirmed" "$(sql "$(cat kept.sql) select count(*) from cell where u in (select u from pair) and u not in (select u from pair where own > their)")" \
	"$(get k.json "len(d['kept'])")"
is "the most risen, January against March" "$(sql "select unit_code from v_result a where ruleset = 'thanh_hoa.hd_khoi' and month = '2020-03' group by 1
	order by avg(score) - (select avg(score) from v_result b where b.unit_code = a.unit_code and b.month = '2020-01') desc, 1 limit 1")" "$(get k.json "d['risen'][0]['code']")"
is "runs of three months" "$(sql "select count(*) from (select unit_code from v_result where ruleset = 'thanh_hoa.hd_khoi' and month between '2020-01' and '2020-03'
	and kind <> 'thematic' group by 1 having min(official = 'tot') = 1 and count(distinct month) = 3)")" "$(get k.json "len([1 for x in d['runs'] if x['months'] == 3])")"
exits "a list of places keeps those who are equal" 0 commend --period 2020-Q1 --unit thanh_hoa_khoi --top 1 --json
printf '%s\n' "$OUT" >k1.json
is "all on the first place" "$(get k.json "len([1 for x in d['runs'] if x['rank'] == 1])")" "$(get k1.json "len(d['runs'])")"

# whom to visit: every reason that is told is true, and every cell with one is there
run 0 visits --period 2020-Q1 --unit thanh_hoa_khoi --top 1000000 --json
printf '%s\n' "$OUT" >v.json
is "never visited until then" "$(sql "select count(*) from v_unit u where u.code glob 'TH-*' and u.kind like 'chi_bo%'
	and not exists (select 1 from v_visit v where v.unit_code = u.code and v.day <= '2020-03-31')")" "$(get v.json "len([1 for x in d['visits'] if 'chưa được dự lần nào' in x['why']])")"
is "scores far from another's" "$(sql "select count(distinct s.unit_code) from v_assessment s join v_assessment o on o.meeting_id = s.meeting_id and o.item = s.item
	where s.unit_code glob 'TH-*' and s.assessor = 'self' and o.assessor <> 'self' and abs(s.points - o.points) >= 5000 and s.held_on between '2020-01-01' and '2020-03-31'")" \
	"$(get v.json "len([1 for x in d['visits'] if 'tự chấm lệch' in x['why']])")"
is "next to a threshold" "$(sql "select count(distinct unit_code) from v_result where unit_code glob 'TH-*' and month between '2020-01' and '2020-03'
	and (abs(score - 90) <= 2 or abs(score - 70) <= 2 or abs(score - 50) <= 2)")" "$(get v.json "len([1 for x in d['visits'] if 'sát ngưỡng' in x['why']])")"

# the console asks the same
is "the console's advise" "$(get a.json "len(d['near'])")" "$("$CHIBO" query 'advise{ period = "2020", unit = "thanh_hoa_khoi" }.near:count()' | grep -o '[0-9]*' | tail -1)"
is "the console's commend" "$(get k.json "len(d['kept'])")" "$("$CHIBO" query 'commend{ period = "2020-Q1", unit = "thanh_hoa_khoi", top = 1000000 }.kept:count()' | grep -o '[0-9]*' | tail -1)"
is "the console's visits" "$(get v.json "d['visits'][0]['code']")" "$("$CHIBO" query 'to_visit{ period = "2020-Q1", unit = "thanh_hoa_khoi" }.visits:top(1, "reasons"):select("code")' | grep -o 'TH-[0-9.]*' | head -1)"
# what a pack declares to be hard is avoided
cp -r "$ROOT/rules" hard && python3 - hard/thanh_hoa/hd_khoi.lua <<'PY'
import sys
s = open(sys.argv[1], encoding="utf-8").read().rstrip()
open(sys.argv[1], "w", encoding="utf-8").write(s[:-1] + "\tadvice = { cost = { tasks_done = 9 }, never = { fact.minutes_recorded } },\n}\n")
PY
exits "a pack with costs is right" 0 --rules hard rules check thanh_hoa.hd_khoi
exits "and shows them" 0 --rules hard rules show thanh_hoa.hd_khoi --csv
has "the cost" "$OUT" "advice,1,cost,9"
has "what is never advised" "$OUT" "advice,2,name,minutes_recorded"
run 0 --rules hard advise --period 2020 --unit thanh_hoa_khoi --json
printf '%s\n' "$OUT" >h.json
is "what is never to be changed is no advice" 0 "$(get h.json "len([1 for x in d['facts'] if x['id'] == 'minutes_recorded'])")"
is "the effort is told" "[1, 9]" "$(get h.json "[min(x['effort'] for x in d['near']), 9 * (d['near'][0]['effort'] <= d['near'][-1]['effort'])]")"
exits "a cluster that nobody is in is told" 2 advise --period 2020 --cluster "Cụm3"
has "with the nearest" "$ERR" "unknown cluster 'Cụm3'; did you mean 'Cụm"
exits "commend tells it too" 2 commend --period 2020 --cluster "Cum 3"
exits "a period must be said" 2 advise --unit thanh_hoa_khoi
has "with how" "$ERR" "--period 2020-Q1"
finish
