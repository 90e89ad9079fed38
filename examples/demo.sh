#!/bin/sh
# demo.sh CHIBO - the main job on invented data: a record, three provinces' rules, results, and the reports that go up.
# Every count below is read from the record or from a report by the program itself; none is written in this script.
set -eu
CHIBO=$(realpath "${1:?usage: demo.sh CHIBO}")
here=$(cd "$(dirname "$0")" && pwd)
out=${2:-$here/out}
rm -rf "$out"
mkdir -p "$out/data"
CHIBO_DB=$out/vi_du.db CHIBO_RULES=${CHIBO_RULES:-$here/../rules}
COLUMNS=${COLUMNS:-120}
export CHIBO_DB CHIBO_RULES COLUMNS

say() { printf '%s\n' "$*"; }
# one SQL: the values of a single row, separated by blanks
one() { "$CHIBO" sql "$1" --csv | sed -n '2{s/[",]/ /g;p;}'; }
# vi NUMBER: 1185 -> 1.185
vi() { printf '%s' "$1" | sed -e :a -e 's/^\([0-9]*[0-9]\)\([0-9]\{3\}\)/\1.\2/;ta'; }
# percent 7;0 -> 7,0 (SQL wrote ";" so that the blanks of `one` stay apart)
percent() { printf '%s' "$1" | tr ';' ','; }
# figure PART WHOLE PRINTED: what the checker says; exit code 1 is its finding, not a failure
figure() {
	rc=0
	"$CHIBO" figures "$@" --json >"$out/figure.json" 2>/dev/null || rc=$?
	[ $rc -le 1 ] || exit $rc
	sed -n 's/.*"say": "\([^"]*\)".*/\1/p' "$out/figure.json"
}

say "CHIBO: VIỆC CHÍNH TRÊN DỮ LIỆU VÍ DỤ (đơn vị, số liệu đều bịa ra; chỉ quy mô lấy theo báo cáo đã in)"
lua5.4 "$here/generate.lua" "$out/data"
"$CHIBO" --quiet init
for what in units meetings months visits assessments; do
	for f in "$out/data/$what".csv "$out/data/${what}"_*.csv; do
		[ ! -e "$f" ] || "$CHIBO" --quiet import "$what" "$f"
	done
done
"$CHIBO" evaluate

