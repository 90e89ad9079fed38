#!/bin/sh
# layers.sh - who may include whom: base <- model <- store, rule <- eval <- exchange, report <- lua <- cli.
cd "$(dirname "$0")/.." || exit 3
bad=0
fail() { echo "layers: $1" >&2; bad=1; }
allowed() {
	case $1 in
	base) echo base ;;
	model) echo base model ;;
	store) echo base model store ;;
	rule) echo base model rule ;;
	eval) echo base model store rule eval ;;
	exchange) echo base model store rule eval exchange ;;
	report) echo base model store rule eval report ;;
	lua) echo base model store rule eval exchange report lua ;;
	cli) echo base model store rule eval exchange report lua cli ;;
	esac
}
for dir in engine/*/; do
	room=$(basename "$dir")
	ok=" $(allowed "$room") "
	[ "$ok" = "  " ] && fail "engine/$room is not a known room"
	for f in "$dir"*.[ch]; do
		[ -e "$f" ] || continue
		for inc in $(sed -n 's/^#[ \t]*include[ \t]*"\([a-z]*\)\/.*/\1/p' "$f" | sort -u); do
			case $ok in *" $inc "*) ;; *) fail "$f includes $inc/, which is not below it" ;; esac
		done
		if grep -qE '^#[ \t]*include[ \t]*<(lua|lualib|lauxlib)\.h>' "$f" && [ "$room" != lua ]; then fail "$f includes lua.h outside engine/lua"; fi
		if grep -qE '^#[ \t]*include[ \t]*<sqlite3\.h>' "$f" && [ "$room" != store ]; then fail "$f includes sqlite3.h outside engine/store"; fi
		for inc in $(sed -n 's/^#[ \t]*include[ \t]*"\([a-z]*\/[a-z_]*_int\.h\)".*/\1/p' "$f"); do
			[ "${inc%%/*}" = "$room" ] || fail "$f includes another room's $inc"
		done
	done
done
[ $bad = 0 ] && echo "layers: clean"
exit $bad
