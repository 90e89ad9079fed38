#!/bin/sh
# run.sh CHIBO - evaluate against the best hand-written SQL for the same twelve criteria, on the same record, in one run.
# BENCH_N: meetings (1000000). BENCH_TURNS: turns of each, alternating; the best counts (3). BENCH_PEAK: MB that are too many (110).
# Everything is made in a scratch folder. Fails when chibo and the SQL do not come to the same points and levels.
set -eu
CHIBO=${1:?"usage: run.sh CHIBO"}
HERE=$(cd "$(dirname "$0")" && pwd)
N=${BENCH_N:-1000000}
TURNS=${BENCH_TURNS:-3}
command -v sqlite3 >/dev/null || { echo "bench: sqlite3 is needed (Debian: sqlite3)" >&2; exit 3; }
T=$(mktemp -d "${TMPDIR:-/tmp}/chibo-bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
trap 'exit 130' INT TERM
${CC:-cc} -O2 -o "$T/measure" "$HERE/measure.c"
export CHIBO_RULES="$HERE/rules" NO_COLOR=1
settings='PRAGMA cache_size=-65536; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;'

make_record() { # FILE MEETINGS
	"$CHIBO" --db "$1" --quiet init
	{ echo ".parameter set :n $2"; cat "$HERE/generate.sql"; } | sqlite3 -bail "$1" >/dev/null
}
# best NAME: keeps the smallest time of NAME in $T/NAME.best
best() {
	read -r s c m <"$T/out"
	if [ -e "$T/$1.best" ]; then read -r s0 c0 m0 <"$T/$1.best"; else s0=999999; fi
	if [ "$(echo "$s $s0" | awk '{ print $1 < $2 }')" = 1 ]; then echo "$s $c $m" >"$T/$1.best"; fi
}
sql() { # NAME FILE SQL
	{ echo "$settings"; cat "$HERE/form.sql"; echo "$3"; } >"$T/in.sql"
	"$T/measure" "$T/out" sqlite3 -bail "$2" ".read $T/in.sql" >"$T/$1.txt"
	best "$1"
}
chibo() { # NAME FILE ARGS...
	name=$1 file=$2; shift 2
	"$T/measure" "$T/out" "$CHIBO" --db "$file" --quiet evaluate "$@" --csv >"$T/$name.txt"
	best "$name"
}
sum='c1+c2+c3+c4+c5+c6+c7+c8+c9+c10+c11+c12'
level='CASE WHEN gone THEN NULL WHEN t>=90000 THEN 1 WHEN t>=70000 THEN 2 WHEN t>=50000 THEN 3 ELSE 4 END'
grouped="SELECT $level AS level,count(*) FROM (SELECT gone,$sum AS t FROM form) GROUP BY 1 ORDER BY 1;"
# without the sorter of GROUP BY: the total is computed once in a coroutine, then only summed
summed="SELECT sum(gone),sum(NOT gone AND t>=90000),sum(NOT gone AND t>=70000 AND t<90000),sum(NOT gone AND t>=50000 AND t<70000),sum(NOT gone AND t<50000)
	FROM (SELECT gone,$sum AS t FROM form LIMIT -1);"
kept="CREATE TABLE by_hand(meeting_id INTEGER PRIMARY KEY,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,total,level);
	BEGIN IMMEDIATE;
	INSERT INTO by_hand SELECT id,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,CASE WHEN gone THEN NULL ELSE t END,$level FROM (SELECT *,$sum AS t FROM form LIMIT -1);
	COMMIT;"

echo "making $N invented meetings ..."
make_record "$T/record.db" "$N"
SMALL=$((N / 10))
make_record "$T/small.db" "$SMALL"
turn=1
while [ "$turn" -le "$TURNS" ]; do
	sql sql_grouped "$T/record.db" "$grouped"
	sql sql_summed "$T/record.db" "$summed"
	chibo dry "$T/record.db" --dry-run
	chibo dry_small "$T/small.db" --dry-run
	cp "$T/record.db" "$T/copy.db"; sync
	sql sql_kept "$T/copy.db" "$kept"
	cp "$T/record.db" "$T/copy.db"; sync
	chibo kept "$T/copy.db"
	chibo same "$T/copy.db"
	chibo again "$T/copy.db" --all
	cp "$T/small.db" "$T/copy.db"; sync
	chibo kept_small "$T/copy.db"
	turn=$((turn + 1))
done

# both must say the same, or the times mean nothing
"$CHIBO" --db "$T/record.db" --quiet evaluate >/dev/null
by_chibo=$(sqlite3 "$T/record.db" "SELECT group_concat(n,'|') FROM (SELECT count(*) AS n FROM result GROUP BY CASE level WHEN 'tot' THEN 1 WHEN 'kha' THEN 2
	WHEN 'trung_binh' THEN 3 WHEN 'kem' THEN 4 END ORDER BY CASE level WHEN 'tot' THEN 1 WHEN 'kha' THEN 2 WHEN 'trung_binh' THEN 3 WHEN 'kem' THEN 4 END)")
by_hand=$(cut -d'|' -f2 "$T/sql_grouped.txt" | paste -sd'|')
by_sum=$(cat "$T/sql_summed.txt")
if [ "$by_chibo" != "$by_hand" ] || [ "$by_chibo" != "$by_sum" ]; then
	echo "bench: chibo and SQL disagree: $by_chibo, $by_hand, $by_sum" >&2
	exit 1
fi
points=$(sqlite3 "$T/record.db" ".read $HERE/form.sql" "SELECT count(*) FROM result r JOIN form f ON f.id=r.meeting_id WHERE r.status=0 AND r.points<>
	json_array(c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12)")
[ "$points" = 0 ] || { echo "bench: the points of $points meetings differ from those by hand" >&2; exit 1; }

row() { read -r s c m <"$T/$1.best"; printf '%-52s %8.2f s  %8.2f s cpu  %6d MB\n' "$2" "$s" "$c" "$((m / 1024))"; }
ratio() { read -r a x m <"$T/$1.best"; read -r b x m <"$T/$2.best"; echo "$a $b" | awk '{ printf "%.2f", $1 / $2 }'; }
faster=sql_summed
[ "$(cat "$T/sql_grouped.best" "$T/sql_summed.best" | awk '{ t[NR] = $1 } END { print t[1] < t[2] }')" = 1 ] && faster=sql_grouped
echo
echo "$N meetings, 12 criteria (levels none|tot|kha|trung_binh|kem: $by_chibo)"
row sql_grouped "SQL by hand, levels counted with GROUP BY"
row sql_summed "SQL by hand, levels counted with sum()"
row dry "chibo evaluate --dry-run"
row sql_kept "SQL by hand, points and level kept"
row kept "chibo evaluate"
row again "chibo evaluate --all (every result replaced)"
row same "chibo evaluate (nothing changed)"
row dry_small "chibo evaluate --dry-run, a tenth of the meetings"
row kept_small "chibo evaluate, a tenth of the meetings"
echo
echo "ratio dry run / SQL: $(ratio dry $faster)"
echo "ratio evaluate / SQL that keeps: $(ratio kept sql_kept)"
cpu_ratio() { read -r x a m <"$T/$1.best"; read -r x b m <"$T/$2.best"; echo "$a $b" | awk '{ printf "%.2f", $1 / $2 }'; }
echo "the same by processor time: $(cpu_ratio dry $faster), $(cpu_ratio kept sql_kept)"
# the page cache (64 MB) fills, then it stays: what is above it must not depend on the number of meetings
peak=$(cat "$T/dry.best" "$T/kept.best" "$T/again.best" | awk '$3 > m { m = $3 } END { print int(m / 1024) }')
echo "peak memory: $peak MB, of which 64 MB are the page cache"
[ "$peak" -le "${BENCH_PEAK:-110}" ] || { echo "bench: memory grows with the number of meetings" >&2; exit 1; }
