#!/bin/sh
# edit_rule.sh CHIBO - change one threshold of a pack with a text editor's means, and see what moves.
# Works on a copy of the rules and a copy of the record that demo.sh left; no compiler runs, nothing old is lost.
set -eu
CHIBO=$(realpath "${1:?usage: edit_rule.sh CHIBO}")
here=$(cd "$(dirname "$0")" && pwd)
out=${2:-$here/out}
[ -e "$out/vi_du.db" ] || { echo "run demo.sh first" >&2; exit 2; }
rm -rf "$out/rules" "$out/sua.db"
CHIBO_RULES=${CHIBO_RULES:-$here/../rules}
cp -r "$CHIBO_RULES" "$out/rules"
"$CHIBO" --quiet --db "$out/vi_du.db" backup "$out/sua.db"
CHIBO_DB=$out/sua.db
export CHIBO_DB CHIBO_RULES

tot() { "$CHIBO" report year 2020 --unit tuyen_quang_khoi | grep 'kỳ sinh hoạt xếp loại'; }
echo "Trước khi sửa (Tốt từ 90 điểm):"
tot
sed -i 's/{ "tot", 90, "Tốt" }/{ "tot", 95, "Tốt" }/' "$out/rules/tuyen_quang/qd19.lua"
CHIBO_RULES=$out/rules
"$CHIBO" --quiet evaluate --period 2020 --unit tuyen_quang_khoi
echo "Sau khi sửa một số trong rules/tuyen_quang/qd19.lua (Tốt từ 95 điểm):"
tot
echo "Kết quả cũ chấm lại từ văn bản đã lưu trong hồ sơ:"
"$CHIBO" replay 1
