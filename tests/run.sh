#!/bin/sh
# run.sh TEST... - runs unit programs (cmocka) and *.sh suites side by side, shows what failed, ends with "N passed, N failed".
# A suite prints a line "ok NAME" or "not ok NAME" per case (tests/cli/lib.sh) and may print more; a cmocka program
# prints its own "[       OK ]" lines. A program that dies, or says nothing, counts as one failure.
out=$(mktemp -d) || exit 3
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM
export OUT="$out"
one='
t=$1; log=$OUT/$(printf %s "$t" | tr "/ " "__").log
case $t in *.sh) sh "$t" ;; *) "$t" ;; esac >"$log" 2>&1 </dev/null; rc=$?
p=$(grep -cE "^(\[       OK \]|ok )" "$log"); f=$(grep -cE "^(\[  FAILED  \] [a-zA-Z_0-9]+$|not ok )" "$log")
case $t in *.sh) ;; *) f=$(grep -E "^\[  FAILED  \] [a-zA-Z_0-9]+$" "$log" | sort -u | grep -c .) ;; esac
if [ $rc -ne 0 ] && [ "$f" -eq 0 ]; then f=1; echo "not ok $t: exit code $rc" >>"$log"; fi
if [ "$p" -eq 0 ] && [ "$f" -eq 0 ]; then f=1; echo "not ok $t: ran no case" >>"$log"; fi
echo "$p $f" >"$log.count"
if [ "$f" -ne 0 ]; then { echo "--- $t"; grep -vE "^(\[ RUN|\[       OK|ok )" "$log" | tail -n 60; } >&2; fi
'
printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -I{} sh -c "$one" sh {}
set -- "$out"/*.count
[ -e "$1" ] || { echo "0 passed, 1 failed"; exit 1; }
cat "$@" | awk '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f; exit f != 0 }'
