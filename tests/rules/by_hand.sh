#!/bin/sh
# The benchmark's twelve criteria, evaluated and written by hand in SQL, come to the same points and levels; in little.
. "$(dirname "$0")/../lib.sh"
OUT=$(BENCH_N=12000 BENCH_TURNS=1 BENCH_PEAK=100000 TMPDIR=$T sh "$ROOT/tests/bench/run.sh" "$CHIBO" 2>&1); RC=$?
is "chibo and SQL by hand agree on every meeting" 0 $RC
has "the levels of all meetings are printed" "$OUT" "12000 meetings, 12 criteria (levels none|tot|kha|trung_binh|kem: 120|"
has "ratios are printed" "$OUT" "ratio dry run / SQL: "
finish
