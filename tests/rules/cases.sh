#!/bin/sh
# What is wrong with cases, and with files of the rules folder that nothing would read, is told. All rules are invented.
. "$(dirname "$0")/../lib.sh"
mkdir -p rules/xa/cases
CHIBO_RULES=$T/rules; export CHIBO_RULES
cat >rules/xa/hd.lua <<'E'
return ruleset {
	id = "xa.hd", title = "Thử", issuer = "xa", status = "reconstructed", source = "thử", effective = { from = "2025-01-01" },
	for_kinds = { "regular" },
	facts = { { id = "hours", type = "decimal", label = "số giờ", max = 100 } },
	criteria = {
		criterion { id = "talk", max = 50, label = "Thảo luận", score = sum { judged { max = 40, id = "quality" }, flag(fact.hours:ge(10.5), 10) } },
		criterion { id = "minutes", max = 50, label = "Biên bản", score = judged() },
	},
	levels = { { "tot", 90, "Tốt" }, { "kem", 0, "Kém" } },
	periods = { quarter = first { { months:mean("score"):ge(80), "tot" }, otherwise "kem" } },
}
E
# cases "NAME" WANTED-LINE CASE: one case in line 2 of a case file, and the finding of it
cases() {
	printf 'return {\n\t%s,\n}\n' "$3" >rules/xa/cases/hd.lua
	exits "$1" 1 rules test xa.hd
	is "$1: is told" "rules/xa/cases/hd.lua:2: $2" "$(printf '%s\n' "$ERR" | head -1 | sed "s|$T/||")"
}
full='judged = { superior = { talk = { quality = 40 }, minutes = 50 } }'
cases "a decimal comma among the facts" \
	'facts: case "a": a value without a name among the facts; is it a decimal comma? write hours = 10.5, and every fact with its name' \
	"{ name = \"a\", facts = { hours = 10,5 }, $full, expect = { total = 90 } }"
cases "a misspelt judged line" 'judged: case "a": criterion talk has no judged line qualty; did you mean quality?' \
	'{ name = "a", facts = { hours = 11 }, judged = { superior = { talk = { qualty = 40 }, minutes = 50 } }, expect = { total = 100 } }'
cases "a judged line by number where it has a name" 'judged: case "a": criterion talk has no judged line 1; it has quality' \
	'{ name = "a", facts = { hours = 11 }, judged = { superior = { talk = { 40 }, minutes = 50 } }, expect = { total = 100 } }'
cases "lines of a criterion that is judged as one" 'judged: case "a": criterion minutes has no judged line form; it is judged as one: minutes = 3' \
	'{ name = "a", facts = { hours = 11 }, judged = { superior = { talk = { quality = 40 }, minutes = { form = 50 } } }, expect = { total = 100 } }'
cases "points without an assessor" 'judged: case "a": nothing is called minutes here' \
	'{ name = "a", facts = { hours = 11 }, judged = { minutes = { form = 50 } }, expect = { total = 100 } }'
is "are one finding" 2 "$(printf '%s\n' "$ERR" | grep -c .)"
cases "expected points in quotation marks" 'expect.points: case "a": expected points are a text; a number stands without quotation marks' \
	"{ name = \"a\", facts = { hours = 11 }, $full, expect = { points = { minutes = \"50\" } } }"
cases "a status that there is not" \
	'expect: case "a": the expected status is none that there is; "rated", "missing", "invalid" or "error"' \
	"{ name = \"a\", facts = { hours = 11 }, $full, expect = { status = \"thiếu\" } }"
cases "a kind of meeting that the ruleset does not rate" 'kind: case "a": the ruleset does not rate thematic meetings; one of for_kinds' \
	"{ name = \"a\", kind = \"thematic\", facts = { hours = 11 }, $full, expect = { total = 100 } }"
cases "a day before it is in force" 'held_on: case "a": the ruleset is not in force on 2024-12-31; a day within effective' \
	"{ name = \"a\", held_on = \"31/12/2024\", facts = { hours = 11 }, $full, expect = { total = 100 } }"
cases "months without the score that the rule asks for" \
	'case "a": quarter: expected tot, got none; where the rule asks for the score, give it with the level: { "tot", 92.5 }' \
	'{ name = "a", months = { "tot", "tot", "tot" }, expect = { quarter = "tot" } }'

