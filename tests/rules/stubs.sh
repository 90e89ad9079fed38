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

# --- the console's: help() and the editors' file say the same ---
made=$ROOT/scripts/console_stubs/chibo.d.lua
if "$lua" "$ROOT/scripts/stubs/console.lua" "$ROOT/scripts" >console.d.lua && cmp -s console.d.lua "$made"; then
	ok "scripts/console_stubs/chibo.d.lua is what make stubs writes"
else
	not_ok "scripts/console_stubs/chibo.d.lua is stale" "run make stubs"
fi
if "$lua" -e 'assert(loadfile("console.d.lua"))'; then ok "the console's stubs are Lua"; else not_ok "the console's stubs are Lua"; fi
"$CHIBO" --db s.db init 2>/dev/null
cat >names.lua <<'LUA'
-- what has no annotation, and so no help: methods of everything, verbs
local classes = { query = getmetatable(results:where "score > 0").__index, rows = getmetatable(sql [[select 1 as one]]).__index,
	draft = getmetatable(draft "a.b").__index, expression = getmetatable(f.score).__index }
for what, class in pairs(classes) do
	for name, v in pairs(class) do
		if type(v) == "function" and name:sub(1, 2) ~= "__" and name ~= "compile" and name ~= "limit" and tostring(help(name)):find("^nothing is known") then
			print(what .. ":" .. name)
		end
	end
end
for _, verb in ipairs { "rank", "compliance", "advise", "figures", "explain", "evaluate", "report", "whatif", "draft", "edit", "watch", "pager", "sql", "help" } do
	if tostring(help(verb)):find("^nothing is known") then print(verb) end
end
LUA
exits "every method and verb has help" 0 --db s.db run names.lua
is "every method and verb has help: none is missing" "" "$OUT"
# the first line of each block of the stubs, and its name
sed -n '/^--- /{s/^--- //;h};/^function /{s/^function \([A-Za-z]*:\)\{0,1\}\([a-z_0-9]*\).*/\2/;G;s/\n/\t/;p}' "$made" | sort -u >pairs.txt
cat >same.lua <<'LUA'
for _, pair in ipairs { ... } do
	local name, line = pair:match("^([^\t]*)\t(.*)$")
	if not tostring(help(name)):find(line, 1, true) then print(name, line) end
end
LUA
tr '\n' '\0' <pairs.txt | xargs -0 "$CHIBO" --db s.db run same.lua >differ.txt 2>&1
is "help() says what the editors' file says" "" "$(cat differ.txt)"
[ "$(wc -l <pairs.txt)" -gt 60 ] && ok "of every word" || not_ok "of every word" "$(wc -l <pairs.txt)"
finish
