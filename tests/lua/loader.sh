#!/bin/sh
# loader.sh - the corpus through the real way: each chunk is a part of a pack, its function a criterion, a case rates one meeting.
# The program ends by itself, in time, with a known exit code, and says the file and a line; the verdict is corpus.c's business.
. "$(dirname "$0")/../lib.sh"
C=$ROOT/tests/lua/corpus
mkdir -p rules/p/cases
cat >rules/p/x.lua <<'END'
local r = require "_chunk"
local m = {}
for i = 1, 12 do m[i] = { date = "2024-01-05", attendance = 900 + i, minutes = true } end
local u = { code = "AP01", name = "Chi bộ ví dụ", province = "an_phu", membership = 1185, meetings = m }
return ruleset { id = "p.x", issuer = "trung_uong", status = "reconstructed", effective = { from = "2020-01-01" },
	criteria = { criterion { id = "c", max = r.max, label = "ví dụ", needs = { "members" }, score = function(_) return r.eval(u) end } },
	levels = { { "tot", 5, "Tốt" }, { "kem", 0, "Kém" } } }
END
cat >rules/p/cases/x.lua <<'END'
return { { name = "rated", facts = { members = 20 }, expect = { total = 7 } } }
END
sed -n '2,$p' "$ROOT/tests/lua/corpus.tsv" | cut -f1 >names
bad=; n=0
for f in $(cat names) victim.lua; do
	[ -f "$C/$f" ] || continue
	cp "$C/$f" rules/p/_chunk.lua
	(ulimit -t "${LOADER_CPU:-40}"; exec "$CHIBO" --rules rules rules test p.x >out 2>err </dev/null); rc=$?
	n=$((n + 1))
	case $f in
	victim.lua) [ $rc = 0 ] || bad="$bad victim($rc)" ;;
	*)
		case $rc in 0 | 1 | 3) ;; *) bad="$bad $f($rc)" ;; esac
		grep -q ESCAPED out err && bad="$bad $f(escaped)"
		[ $rc = 0 ] || grep -qE '\.lua:[0-9]+|_chunk\.lua|expects' err || bad="$bad $f(no place)"
		;;
	esac
done
is "every file ends as a finding or a score" "" "$bad"
is "all that are kept as files were run" 245 "$n"
finish
