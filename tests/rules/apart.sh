#!/bin/sh
# apart.sh - a change that no case notices: with a meeting that would notice it, and left out where none is found.
. "$(dirname "$0")/../lib.sh"
mkdir -p rules/xa/cases
cat >rules/xa/diem.lua <<'L'
local f = fact
return ruleset { id = "xa.diem", title = "Thử", issuer = "X", status = "reconstructed", source = "thử", effective = { from = "2025-01-01" },
	criteria = {
		criterion { id = "work", max = 90, label = "A", score = judged() },
		criterion { id = "late", max = 10, label = "B", score = capped(per(greatest { f.reported_days_after - 2, 0 }, 0.5), 10) },
	},
	levels = { { "tot", 90, "Tốt" }, { "kem", 0, "Kém" } } }
L
cat >rules/xa/cases/diem.lua <<'L'
local function case(w, d, t, l) return { name = w .. "/" .. d, facts = { reported_days_after = d }, judged = { superior = { work = w } }, expect = { total = t, level = l } } end
return { case(90, 2, 90, "tot"), case(80, 21, 89.5, "kem"), case(80, 22, 90, "tot"), case(80, 23, 90, "tot") }
L
CHIBO_RULES=$T/rules
exits "a cap that the maximum makes anyway needs no case" 0 rules test --coverage --mutate xa.diem
sed -i 's/case(80, 21, 89.5, "kem"), //' rules/xa/cases/diem.lua
exits "without the case below the threshold" 1 rules test --mutate xa.diem
has "the change is told" "$ERR" "no case notices when levels[1][2]: 90 becomes 89"
has "with a meeting that notices it" "$ERR" "add a case on each side; one that notices: superior: work = "

# Every change that the shipped packs' cases notice is told apart without them, so nothing is left out that matters.
changes() { printf '%s\n' "$OUT" | cut -d, -f1,6; }
CHIBO_RULES=$ROOT/rules
run 0 rules test --mutate --csv; all=$(changes)
cp -r "$ROOT/rules" one
for c in one/*/cases/*.lua; do
	python3 - "$c" <<'P'
import sys
s = open(sys.argv[1], encoding="utf-8").read()
i = s.rindex("\nreturn ")
open(sys.argv[1], "w", encoding="utf-8").write(s[:i] + "\nlocal all_cases = " + s[i + 8:] + "\nreturn { all_cases[1] }\n")
P
done
CHIBO_RULES=$T/one
run 1 rules test --mutate --csv || not_ok "one case a pack is too few" "$ERR"
is "and leaves no change out" "$all" "$(changes)"
finish