exits "a failing case under --mutate" 1 rules test --mutate xa.hd
has "why no change was tried is said" "$ERR" "xa/hd.lua: no changes tried while its cases fail"

cat >rules/xa/cases/hd.lua <<E
return {
	{ name = "a", facts = { hours = 11 }, $full, expect = { total = 100 } },
	{ name = "a", held_on = "2025-01-01", facts = { hours = 10.5 }, $full, expect = { total = 100 } },
	{ name = "b", months = { { "tot", 92.5 }, { "tot", 80 }, { "kem", 70 } }, expect = { quarter = "tot" } },
}
E
exits "two cases of one name pass" 0 rules test xa.hd
is "and are told" 'rules/xa/cases/hd.lua:3: warning: name: two cases are called "a", the other in line 2; give each its own name' "$(printf '%s' "$ERR" | sed "s|$T/||")"
sed -i '3s/"a"/"c"/' rules/xa/cases/hd.lua
exits "each with its own name" 0 rules test xa.hd
is "nothing is said" "" "$ERR"

# files that nothing would read
mv rules/xa/cases/hd.lua rules/xa/cases/hd_more.lua
exits "a case file named after its pack" 0 rules check
is "is in its place" "" "$ERR"
mv rules/xa/cases/hd_more.lua rules/xa/cases/hd01.lua
exits "a case file named after no pack" 0 rules check
has "is told" "$ERR" "rules/xa/cases/hd01.lua: warning: belongs to no pack beside this folder, so its cases are never run; cases of hd42.lua are cases/hd42.lua or cases/hd42_more.lua"
mv rules/xa/cases/hd01.lua rules/xa/cases/hd.lua.txt
cp rules/xa/hd.lua rules/xa/hd2.lua.txt
exits "files that an editor called .txt" 0 rules check
has "a pack" "$ERR" "rules/xa/hd2.lua.txt: warning: is not read: the name of a pack ends in .lua; take .txt off its name"
has "cases" "$ERR" "rules/xa/cases/hd.lua.txt: warning: is not read: the name of a case file ends in .lua; take .txt off its name"
exits "rules fmt leaves them alone" 0 rules fmt
rm rules/xa/hd2.lua.txt
mv rules/xa/cases rules/xa/case && mv rules/xa/case/hd.lua.txt rules/xa/case/hd.lua
exits "cases in a folder of another name" 1 rules check
has "are told" "$ERR" "rules/xa/case/hd.lua:1: a pack returns a ruleset, not a plain table; these are cases: they stand in the folder cases beside their pack"
rm -r rules/xa/case

# a circle of bases, told in each of its packs; who only stands on one of them is told where
for p in a:b b:c c:a d:a; do
	echo "return ruleset { id = \"ho.${p%:*}\", issuer = \"ho\", status = \"reconstructed\", base = \"ho.${p#*:}\" }" >rules/ho_${p%:*}.lua
done
mkdir rules/ho && for p in a b c d; do mv rules/ho_$p.lua rules/ho/$p.lua; done
exits "a circle of bases" 1 rules check
for p in a:b b:c c:a; do
	has "is told in ${p%:*}" "$ERR" "rules/ho/${p%:*}.lua:1: base: base \"ho.${p#*:}\" leads back to this pack; end the circle: one pack must stand alone"
done
has "and where it was told in d" "$ERR" 'rules/ho/d.lua:1: base: its base "ho.a" has mistakes, told there'
rm -r rules/ho

# names that no id can have
mkdir rules/Phường && mv rules/xa/hd.lua rules/Phường/hd.lua
exits "a folder with letters that no id has" 1 rules check
has "is to be renamed" "$ERR" 'id "xa.hd" in the file of "Phường.hd"; rename the folder or the file: a to z, 0 to 9 and _ are possible'
mv rules/Phường/hd.lua rules/hd.lua && rmdir rules/Phường
exits "a pack in no folder" 1 rules check
has "is to be put into one" "$ERR" 'id "xa.hd" in the file of "hd"; put the file into a folder, one for each issuing body: the id is folder.file'
mv rules/hd.lua rules/xa/hd.lua

# two tables for the same meetings
sed 's/xa.hd/xa.b/' rules/xa/hd.lua >rules/xa/b.lua
exits "two packs of one body for the same meetings" 1 rules check
has "are told with the line of the days" "$ERR" "rules/xa/hd.lua:2: effective: xa.b and xa.hd of xa both hold from 2025-01-01 to further notice for the same meetings"
finish
