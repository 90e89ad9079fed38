#!/bin/sh
# trees.sh - packs that return what is no ruleset, or one that would hurt further on: cycles, doubled subtrees, numbers that are
# none, names without end, texts that a terminal, a web page or a spreadsheet would obey; and require of what is no part.
# Each is loaded or refused in a few clean lines that name the file; what is loaded rates, and its texts come out harmless.
. "$(dirname "$0")/../lib.sh"
mkdir -p rules/p
CHIBO_RULES=rules; export CHIBO_RULES
n=0
bad=
# pack NAME CODES BEFORE FIELDS: `rules check` of a ruleset with these fields after the lines BEFORE
pack() {
	printf '%s\nlocal score = score or bands(fact.present, { { 3, 10 } }, 0)\nreturn ruleset { id = "p.x", title = "Thử", issuer = "AP", status = "reconstructed", effective = { from = "2020-01-01" }, criteria = { criterion { id = "c", max = 10, label = "ví dụ", score = score } }, levels = { { "tot", 5, "Tốt" }, { "kem", 0, "Kém" } }, %s }\n' "$3" "$4" >rules/p/x.lua
	check "$1" "$2"
}
check() {
	(ulimit -t 20; exec "$CHIBO" rules check >out 2>err </dev/null); rc=$?
	n=$((n + 1))
	case $rc in $2) ;; *) bad="$bad $1($rc)" ;; esac
	[ $rc = 0 ] || grep -q 'rules/p/[x_]' err || bad="$bad $1(no place)"
	[ "$(wc -l <err)" -le 30 ] && [ "$(wc -c <err)" -le 6000 ] || bad="$bad $1(talk)"
	LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" out err && bad="$bad $1(control bytes)"
}
pack cycle '[13]' 'local t = {} t.a = t' 'note = t'
pack cycle_long '[13]' 'local t = {} local x = t for i = 1, 5000 do x.a = {} x = x.a end x.a = t' 'ranking = t'
pack deep '[13]' 'local t = {} local x = t for i = 1, 100000 do x[1] = {} x = x[1] end' 'gates = t'
pack cycle_form '[13]' 'local a = all { fact.online } a[1] = a score = flag(a, 1)' ''
pack doubled '[013]' 'score = flag(fact.online, 1) for i = 1, 60 do score = sum { score, score } end' ''
pack doubled_condition '[013]' 'local c = fact.online for i = 1, 60 do c = all { c, any { c, no(c) } } end score = flag(c, 10)' ''
pack doubled_number '[013]' 'local q = fact.present for i = 1, 60 do q = q + q end score = bands(q, { { 3, 10 } }, 0)' ''
pack doubled_product '[013]' 'local q = fact.present for i = 1, 60 do q = q * q end score = bands(q, { { 3, 10 } }, 0)' ''
pack doubled_share '[013]' 'local q = fact.present for i = 1, 40 do q = q / (q + 1) end score = bands(q, { { 3, 10 } }, 0)' ''
for v in '0/0' '-(0/0)' '1/0' '-1/0' '1e308' '-1e308' '5e-324' '2^63' 'math.mininteger' '1e15+0.5' '"10"' 'true' '{}' 'print' '"\0"'; do
	pack "points $v" '[13]' "score = bands(fact.present, { { 3, $v } }, 0)" ''
	pack "threshold $v" '[013]' "score = bands(fact.present, { { $v, 10 } }, 0)" ''
	pack "judged $v" '[13]' "score = judged { max = $v }" ''
done
pack "points -0.0" '[01]' 'score = bands(fact.present, { { 3, 10 } }, -0.0)' ''
pack id_huge '[13]' '' 'facts = { { id = ("x"):rep(100000), type = "count", label = "x" } }'
pack title_huge '[013]' '' 'source = ("ộ"):rep(200000)'
pack fields_many '[13]' 'local t = {} for i = 1, 50000 do t["f" .. i] = i end' 'note = t'
pack list_huge '[13]' 'local t = {} for i = 1, 60000 do t[i] = i end' 'gates = t'
pack list_holes '[13]' 'local t = { [1] = "a", [2^53] = "b", [-1] = "c", [0.5] = "d" }' 'gates = t'
pack keys_odd '[13]' 'local t = { [true] = 1, [print] = 2, [{}] = 3 }' 'gates = t'
pack key_control '[13]' '' '["\27[31m"] = 1'
pack key_formula '[13]' '' '["=cmd|x"] = 1'
pack function_odd '[13]' '' 'gates = { function() return 1 end }'
pack metatable '[013]' 'local t = setmetatable({}, { __index = function(_, k) return k end, __len = function() return 1e9 end })' 'gates = t'
for esc in '\27]0;x\7' '\u{9b}31m' '\u{202e}' '\u{200b}' '\u{feff}' '\r' '\n' '\0' '\xff' '\u{D800}' '\u{7FFFFFFF}'; do
	pack "text $esc" '[013]' '' "source = \"a${esc}b\""
done
for r in '../p/_a' '/etc/passwd' '_a.lua' './_a' '_A' '_a/../_a' '_ộ' '_a\0b' '' '_' '_link' 'p._a' '_loop' '_a\n'; do
	echo 'return {}' >rules/p/_a.lua
	ln -sf /etc/passwd rules/p/_link.lua
	echo 'return require "_loop"' >rules/p/_loop.lua
	pack "require $r" '[13]' "local _ = require \"$r\"" ''
done
for src in 'return 1' 'return' '' 'return nil, nil' 'return ruleset' 'return setmetatable({}, {})' 'return ruleset {}' 'return ruleset(1)' 'return ruleset { ruleset {} }' \
	'error(setmetatable({}, { __tostring = function() return "x" end }))' 'error()' 'while true do end' 'return ruleset { id = "p.x", criteria = 1, levels = fact.present }'; do
	printf '%s\n' "$src" >rules/p/x.lua
	check "source $src" '[13]'
done
is "all end in clean lines that name the file" "" "$bad"
is "that many were tried" 103 "$n"

# texts that others would obey
cat >rules/p/x.lua <<'END'
return ruleset { id = "p.x", title = "</title><script>alert(1)</script>", issuer = "AP", status = "reconstructed",
	effective = { from = "2020-01-01" }, source = "x", criteria = { criterion { id = "c", max = 10, label = "=cmd|' /C calc'!A0",
	article = "@SUM(1)", score = bands(fact.present, { { 3, 10 } }, 0) } }, levels = { { "tot", 5, "+1</td>" }, { "kem", 0, "Kém" } } }
END
rm -f rules/p/_*.lua
CHIBO_DB=r.db; export CHIBO_DB
printf 'code,name,kind,parent\nAP,"=1+1</td><script>x</script>",xa,\nAP-1,@SUM(1),chi_bo_co_so,AP\n' >u.csv
printf 'unit,held_on,members,present\nAP-1,2024-01-15,9,5\n' >m.csv
exits "a record" 0 init
exits "units" 0 import units u.csv
exits "meetings" 0 import meetings m.csv
exits "it rates" 0 evaluate
exits "the criteria as CSV" 0 export criteria --csv
has "a formula is a text there" "$OUT" "\"'=cmd|' /C calc'!A0\",\"'@SUM(1)\""
exits "the results as CSV" 0 export results --csv
has "a unit's name too" "$OUT" "\"'=1+1</td><script>x</script>\""
for page in "explain 1" "report month 2024-01" "rules show p.x" "rules form p.x"; do
	exits "$page as a page" 0 $page --html
	hasnt "$page: no script in it" "$OUT" "<script"
done
finish