year="month between '2020-01' and '2020-12'"
say
say "== TUYÊN QUANG: một năm thực hiện Quy định 19 =="
set -- $(one "select count(*) from v_unit where parent_code = 'tuyen_quang_khoi'")
say "Tổ chức cơ sở đảng: $(vi "$1")"
"$CHIBO" report year 2020 --unit tuyen_quang_khoi >"$out/tuyen_quang_2020.txt"
grep 'kỳ sinh hoạt xếp loại' "$out/tuyen_quang_2020.txt"
for kind in chi_bo_co_so chi_bo_truc_thuoc; do
	set -- $(one "select sum(official = 'tot'), count(official), sum(official = 'trung_binh'),
		replace(printf('%.1f', 100.0 * sum(official = 'trung_binh') / count(official)), '.', ';')
		from v_result where unit_code glob 'TQ-*' and unit_kind = '$kind' and $year")
	name="Chi bộ cơ sở" printed='chi bộ cơ sở'
	[ $kind = chi_bo_co_so ] || { name="Chi bộ trực thuộc" printed='chi bộ trực thuộc'; }
	say "$name: còn $(vi "$3") kỳ Trung bình = $(percent "$4")%"
	printed=$(sed -n "/^\"Đảng bộ Khối Tuyên Quang.*\"$printed:/s/.*,\"\([0-9,]*\)\"\$/\1/p" "$here/printed_figures.csv")
	say "  Báo cáo in $(vi "$1")/$(vi "$2") = $printed%."
	say "  $(figure "$1" "$2" "$printed")"
done

say
say "== LÂM ĐỒNG: chín tháng, doanh nghiệp làm ca, sinh hoạt ngoài giờ =="
set -- $(one "select (select count(*) from v_unit where parent_code = 'lam_dong_khoi'), sum(members)
	from v_unit where code glob 'LD-*'")
say "Tổ chức cơ sở đảng: $(vi "$1"); đảng viên: $(vi "$2")"
"$CHIBO" report nine-months 2020-9M --unit lam_dong_khoi >"$out/lam_dong_9_thang.txt"
grep 'kỳ sinh hoạt xếp loại' "$out/lam_dong_9_thang.txt"
set -- $(one "select sum(out_of_hours), sum(online), sum(kind = 'thematic'), sum(kind = 'combined')
	from v_meeting where unit_code glob 'LD-*' and $year")
say "Số buổi ngoài giờ: $(vi "$1"); trực tuyến: $(vi "$2"); chuyên đề riêng: $(vi "$3"), kết hợp: $(vi "$4")"
"$CHIBO" compliance --period 2020-9M --unit lam_dong_khoi --duty month --duty thematic >"$out/lam_dong_nghia_vu.txt"
sed -n 1,9p "$out/lam_dong_nghia_vu.txt"

say
say "== THANH HÓA: mười một cụm =="
set -- $(one "select (select count(*) from v_unit where parent_code = 'thanh_hoa_khoi'), count(distinct cluster),
	sum(kind = 'chi_bo_co_so'), sum(kind = 'chi_bo_truc_thuoc'),
	sum(kind = 'chi_bo_truc_thuoc' and cell_type = 'co_quan'),
	sum(kind = 'chi_bo_truc_thuoc' and cell_type in ('doanh_nghiep_nha_nuoc', 'doanh_nghiep_tu_nhan')), sum(members)
	from v_unit where code glob 'TH-*'")
say "Tổ chức cơ sở đảng: $(vi "$1"), $(vi "$2") cụm; $(vi "$3") chi bộ cơ sở, $(vi "$4") chi bộ trực thuộc" \
	"($(vi "$5") cơ quan + $(vi "$6") doanh nghiệp); đảng viên: $(vi "$7")"
set -- $(one "select min(p), max(p), count(*) from (select replace(printf('%.1f', 100.0 * sum(present) / sum(members - exempt)), '.', ';') p
	from v_meeting where unit_code glob 'TH-*' and $year group by month)")
say "Tỷ lệ dự: tháng thấp nhất $(percent "$1")%, cao nhất $(percent "$2")% ($3 tháng)"
"$CHIBO" report year 2020 --unit thanh_hoa_khoi >"$out/thanh_hoa_2020.txt"
grep 'kỳ sinh hoạt xếp loại' "$out/thanh_hoa_2020.txt"
set -- $(one "select (select count(*) from v_visit), (select count(*) from v_result where unit_code glob 'TH-*' and decided),
	(select count(*) from v_result where unit_code glob 'TH-*' and decided and official <> level)")
say "Lượt cấp trên dự: $(vi "$1"); kỳ đã có quyết định của cấp trên: $(vi "$2"), trong đó khác mức tính ra: $(vi "$3")"
"$CHIBO" compliance --period 2020 --unit thanh_hoa_khoi >"$out/thanh_hoa_nghia_vu.txt"
sed -n '/^Chế độ/,/^$/p' "$out/thanh_hoa_nghia_vu.txt"
say "Tự chấm cao hơn cán bộ dự nhiều nhất:"
"$CHIBO" sql "select s.unit_code \"Mã\", strftime('%d/%m/%Y', s.held_on) \"Ngày\", replace(printf('%g', s.points / 1000.0), '.', ',') \"Tự chấm\",
	replace(printf('%g', o.points / 1000.0), '.', ',') \"Cán bộ dự\",
	replace(printf('%g', r.score), '.', ',') \"Tính theo quy định\" from v_assessment s
	join v_assessment o on o.meeting_id = s.meeting_id and o.item = s.item and o.assessor = 'observer'
	join v_result r on r.meeting_id = s.meeting_id
	where s.assessor = 'self' order by s.points - o.points desc, s.meeting_id limit 3"
say "Xếp hạng quý II/2020 trong cụm, trong Khối, trong tỉnh; đồng hạng ghi chung một thứ. Đầu bảng của cụm thứ nhất:"
for group in cluster block province; do
	COLUMNS=0 "$CHIBO" rank --period 2020-Q2 --unit thanh_hoa_khoi --within $group >"$out/thanh_hoa_xep_hang_$group.txt"
	"$CHIBO" rank --period 2020-Q2 --unit thanh_hoa_khoi --within $group --csv >"$out/thanh_hoa_xep_hang_$group.csv"
done
sed -n '1,10{s/  *\(Lý do\|mọi tháng.*\)$//;s/  ─*$//;p;}' "$out/thanh_hoa_xep_hang_cluster.txt" # without the last column
for group in block province; do
	awk -F, -v g=$group 'NR > 1 && $2 == 1 { n++; of = $4 } END {
		printf "Trong %s: %d chi bộ đồng hạng nhất trên %d\n", g == "block" ? "Khối" : "tỉnh", n, of }' "$out/thanh_hoa_xep_hang_$group.csv"
done

say
say "== 2025: đơn vị chuyển ngày 01/7, mỗi kỳ theo quy định có hiệu lực ngày đó =="
"$CHIBO" sql "select unit_code \"Mã\", strftime('%d/%m/%Y', held_on) \"Ngày\", parent_name \"Cấp trên\", ruleset \"Quy định\",
	level \"Mức\", iif(score is null, '–', replace(printf('%.2f', score), '.', ',')) \"Điểm\" from v_result
	where unit_code in ('AP-1', 'XA-1', 'XA-2') and held_on >= '2025-06' order by unit_code, held_on"

say
say "== Phiếu chấm một kỳ =="
set -- $(one "select meeting_id from v_result where unit_code glob 'TQ-*' and level <> level_by_score order by meeting_id limit 1")
"$CHIBO" explain "$1"

"$CHIBO" report quarter 2020-Q1 --html -o "$out/quy1_2020.html"
say
say "Còn xem: $out/quy1_2020.html và các tệp .txt cùng chỗ; examples/README.md kể từng bước."
