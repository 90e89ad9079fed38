#!/bin/sh
# slow.sh - the corpus and the attacks on a machine ten times slower and more: every verdict line, with its message and its
# points, is the same as in a plain run. `make slow` runs all of it under valgrind (some 40 times slower, about a quarter of
# an hour) and once at the lowest priority beside busy loops; here, without SLOW=1, a sample.
. "$(dirname "$0")/../lib.sh"
cd "$ROOT" || exit 3
P=${CHIBO%/chibo}/tests/unit/lua/corpus
[ -x "$P" ] || { echo "slow.sh: $P is not built"; exit 3; }
all=${SLOW:-}
verdicts() { CORPUS_VERDICTS=1 CORPUS_SLOWER=$1 CORPUS_ONLY=$2 $3 "$P" 2>/dev/null | grep '^verdict'; }

# What is compared: under valgrind all, or one kind of each sort of limit.
sample="${all:+.lua}"
for only in ${sample:-cpu_for cpu_pcall hash_int pattern_cap memory_edge hon_}; do
	plain=$(verdicts 1 "$only" "")
	[ -n "$plain" ]; is "$only: there are verdicts" 0 $?
	if command -v valgrind >/dev/null && [ "${MODE:-release}" != asan ]; then # the two do not go together
		is "$only: the same under valgrind" "$plain" "$(verdicts 400 "$only" 'valgrind -q --tool=none --trace-children=no')"
	fi
	[ -n "$all" ] || continue
	loops= # of the same low priority, so that others who use the computer do not notice
	trap 'kill $loops; rm -rf "$T"; exit 130' INT TERM HUP
	for i in 1 2 3 4 5 6 7 8; do
		nice -n 19 sh -c 'while :; do :; done' &
		loops="$loops $!"
	done
	is "$only: the same at the lowest priority beside busy loops" "$plain" "$(verdicts 20 "$only" 'nice -n 19')"
	kill $loops
	trap - INT TERM HUP
done
finish
