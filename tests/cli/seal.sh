#!/bin/sh
# seal.sh - a period is closed, and opened again with a reason. Today is 01/01/2025 (lib.sh). Invented units and numbers.
. "$(dirname "$0")/../lib.sh"
CHIBO_DB=$T/r.db; export CHIBO_DB
"$CHIBO" --quiet init
printf 'code,name,kind,parent,members,from\nT,Đảng bộ tỉnh Mẫu,tinh,,,\nK,Đảng bộ Khối Mẫu,khoi,T,,\nC1,Chi bộ 1,chi_bo_co_so,K,20,01/01/2020\n' >u.csv
printf 'unit,held_on,members,present\nC1,05/03/2024,20,18\nC1,05/12/2024,20,18\n' >m.csv
sed 's/18$/17/' m.csv >changed.csv
run 0 import units u.csv && run 0 import meetings m.csv && ok "a record to close" || not_ok "a record to close" "$ERR"

exits "a period that has not ended is not closed" 2 seal 2030
is "and the message tells when it ends, and what to do" "chibo: 2030 has not ended: its last day is 2030-12-31; --force closes it all the same" "$ERR"
exits "nor one that ends today" 2 seal 2024-12-01..2025-01-01
exits "one that ended yesterday is closed" 0 seal 2024-12
is "and it says what that means" "2024-12 is closed: its meetings and points can no longer change" "$ERR"
exits "closing it again is no fault" 0 seal 2024-12
is "but told" "2024-12 was closed already" "$ERR"
exits "--force closes what has not ended" 0 seal 2030 --force
exits "a period over a closed one may be closed too" 0 seal 2024
exits "changes are refused" 1 import meetings changed.csv
has "with the day and the seal" "$ERR" "2024 is sealed: nothing about 2024-03-05 can be changed"

exits "a seal does not come off without a reason" 2 unseal 2024
is "it asks for one" "chibo: why is 2024 opened again? --reason TEXT is kept in the audit" "$ERR"
exits "blanks are no reason" 2 unseal 2024 --reason '  '
exits "nor are bytes that are no text" 2 unseal 2024 --reason "$(printf 'l\377')"
exits "nor a whole letter" 2 unseal 2024 --reason "$(printf '%0501d' 0)"
has "its length is told" "$ERR" "501 characters; at most 500 are kept"
exits "a month inside a closed year has no seal of its own" 3 unseal 2024-03 --reason 'nhầm'
is "the message names the seal that holds it" "chibo: 2024-03 has no seal of its own; other seals hold its days (2024): unseal those" "$ERR"
exits "nor has a period that nobody closed" 3 unseal 2019 --reason 'nhầm'
is "that is told plainly" "chibo: 2019 has no seal of its own" "$ERR"
exits "with a reason the year opens" 0 unseal 2024 --reason ' nhập nhầm số đảng viên dự '
is "what stays closed is named" "the seal of 2024 is off; some of its days stay closed by other seals (2024-12)" "$ERR"
exits "December still refuses" 1 import meetings changed.csv
has "by its own seal" "$ERR" "2024-12 is sealed"
exits "until that is off too" 0 unseal 2024-12 --reason 'nhập nhầm số đảng viên dự'
is "then it is open" "2024-12 is open again; seal it when what was wrong is mended" "$ERR"
exits "and the change comes in" 0 import meetings changed.csv
exits "it can be closed once more" 0 seal 2024-12
run 0 audit --csv
is "the audit tells all of it, with the reasons" "seal,2024-12,,
seal,2030,,
seal,2024,,
unseal,2024,2025-01-01,nhập nhầm số đảng viên dự
unseal,2024-12,2025-01-01,nhập nhầm số đảng viên dự
seal,2024-12,," "$(printf '%s\n' "$OUT" | cut -d, -f4- | grep seal)"
exits "the record is sound" 0 doctor
finish
