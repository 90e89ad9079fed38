# rules fmt: the shipped packs are laid out; files are changed in place, whole, or not at all.
. "$(dirname "$0")/../lib.sh"
exits "every shipped pack and case is laid out" 0 rules fmt --check
is "so nothing is named" "" "$OUT$ERR"

cp -r "$ROOT/rules" r && CHIBO_RULES=$T/r && export CHIBO_RULES
mess() { sed "s/^\t*//; s/\([a-z]\) = /\1=/; s/{ \([{a-z]\)/{\1/g" "$1" >"$2"; }
mess "$ROOT/rules/an_phu/hd42.lua" r/an_phu/hd42.lua
mess "$ROOT/rules/an_phu/cases/hd42.lua" r/an_phu/cases/hd42.lua
mess "$ROOT/rules/thanh_hoa/hd_khoi.lua" r/thanh_hoa/hd_khoi.lua
cp r/an_phu/hd42.lua messy.lua
chmod 640 r/an_phu/hd42.lua
exits "check finds what would change" 1 rules fmt --check
is "and names it" "$T/r/an_phu/cases/hd42.lua
$T/r/an_phu/hd42.lua
$T/r/thanh_hoa/hd_khoi.lua" "$OUT"
is "with how to mend it" "chibo: 3 files would change: chibo rules fmt" "$ERR"
is "and changes nothing" "" "$(cmp messy.lua r/an_phu/hd42.lua 2>&1)"
exits "a pack is laid out with its cases" 0 rules fmt an_phu.hd42
is "the changed files are named" "$T/r/an_phu/hd42.lua
$T/r/an_phu/cases/hd42.lua" "$OUT"
is "the pack is as it was shipped" "" "$(cmp "$ROOT/rules/an_phu/hd42.lua" r/an_phu/hd42.lua 2>&1)"
is "its cases too" "" "$(cmp "$ROOT/rules/an_phu/cases/hd42.lua" r/an_phu/cases/hd42.lua 2>&1)"
is "its mode is kept" 640 "$(stat -c %a r/an_phu/hd42.lua)"
is "and no other file is left" "cases
hd42.lua" "$(ls -A r/an_phu)"
before=$(stat -c %i r/an_phu/hd42.lua)
exits "a second time" 0 rules fmt an_phu
is "nothing is written" "$before" "$(stat -c %i r/an_phu/hd42.lua)$OUT"
exits "a folder of the rules" 0 rules fmt thanh_hoa
is "is laid out with everything in it" "$T/r/thanh_hoa/hd_khoi.lua" "$OUT"
exits "all is well again" 0 rules fmt --check

exits "any file by its path" 0 rules fmt messy.lua
is "is laid out" "messy.lua" "$OUT"
is "just the same" "" "$(cmp "$ROOT/rules/an_phu/hd42.lua" messy.lua 2>&1)"
mkdir other && mess "$ROOT/rules/central/hd12.lua" other/a.lua
exits "any folder by its path" 0 rules fmt "$T/other"
is "with all its files" "$T/other/a.lua" "$OUT"

is "standard input goes to standard output" "x = { 1 } -- one" "$(printf 'x={1}--one' | sed 's/--one/ -- one/' | "$CHIBO" rules fmt -)"
printf 'x={1}' | "$CHIBO" rules fmt --check - >out 2>err
is "or is checked" "1 stdin" "$? $(cat out)"
printf '\357\273\277local a=1\r\nreturn a\r\n' >crlf.lua
exits "a file from Windows" 0 rules fmt crlf.lua
is "becomes a plain one" "local a = 1
return a" "$(cat crlf.lua)"
is "without a carriage return or a byte order mark" 21 "$(wc -c <crlf.lua | tr -d ' ')"

printf 'return ruleset {\n\tid = "x"\n\ttitle="y"\n}\n' >bad.lua; cp bad.lua bad.copy
printf 'a=1\n' >good.lua
exits "what is not Lua is a finding" 1 rules fmt bad.lua good.lua
has "with its place and how to mend it" "$ERR" "bad.lua:3: '}' expected (to close '{' at line 1) near 'title'; look just before this place: is a comma or a bracket missing?"
has "the file is left as it is" "$ERR" "chibo: 1 file is not correct Lua and was left as it is"
is "byte for byte" "" "$(cmp bad.lua bad.copy 2>&1)"
is "the others are laid out all the same" "good.lua" "$OUT"
printf 'a = 1\342\200\213\n' >hidden.lua
exits "a hidden character is a finding" 1 rules fmt hidden.lua
has "with line and column" "$ERR" "hidden.lua:1:6:"
exits "a file that is not there" 3 rules fmt nothing.lua
has "is named" "$ERR" "nothing.lua: no such file"
ln -s good.lua link.lua
exits "a link is not replaced" 3 rules fmt link.lua
has "and says why" "$ERR" "is a link"
if [ "$(id -u)" != 0 ]; then
	mkdir ro && printf 'a=1\n' >ro/a.lua && chmod 555 ro
	exits "a folder that cannot be written" 3 rules fmt ro/a.lua
	has "is told" "$ERR" "ro/a.lua: cannot be written"
	chmod 755 ro
fi
finish
