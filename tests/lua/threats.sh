#!/bin/sh
# threats.sh - every test that the threat table of engine/lua/README.md names is there.
. "$(dirname "$0")/../lib.sh"
cd "$ROOT" || exit 3
bad=
sed -n '/^## Threats/,/^Cost:/p' engine/lua/README.md >"$T/table"
for f in $(grep -o '`tests/[a-z_./]*`' "$T/table" | tr -d '`'); do
	[ -e "$f" ] || bad="$bad $f"
done
# words such as "a `hash_* index_*`": files of the corpus (c) or the attacks (a); the larger ones of the corpus are made by corpus.c
grep '^|' "$T/table" | grep -oE '[ac] `[a-z_* ]+`' | sort -u >"$T/words"
while read -r where list; do
	dir=tests/lua/attacks; [ "$where" = c ] && dir=tests/lua/corpus
	for g in $(printf '%s' "$list" | tr -d '`' | sed 's/\*//g'); do
		ls "$dir/$g"* >/dev/null 2>&1 || bad="$bad $where:$g"
	done
done <"$T/words"
is "all are there" "" "$bad"
is "the table was found" 1 "$([ "$(wc -l <"$T/words")" -ge 15 ] && echo 1)"
is "every attack is listed" "$(LC_ALL=C ls tests/lua/attacks)" "$(sed 1d tests/lua/attacks.tsv | cut -f1 | LC_ALL=C sort)"
finish
