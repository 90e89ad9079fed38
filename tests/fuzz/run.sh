#!/bin/sh
# run.sh TARGET... - each libFuzzer target for FUZZ_SECONDS, one after the other: `make fuzz`. What is new in a corpus is kept in
# build/fuzz/TARGET.corpus, an input that breaks something in build/fuzz/TARGET-*. Ends with "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 3
pass=0; fail=0
for f in "$@"; do
	mkdir -p "build/fuzz/$f.corpus"
	more=; [ "$f" != pack ] || more="tests/rules/broken rules"
	# shellcheck disable=SC2086 # two folders
	if "build/fuzz/$f" -max_total_time="${FUZZ_SECONDS:-30}" -max_len=4096 -timeout=25 -verbosity=0 -artifact_prefix="build/fuzz/$f-" \
		"build/fuzz/$f.corpus" "tests/fuzz/corpus/$f" $more >"build/fuzz/$f.log" 2>&1; then
		echo "fuzz: $f is clean after ${FUZZ_SECONDS:-30} s"
		pass=$((pass + 1))
	else
		grep -v '# Uses' "build/fuzz/$f.log" | tail -n 40
		echo "fuzz: $f found something"
		fail=$((fail + 1))
	fi
done
echo "$pass passed, $fail failed"
[ $fail = 0 ]
