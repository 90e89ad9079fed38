# The shipped packs as a user meets them: check finds nothing, cases pass, reach everything and notice every change.
. "$(dirname "$0")/../lib.sh"
exits "rules check finds no mistake in the shipped packs" 0 rules check --csv
is "and says nothing about them" "" "$ERR"
exits "their cases pass" 0 rules test --csv
hasnt "every pack has cases" "$OUT" ",0,0
"
exits "their cases reach every part and notice every change" 0 rules test --coverage --mutate --csv
is "for all eight packs" 8 "$(printf '%s\n' "$OUT" | grep -c '\.')"
printf '%s\n' "$OUT" | tail -n +2 | while IFS=, read -r id cases failed reached parts mutants unnoticed; do
	[ "$cases" -gt 0 ] && [ "$failed" = 0 ] && [ "$reached" = "$parts" ] && [ "$parts" -gt 0 ] && [ "$mutants" -gt 0 ] && [ "$unnoticed" = 0 ] ||
		echo "$id $cases $failed $reached $parts $mutants $unnoticed"
done >wrong
is "and none is left over" "" "$(cat wrong)"

# one case fewer is noticed
mkdir -p copy && cp -r "$ROOT/rules/." copy && CHIBO_RULES=$T/copy && export CHIBO_RULES
grep -v '51/100 phát biểu' "$ROOT/rules/tuyen_quang/cases/qd19.lua" >copy/tuyen_quang/cases/qd19.lua
exits "a threshold without its case is told" 1 rules test tuyen_quang.qd19 --mutate
has "with its place" "$ERR" "tuyen_quang/qd19.lua:80: warning: no case notices when speaking.score[1][1][2]: 0.5 becomes 0.51"
cp "$ROOT/rules/tuyen_quang/cases/qd19.lua" copy/tuyen_quang/cases/qd19.lua

# the missing edges are written for a person to confirm, and are no tests before
CHIBO_RULES=$T/copy
cat >copy/tuyen_quang/cases/qd19.lua <<'END'
return { {
	name = "đủ", held_on = "2020-03-05",
	facts = {
		members = 22, exempt = 2, present = 20, absent_unexcused = 0, longest_excused_run = 0, duration_minutes = 90,
		planned_on = "2020-03-05", committee_size = 3, committee_met = true, documents_days_before = 2, steps_complete = true,
		regular_content = true, speakers = 15, minutes_recorded = true, resolution_passed = true, tasks_assigned = 10, tasks_done = 10,
	},
	expect = { total = 100, level = "tot" },
} }
END
exits "boundaries writes the missing edges" 0 rules test --boundaries tuyen_quang.qd19
has "both sides of 15 minutes short" "$OUT" 'name = "duration: duration_minutes = 74", confirmed = false'
has "this one too" "$OUT" 'name = "duration: duration_minutes = 75", confirmed = false'
has "of 85 percent" "$OUT" 'name = "attendance: present = 17"'
has "of the first absence without reason" "$OUT" 'name = "attendance: absent_unexcused = 1"'
hasnt "nothing twice" "$OUT" 'absent_unexcused = 0"'
printf '%s\n' "$OUT" >copy/tuyen_quang/cases/qd19_edges.lua
exits "they are not run before they are confirmed" 0 rules test tuyen_quang.qd19 --csv
has "one case counts" "$OUT" "tuyen_quang.qd19,1,0"
has "the others are said" "$ERR" "cases to confirm, not run"
sed 's/, confirmed = false,/,/' copy/tuyen_quang/cases/qd19_edges.lua >edges && mv edges copy/tuyen_quang/cases/qd19_edges.lua
exits "confirmed, they pass" 0 rules test tuyen_quang.qd19 --csv
hasnt "and count" "$OUT" "tuyen_quang.qd19,1,0"
exits "then none is missing" 0 rules test --boundaries tuyen_quang.qd19
hasnt "as the file is empty" "$OUT" "name ="
rm copy/tuyen_quang/cases/qd19_edges.lua; cp "$ROOT/rules/tuyen_quang/cases/qd19.lua" copy/tuyen_quang/cases/qd19.lua

