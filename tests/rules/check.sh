#!/bin/sh
# check.sh - rules check for packs in other folders, on a base, and side by side. All rules are invented.
. "$(dirname "$0")/../lib.sh"
mkdir -p out/xa
cat >out/xa/hd.lua <<'E'
return ruleset {
	id = "xa.hd", title = "Thử", issuer = "xa", status = "reconstructed", source = "thử",
	base = "central.hd42",
	override = { criterion { id = "closing", max = 5, label = "Kết thúc", score = flag(fact.minutes_recorded, 5) } },
	levels = { { "tot", 101, "Tốt" }, { "kem", 0, "Kém" } },
	total = whole "half_up",
}
E
exits "a pack on a base of the rules folder, from another folder" 1 rules check out/xa/hd.lua
is "a fault of the pack is told in the pack, not in its base" "out/xa/hd.lua:5: levels[1]: nobody can get tot: it begins at 101 points, and no meeting gets more than 100; lower the threshold, or mend the maxima of the criteria" "$(printf '%s\n' "$ERR" | head -1)"
cd out/xa || exit 3
exits "from within its folder" 1 rules check hd.lua
has "the id is still folder.file" "$OUT" "xa.hd"
sed -i 's/101/90/' hd.lua
exits "mended" 0 rules check ./hd.lua
is "there is nothing to say" "" "$ERR"
exits "a pack that is nowhere" 3 rules check hd43.lua
has "says where it was looked for" "$ERR" "no pack hd43.lua: neither a file from here nor $CHIBO_RULES/hd43.lua; 'chibo rules list' names the packs"
cd ../.. || exit 3
exits "a folder" 3 rules check out/xa
has "says how a folder is checked" "$ERR" "out/xa is a folder: name one of its files, or give the folder above it as --rules"

# a day stands beside a date, in each of its forms
mkdir -p days/tinh
cat >days/tinh/a.lua <<'E'
local f = fact
return ruleset {
	id = "tinh.a", title = "Thử", issuer = "tinh", status = "reconstructed", source = "thử", effective = { from = "2024-01-01" },
	criteria = {
		criterion { id = "a", max = 50, label = "A", applies = f.held_on:ge(day "2025-07-01"), otherwise = "full", score = judged() },
		criterion { id = "b", max = 50, label = "B", score = flag(any { f.planned_on:between(day "2024-02-01", day "2024-03-01"), f.held_on:lt("2024-09-01") }, 50) },
	},
	levels = { { "tot", 90, "Tốt" }, { "kem", 0, "Kém" } },
}
E
exits "days in a rule are right" 0 rules check days/tinh/a.lua
is "without a word" "" "$ERR"
sed -i 's/day "2025-07-01"/2025/' days/tinh/a.lua
exits "a year is no day" 1 rules check days/tinh/a.lua
has "it is told" "$ERR" 'days/tinh/a.lua:5: criteria[1].applies: a date is compared with the number 2025; write day "2025-07-01"'

# two packs of one body, side by side
mkdir -p two/tinh
pack() { cat <<E
return ruleset {
	id = "tinh.$1", title = "Thử", issuer = "tinh", status = "reconstructed", source = "thử",
	effective = { from = "$2", to = "$3" }, for_kinds = { $4 },
	criteria = { criterion { id = "a", max = 100, label = "A", score = judged() } },
	levels = { { "tot", 90, "Tốt" }, { "kem", 0, "Kém" } },
}
E
}
pack a 2024-01-01 2024-06-30 '"regular"' >two/tinh/a.lua
pack b 2024-06-30 2024-12-31 '"regular", "combined"' >two/tinh/b.lua
exits "two that hold on the same day" 1 --rules two rules check
has "are told with the days" "$ERR" "effective: tinh.a and tinh.b of tinh both hold from 2024-06-30 to 2024-06-30 for the same meetings; end one on the day before the other begins"
pack b 2024-08-01 2024-12-31 '"regular", "combined"' >two/tinh/b.lua
exits "a hole between two" 0 --rules two rules check
has "is told as well" "$ERR" "after tinh.a ends on 2024-06-30 nothing of tinh holds until 2024-08-01"
pack b 2024-01-01 2024-12-31 '"thematic"' >two/tinh/b.lua
exits "tables for other kinds of meetings stand beside each other" 0 --rules two rules check
is "without a word" "" "$ERR"

# facts that nothing brings into the record
mkdir -p seen/xa
cat >seen/xa/hd.lua <<'E'
return ruleset {
	id = "xa.hd", title = "Thử", issuer = "xa", status = "reconstructed", source = "thử", effective = { from = "2024-01-01" },
	facts = { { id = "posted", type = "flag", label = "đã niêm yết" } },
	criteria = {
		criterion { id = "a", max = 60, label = "A", score = flag(fact.minutes_recorded, 60) },
		criterion { id = "b", max = 20, label = "B", score = flag(fact.posted, 20) },
		criterion { id = "c", max = 20, label = "C", score = flag(fact.opinions:ge(3), 20) },
	},
	levels = { { "tot", 90, "Tốt" }, { "kem", 0, "Kém" } },
}
E
printf 'code,name,kind,parent,valid_from\nX,Xã thử,xa,,2020-01-01\nC,Chi bộ cơ sở thử,chi_bo_co_so,X,2020-01-01\n' >u.csv
printf 'unit,held_on,kind,minutes_recorded,opinions\nC,2024-03-04,regular,1,\n' >m.csv
if ! run 0 --db r.db init || ! run 0 --db r.db import units u.csv || ! run 0 --db r.db import meetings m.csv; then not_ok "an invented record" "$ERR"; fi
exits "a pack is held against the record" 0 --db r.db rules check --record seen/xa/hd.lua
is "what no meeting reports is told where it is read" "seen/xa/hd.lua:6: warning: no meeting on record reports posted (đã niêm yết); import it ('chibo template meetings' has its column), or say what a meeting without it gets
seen/xa/hd.lua:7: warning: no meeting on record reports opinions (số lượt ý kiến); import it ('chibo template meetings' has its column), or say what a meeting without it gets" "$ERR"
printf 'unit,held_on,kind,opinions\nC,2024-04-04,regular,2\n' >m.csv
run 0 --db r.db import meetings m.csv
run 0 --db r.db rules check --record seen/xa/hd.lua
hasnt "what one reports is not" "$ERR" "opinions"
exits "without a record there is nothing to hold against" 3 --db none.db rules check --record seen/xa/hd.lua
finish
