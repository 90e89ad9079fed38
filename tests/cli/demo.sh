#!/bin/sh
# demo.sh - the main job on the examples arrives at the figures of the three blocks, and shows what was misprinted.
. "$(dirname "$0")/../lib.sh"

sh "$ROOT/examples/demo.sh" "$CHIBO" "$T/out" >demo.txt 2>demo.err
is "the demo runs through" 0 $?
D=$(cat demo.txt)
has "it says that the data are invented" "$D" "bịa ra"
has "Tuyên Quang has 129 organisations" "$D" "Tổ chức cơ sở đảng: 129"
has "945 of 1.185 meetings of grass-roots cells are Tốt, 79,7 per cent" "$D" "Chi bộ cơ sở: 945/1.185 kỳ sinh hoạt xếp loại Tốt = 79,7%"
has "3.162 of 4.110 of the others, 76,9" "$D" "Chi bộ trực thuộc: 3.162/4.110 kỳ sinh hoạt xếp loại Tốt = 76,9%"
has "both together 77,6" "$D" "Cộng: 4.107/5.295 kỳ sinh hoạt xếp loại Tốt = 77,6%"
has "79,8 cannot come from the first" "$D" "làm tròn hay cắt bớt đều là 79,7, không thể là 79,8"
has "79,9 cannot come from the second" "$D" "làm tròn hay cắt bớt đều là 76,9, không thể là 79,9"
has "Lâm Đồng has 63 organisations and 1.927 members" "$D" "Tổ chức cơ sở đảng: 63; đảng viên: 1.927"
has "Thanh Hóa has its clusters, cells and members" "$D" "Tổ chức cơ sở đảng: 179, 11 cụm; 59 chi bộ cơ sở, 1.307 chi bộ trực thuộc (835 cơ quan + 472 doanh nghiệp); đảng viên: 15.599"

CHIBO_DB=$T/out/vi_du.db; export CHIBO_DB
# q "NAME" WANTED SQL: a single value
q() { is "$1" "$2" "$("$CHIBO" sql "$3" --csv | sed -n 2p)"; }
q "between 6 and 10 per cent of Tuyên Quang's meetings stay Trung bình, apart and together" 3 \
	"select count(*) from (select unit_kind k, 100.0 * sum(official = 'trung_binh') / count(*) p from v_result where unit_code glob 'TQ-*' group by 1
	union all select '', 100.0 * sum(official = 'trung_binh') / count(*) from v_result where unit_code glob 'TQ-*') where p between 6 and 10"
q "attendance of Thanh Hóa's block is above 95 per cent in each month of the year" 12 \
	"select count(*) from (select sum(present) * 1.0 / sum(members - exempt) p from v_meeting where unit_code glob 'TH-*' group by month) where p > 0.95"
q "every meeting has a level" 0 "select count(*) from v_result where level is null"
q "nothing is rated but by evaluation" 0 "select count(*) from v_meeting m where not exists (select 1 from v_result r where r.meeting_id = m.id)"
q "some superiors decided otherwise than the points, each with a reason" 1 \
	"select count(*) > 10 and count(*) = count(d.reason) from v_decision d join v_result r on r.meeting_id = d.meeting_id where d.official <> r.level"
q "some cells scored themselves ten points and more above the observer" 1 \
	"select count(*) > 20 from v_assessment s join v_assessment o on o.meeting_id = s.meeting_id and o.item = '' and o.assessor = 'observer'
	where s.item = '' and s.assessor = 'self' and s.points - o.points >= 10"
q "enterprise cells of Lâm Đồng met out of hours and online" 1 \
	"select sum(out_of_hours) > 100 and sum(online) > 50 from v_meeting where unit_code glob 'LD-*' and cell_type <> 'co_quan'"

run 0 compliance --period 2020-9M --unit lam_dong_khoi --duty thematic --csv
has "thematic meetings that were missed are found" "$OUT" "LD-"
run 0 rank --period 2020-Q2 --unit thanh_hoa_khoi --within cluster --csv
has "ranking shows the clusters" "$OUT" "Cụm 11"
is "places are shared where keys are equal" 1 "$("$CHIBO" rank --period 2020-Q2 --unit thanh_hoa_khoi --within cluster --csv | awk -F, 'NR > 1 && $2 == 1 && $1 == "Cụm 1" { n++ } END { print (n > 1) }')"
hasnt "a branch whose points stand on the line below it does not tell them twice" "$D" "không (loại sinh hoạt là «chuyên đề»): 10"
has "and says how many share the first place of the block" "$D" "chi bộ đồng hạng nhất trên 1366"
has "duties of Thanh Hóa are watched" "$D" "sinh hoạt chuyên đề mỗi quý"
exits "the record is sound" 0 doctor

lua5.4 "$ROOT/examples/generate.lua" "$T" && cat units.csv meetings.csv assessments.csv visits.csv months.csv >one
(cd out/data && cat units.csv meetings.csv assessments.csv visits.csv months.csv) >two
if cmp -s one two; then ok "the generator writes the same bytes again"; else not_ok "the generator writes the same bytes again"; fi
finish