# an edited threshold fails its cases, with the sheet
sed 's/share:gt(0.85), 20/share:gt(0.80), 20/' "$ROOT/rules/tuyen_quang/qd19.lua" >copy/tuyen_quang/qd19.lua
exits "an edited threshold fails its cases" 1 rules test tuyen_quang.qd19
has "the failing case is named" "$ERR" 'case "17/20 = 85% không phải trên 85%": total: expected 95, got 100'
has "with its line" "$ERR" "cases/qd19.lua:$(grep -n "17/20 = 85%" "$ROOT/rules/tuyen_quang/cases/qd19.lua" | cut -d: -f1 | head -1):" 
has "and the sheet that came out" "$ERR" "attendance 20"
exits "diff tells the change" 0 rules diff "$ROOT/rules/tuyen_quang/qd19.lua" "$T/copy/tuyen_quang/qd19.lua" --csv
has "in words" "$OUT" "> 85%: 20 điểm"
has "before and after" "$OUT" "> 80%: 20 điểm"
is "and nothing else" 2 "$(printf '%s\n' "$OUT" | grep -c .)"
sed 's/-- .*//; s/\bspoke\b/noi/g' "$ROOT/rules/tuyen_quang/qd19.lua" >copy/tuyen_quang/qd19.lua
exits "a pack that was only rewritten" 0 rules diff "$ROOT/rules/tuyen_quang/qd19.lua" "$T/copy/tuyen_quang/qd19.lua" --csv
is "has no difference" 1 "$(printf '%s\n' "$OUT" | grep -c .)"
exits "two regulations side by side" 0 rules diff central.hd42 an_giang.hd01 --csv
has "differ in how totals become whole" "$OUT" "làm tròn đến 1 điểm, nửa lên"

exits "doc lists the facts" 0 rules doc --csv
for f in members held_on documents_posted; do has "$f among them" "$OUT" "
$f,"; done
has "and who asks for them" "$OUT" "an_phu.hd42,an_phu.hd42"
exits "show prints the form" 0 rules show an_phu.hd42
has "in Vietnamese" "$OUT" "Tỷ lệ đảng viên dự"

exits "form prints the empty sheet" 0 rules form an_phu.hd42
has "and every line that is judged" "$OUT" "định hướng, dự thảo"
has "and who marks" "$OUT" "Người dự chấm"
exits "and for the browser" 0 rules form an_phu.hd42 --html
has "as a page" "$OUT" "<table"

# a pack to start from
mkdir new && cp -r "$ROOT/rules/central" new && CHIBO_RULES=$T/new && export CHIBO_RULES
exits "new writes a pack with cases" 0 rules new phuong_mau.hd42 --title "Bảng điểm của phường Mẫu"
is "and says where" "$T/new/phuong_mau/hd42.lua
$T/new/phuong_mau/cases/hd42.lua" "$OUT"
exits "it passes check" 0 rules check phuong_mau.hd42
is "without a finding" "" "$ERR"
exits "its cases reach and notice everything" 0 rules test phuong_mau.hd42 --coverage --mutate --csv
has "all of it" "$OUT" "phuong_mau.hd42,10,0,"
exits "nothing is overwritten" 3 rules new phuong_mau.hd42
has "it says so" "$ERR" "is there already"
exits "a bad name is refused" 2 rules new "../x.y"
exits "a title cannot end the text it stands in" 2 rules new a.b --title 'x" .. os.exit() .. "'
exits "a day may be written as people do" 0 rules new phuong_mau.hd43 --from 01/11/2025
has "and stands in the pack as packs have it" "$(cat new/phuong_mau/hd43.lua)" 'from = "2025-11-01"'
exits "no day" 2 rules new phuong_mau.hd44 --from 31/02/2025
has "is told" "$ERR" "--from 31/02/2025: write a day as 01/11/2025 or 2025-11-01"
exits "without an id there is nothing to ask where no one answers" 2 rules new
has "and it says so" "$ERR" "rules new: wants ID, such as phuong_mau.hd42"

# on a terminal it asks: a wrong answer again, an empty one for what it offers
cat >ask.py <<'END'
import os, pty, sys, select
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "rules", "new"])
answers, seen = ["Phường", "phuong_moi.hd42", "Bảng \"điểm\"", "Bảng điểm của phường Mới", "", "1/13/2025", "01/12/2025"], b""
while True:
    if not select.select([fd], [], [], 20)[0]:
        break
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    if not got:
        break
    seen += got
    if seen.endswith(b": ") and answers:
        os.write(fd, (answers.pop(0) + "\n").encode())
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
python3 ask.py "$CHIBO" >asked
is "asked on a terminal, it writes a pack" 0 $?
has "a wrong id is asked for again" "$(cat asked)" "a pack is named folder.file"
has "a title with quotation marks too" "$(cat asked)" "no quotation marks"
has "a day that is none too" "$(cat asked)" "write a day as"
has "the folder is offered as the issuer" "$(cat asked)" "code of the unit that issued it [phuong_moi]: "
has "what to do next is said" "$(cat asked)" "chibo rules test phuong_moi.hd42"
has "the answers stand in the pack" "$(cat new/phuong_moi/hd42.lua)" 'title = "Bảng điểm của phường Mới"'
has "the day too" "$(cat new/phuong_moi/hd42.lua)" 'from = "2025-12-01"'
exits "the pack passes check" 0 rules check phuong_moi.hd42
is "without a finding" "" "$ERR"
exits "its cases reach and notice everything" 0 rules test phuong_moi.hd42 --coverage --mutate
exits "and both files are laid out" 0 rules fmt --check phuong_moi
finish
