#!/bin/sh
# rank.sh - clusters of one name below two bodies, and cells whose period two rulesets decide. All data is invented.
. "$(dirname "$0")/../lib.sh"
mkdir -p r/tinh r/xa_a
CHIBO_RULES=$T/r CHIBO_DB=a.db
export CHIBO_RULES CHIBO_DB
cat >r/tinh/hd.lua <<'E'
return ruleset {
	id = "tinh.hd", title = "Thử", issuer = "tinh", status = "reconstructed", source = "thử", effective = { from = "2025-01-01" },
	criteria = { criterion { id = "a", max = 100, label = "A", score = judged() } },
	levels = { { "tot", 90, "Tốt" }, { "kem", 0, "Kém" } },
	periods = { quarter = first { { months:every(level:ge "tot"), "tot" }, otherwise "kem" } },
	ranking = { within = "cluster", by = { mean "score":down() } },
}
E
printf 'code,name,kind,parent,cluster\ntinh,Tỉnh,tinh,,\nxa_a,Xã A,xa,tinh,\nxa_b,Xã B,xa,tinh,\nA1,Chi bộ A1,chi_bo_co_so,xa_a,Cụm 1\nA2,Chi bộ A2,chi_bo_co_so,xa_a,Cụm 1\nB1,Chi bộ B1,chi_bo_co_so,xa_b,Cụm 1\nB2,Chi bộ B2,chi_bo_co_so,xa_b,Cụm 2\n' >u.csv
printf 'unit,held_on\nA1,05/01/2025\nA2,05/01/2025\nB1,05/01/2025\nB2,05/01/2025\n' >m.csv
printf 'unit,held_on,assessor,item,points\nA1,05/01/2025,superior,a,91\nA2,05/01/2025,superior,a,95\nB1,05/01/2025,superior,a,93\nB2,05/01/2025,superior,a,80\n' >p.csv
run 0 init && run 0 import units u.csv && run 0 import meetings m.csv && run 0 import assessments p.csv && run 0 evaluate || not_ok "the record" "$ERR"
places() { printf '%s\n' "$OUT" | python3 -c 'import csv, sys; print(*[r["group"] + ":" + r["code"] + ":" + r["rank"] for r in csv.DictReader(sys.stdin)], sep="|")'; }
exits "rank within clusters" 0 rank --period 2025-Q1 --csv
is "clusters of one name stand one after the other, with their body" "Cụm 1, Xã A:A2:1|Cụm 1, Xã A:A1:2|Cụm 1, Xã B:B1:1|Cụm 2:B2:1" "$(places)"
is "one ruleset needs no word" "" "$ERR"
exits "below one body" 0 rank --period 2025-Q1 --unit xa_a --csv
is "its name is not needed" "Cụm 1:A2:1|Cụm 1:A1:2" "$(places)"
sed 's/tinh.hd/xa_a.hd/; s/issuer = "tinh"/issuer = "xa_a"/' r/tinh/hd.lua >r/xa_a/hd.lua
exits "a ruleset of the one body" 0 evaluate
exits "rank all" 0 rank --period 2025-Q1 --within all --csv
is "each ruleset has its first place" "tất cả:B1:1|tất cả:B2:2|tất cả:A2:1|tất cả:A1:2" "$(places)"
is "and that is said" "tất cả: cells under tinh.hd and cells under xa_a.hd are ranked apart: the points of two rulesets do not compare" "$ERR"
finish
