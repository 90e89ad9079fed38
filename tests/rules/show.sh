# rules show: whatever a ruleset declares can be read there, in every form; the empty sheet has a line for each judged item.
. "$(dirname "$0")/../lib.sh"
mkdir -p r/central r/mau && cp "$ROOT/rules/central/hd42.lua" r/central && CHIBO_RULES=$T/r && export CHIBO_RULES
cat >r/mau/khung.lua <<'END'
local f = fact
return ruleset {
	id = "mau.khung", title = "Bảng điểm phường Mẫu", issuer = "phuong_mau", status = "reconstructed", source = "bịa ra để thử", note = "ghi chú của cả bảng",
	base = "central.hd42", frame = "central.hd42",
	effective = { from = "2025-11-01", to = "2026-12-31" },
	for_kinds = { "regular", "combined" }, for_units = { "chi_bo_truc_thuoc" }, for_cells = { "truong_hoc", "co_quan" },
	facts = { { id = "venue", type = "word", label = "nơi họp", vocab = { { "hall", "nhà văn hóa" }, { "office", "trụ sở" } } } },
	criteria = {
		criterion { id = "duration", part_of = "duration", group = "nhóm một", max = 5, article = "1a", label = "Thời lượng",
			score = first { { f.duration_minutes:ge(90), 5, note = "ghi chú của nhánh" }, otherwise(1) } },
		criterion { id = "attendance", part_of = "attendance", max = 5, label = "Tỷ lệ dự", note = "ghi chú của tiêu chí",
			score = flag((f.present / f.members):ge(0.9), 5, "dự đông") },
		criterion { id = "agenda", part_of = "preparation", max = 4, label = "Chương trình", applies = f.kind:eq("combined"), otherwise = 3, score = judged() },
		criterion { id = "draft", part_of = "preparation", max = 6, label = "Dự thảo", applies = f.members:ge(3), otherwise = "full",
			score = sum { judged { id = "text", max = 4, label = "lời văn" }, flag(f.venue:eq("hall"), 2, "họp ở nhà văn hóa") } },
		criterion { id = "organisation", part_of = "organisation", max = 40, label = "Tổ chức", applies = f.members:ge(4), otherwise = "rescale", score = judged() },
		criterion { id = "principles", part_of = "principles", max = 5, label = "Nguyên tắc", needs = { "speakers", "present" },
			score = function(m) return math.min(5, m.speakers) end },
		criterion { id = "results", part_of = "results", max = 30, label = "Kết quả", score = deduct(f.started_late_minutes, 0.1, 2) },
		criterion { id = "closing", part_of = "closing", max = 5, label = "Kết thúc", score = capped(per(f.opinions, 0.5), 5) },
	},
	assessors = { order = { "observer", "superior" } },
	notes = { required_for = "deductions" },
	missing = "rescale",
	total = round_to(0.5, "down"),
	levels = { { "tot", 90, "Tốt", note = "ghi chú của mức" }, { "kha", 70, "Khá" }, { "kem", 0, "Kém" } },
	gates = {
		gate { level = "tot", needs = { full "attendance" }, label = "Tốt cần dự đủ", article = "III.1", note = "ghi chú của điều kiện" },
		gate { at_most = "kha", when = no(f.minutes_recorded), label = "Không biên bản" },
	},
	periods = {
		quarter = first { { months:every(level:ge "kha"), "tot" }, otherwise "kem" },
		half = first { { months:count(level:eq "tot"):ge(4), "tot" }, otherwise "kem" },
		nine_months = first { { months:share(level:eq "tot"):ge(ratio(2, 3)), "tot" }, otherwise "kem" },
		year = first { { months:missed():eq(0), "tot" }, otherwise "kem" },
		missed_month = "counts_as_worst",
	},
	ranking = { within = "cluster", by = { mean "score":down(), months:missed():up() }, ties = "dense", note = "ghi chú của xếp hạng" },
}
END
exits "the pack with everything is right" 0 rules check mau.khung
# what must be readable, one a line
cat >words <<'END'
Bảng điểm phường Mẫu
mau.khung
phuong_mau
01/11/2025
31/12/2026
bịa ra để thử
ghi chú của cả bảng
Bản dựng lại
central.hd42, chia lại
thường kỳ, thường kỳ kết hợp chuyên đề
hi bộ trực thuộc
Trường học
nơi họp
nhà văn hóa, trụ sở
nhóm một
1a
«preparation» của khung
ghi chú của nhánh
ghi chú của tiêu chí
dự đông: 5 điểm (khi số đảng viên có mặt / tổng số đảng viên ≥ 90%)
nếu không: 3 điểm
nếu không: điểm tối đa
nếu không: tính lại trên phần còn lại
lời văn
tính theo hàm của quy định từ: số đảng viên phát biểu, số đảng viên có mặt
trừ 0,1 điểm
trừ tối đa 2 điểm
0,5 điểm × số lượt ý kiến, tối đa 5 điểm
cán bộ dự chấm, rồi cấp trên chấm
phải ghi rõ lý do
Thiếu số liệu
làm tròn xuống đến 0,5 điểm
ghi chú của mức
Tốt cần dự đủ
III.1
ghi chú của điều kiện
Không biên bản
quý
6 tháng
9 tháng
năm
số tháng có (xếp loại Tốt) ≥ 4
tính là mức thấp nhất
trung bình các tháng của điểm
lớn hơn
nhỏ hơn
cụm
đồng hạng 1 1 2
để riêng, không xếp
ghi chú của xếp hạng
END
# flat TEXT: one line with single blanks, so that what was wrapped is found again
flat() { printf '%s' "$1" | sed 's/\\_/_/g; s/&#39;/'"'"'/g; s/&gt;/>/g; s/<br>/ /g; s/\\n/ /g' | tr '\n' ' ' | tr -s ' '; }
for form in --markdown --html --json; do
	exits "show $form" 0 rules show mau.khung $form
	TEXT=$(flat "$OUT")
	while IFS= read -r word; do
		has "show $form tells: $word" "$TEXT" "$word"
	done <words
done >told 2>&1
grep -v '^ok' told | cut -c1-120 | grep '^not ok'
[ "$(grep -c '^ok' told)" = $((3 * ($(wc -l <words) + 1))) ] && ok "whatever is declared is told in each form" || not_ok "whatever is declared is told in each form"
exits "show on a terminal" 0 rules show mau.khung
has "has the head" "$OUT" "central.hd42, chia lại điểm"
has "and the end" "$OUT" "ghi chú của xếp hạng"

exits "the empty sheet" 0 rules form mau.khung --markdown
for word in "Thời lượng" "Chương trình" "lời văn: tối đa 4" "Cấp trên chấm" "Tốt ☐" "thường kỳ ☐" "thường kỳ kết hợp chuyên đề ☐"; do has "has $word" "$OUT" "$word"; done
hasnt "but no kind that it is not for" "$OUT" " chuyên đề ☐  "
finish
