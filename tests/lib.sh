# lib.sh - sourced by the shell suites: ". tests/lib.sh". A scratch folder $T, and ok/not ok lines.
# CHIBO is the program, ROOT the checkout. Suites never write outside $T.
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
CHIBO=${CHIBO:-$ROOT/build/${MODE:-release}/chibo}
T=$(mktemp -d "${TMPDIR:-/tmp}/chibo-test.XXXXXX") || exit 3
trap 'rm -rf "$T"' EXIT
cd "$T" || exit 3
CHIBO_RULES=$ROOT/rules; export CHIBO_RULES
unset CHIBO_DB NO_COLOR OUT ERR # OUT comes exported from run.sh; a large one in the environment stops every exec
export SOURCE_DATE_EPOCH=1735689600
FAILED=0
ok() { echo "ok $*"; }
not_ok() { echo "not ok $1"; shift; [ $# -eq 0 ] || printf '    %s\n' "$@"; FAILED=1; }
# run CODE ARGS...: runs chibo, keeps $OUT, $ERR (texts) and $RC; the case fails when the exit code is not CODE
run() {
	want=$1; shift
	"$CHIBO" "$@" >"$T/.out" 2>"$T/.err" </dev/null; RC=$?
	OUT=$(cat "$T/.out"); ERR=$(cat "$T/.err")
	[ $RC = "$want" ]
}
# is "NAME" WANTED GOT
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "wanted: $2" "got:    $3"; fi; }
# has "NAME" TEXT NEEDLE ; hasnt "NAME" TEXT NEEDLE
has() { case $2 in *"$3"*) ok "$1" ;; *) not_ok "$1" "no \"$3\" in:" "$2" ;; esac; }
hasnt() { case $2 in *"$3"*) not_ok "$1" "\"$3\" in:" "$2" ;; *) ok "$1" ;; esac; }
# exits "NAME" CODE ARGS...
exits() { n=$1; shift; if run "$@"; then ok "$n"; else not_ok "$n" "exit code $RC, wanted $1" "$ERR" "$OUT"; fi; }
finish() { exit $FAILED; }
