# The stubs for editors are made from scripts/rule.lua, and every word of the language has its annotation.
. "$(dirname "$0")/../lib.sh"
lua=$(command -v lua5.4 || command -v lua)
if "$lua" "$ROOT/scripts/stubs/make.lua" <"$ROOT/scripts/rule.lua" >made.lua && cmp -s made.lua "$ROOT/scripts/stubs/chibo.d.lua"; then
	ok "scripts/stubs/chibo.d.lua is what make stubs writes"
else
	not_ok "scripts/stubs/chibo.d.lua is stale" "run make stubs"
fi
for owner in M Node Set Level; do
	have=$(grep -cE "^$owner\.[a-z_]+ = " "$ROOT/scripts/rule.lua")
	case $owner in
	M) made=$(grep -cE '^(function [a-z_]+\(|[a-z_]+ = \{\})' made.lua) ;;
	*) made=$(grep -cE "^function $owner:" made.lua) ;;
	esac
	is "every word of $owner is annotated" "$have" "$made"
done
if "$lua" -e 'assert(loadfile("made.lua"))'; then ok "the stubs are Lua"; else not_ok "the stubs are Lua"; fi
for word in $(sed -n 's/^M\.\([a-z_]*\) = .*/\1/p' "$ROOT/scripts/rule.lua"); do
	grep -q "\"$word\"" "$ROOT/.luacheckrc" || not_ok "luacheck knows $word"
	grep -qE "\b$word\b" "$ROOT/rules/README.md" || not_ok "the guide explains $word"
done
ok "luacheck and the guide know every word"
finish
