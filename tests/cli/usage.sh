#!/bin/sh
# usage.sh - the command line itself: help, options, exit codes, words that are nearly right.
. "$(dirname "$0")/../lib.sh"

# --- help ---------------------------------------------------------------------------------------------------------
exits "help is printed for --help" 0 --help
has "the overview names the exit codes" "$OUT" "0 done, 1 findings, 2 wrong usage, 3 could not run"
is "help is data: nothing on stderr" "" "$ERR"
exits "'help' as a word does the same" 0 help
exits "the version is printed" 0 --version
has "with a number" "$OUT" "chibo 0."
"$CHIBO" --help | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  .*/\1/p' >commands
[ "$(wc -l <commands)" -ge 20 ] && ok "the overview lists the commands" || not_ok "the overview lists the commands" "$(cat commands)"
while read -r cmd; do
	# shellcheck disable=SC2086
	"$CHIBO" $cmd --help >help.out 2>help.err; rc=$?
	[ $rc = 0 ] && [ ! -s help.err ] && grep -q "^usage: chibo $cmd" help.out && grep -A1 '^example:' help.out | grep -q "  chibo" &&
		ok "'$cmd --help' has a usage line and an example" || not_ok "'$cmd --help' has a usage line and an example" "$(cat help.out help.err)"
	long=$(awk 'length > 140' help.out)
	[ -z "$long" ] && ok "'$cmd --help' fits a wide terminal" || not_ok "'$cmd --help' fits a wide terminal" "$long"
	grep -qF "*$cmd*" "$ROOT/engine/cli/chibo.1.scd" && ok "'$cmd' is in the man page" || not_ok "'$cmd' is in the man page"
done <commands
exits "a group lists its commands" 0 rules --help
has "rules check is one of them" "$OUT" "rules check"
exits "help works without a record or rules" 0 --db nowhere.db --rules nowhere evaluate --help

# --- wrong usage: exit 2, one line ----------------------------------------------------------------------------------
wrong() { # NAME WORDS ARGS...
	n=$1; w=$2; shift 2
	exits "$n" 2 "$@"
	has "$n: says so" "$ERR" "$w"
	is "$n: one line" 1 "$(printf '%s\n' "$ERR" | wc -l)"
	is "$n: no data" "" "$OUT"
}
wrong "no command" "which command?"
wrong "an unknown command" "unknown command 'evalute'; did you mean 'evaluate'?" evalute
wrong "a command like nothing" "unknown command 'zzzzzz'" zzzzzz
wrong "an unknown second word" "did you mean 'rules check'?" rules chek
wrong "a group alone" "needs a second word" rules
wrong "an unknown option" "evaluate: unknown option '--perod'; did you mean '--period'?" evaluate --perod 2020
wrong "an unknown letter" "unknown option '-z'" evaluate -z
wrong "an option without its value" "'--period' needs a value" evaluate --period
wrong "a switch with a value" "'--all' takes no value" evaluate --all=yes
wrong "a word too many" "is one word too many" evaluate now
wrong "a word too few" "wants WHAT FILE" import units
wrong "two forms at once" "one form at a time" figures --csv --json 1 2 50
wrong "a form that a command has not" "has no form --html" runs --html
wrong "no such period" "is no period" evaluate --period 2020-Q7
wrong "no such kind of file" "did you mean 'meetings'?" import meeting x.csv
wrong "no such report" "did you mean 'quarter'?" report quater 2020-Q1
wrong "a period of another kind" "is no quarter; write 2020-Q1" report quarter 2020-03
wrong "a number that is none" "a whole number from 1" rank --period 2020 --top many
wrong "a period that is missing" "which period?" rank
wrong "no such group" "did you mean 'cluster'?" rank --period 2020 --within clustr
wrong "a list that is not of a month" "--list is for a month" report year 2020 --list
wrong "an unknown export" "did you mean 'results'?" export result
wrong "a share that is none" "a percentage such as 75" compliance --period 2020 --share lots

# --- options anywhere --------------------------------------------------------------------------------------------------
exits "shared options before the command" 0 --db a.db init
exits "shared options after the command" 0 init --db b.db
[ -e a.db ] && [ -e b.db ] && ok "both records are there" || not_ok "both records are there" "$(ls)"
is "talk goes to stderr" "made b.db, an empty record" "$ERR"
exits "--quiet has no talk" 0 init --db c.db --quiet
is "not a word" "" "$ERR$OUT"
(CHIBO_DB=d.db "$CHIBO" init) 2>/dev/null; [ -e d.db ] && ok "CHIBO_DB names the record" || not_ok "CHIBO_DB names the record"
finish
