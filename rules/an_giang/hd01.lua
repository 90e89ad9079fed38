-- Hướng dẫn 01-HD/TU of the Tỉnh ủy An Giang.
--
-- TRANSCRIBED second-hand for the levels and the monthly list: whole points, Tốt 90-100, Khá 70-89, Trung bình 50-69, Kém below 50,
-- a note for every deduction. Its table of criteria and its date were not to hand: the criteria are those of
-- central.hd42, whose frame it is taken to follow, from the same day.
-- 89,5 falls in none of its levels; that totals become whole half up (89,5 is 90) is OUR choice and changes levels.
return ruleset {
	id = "an_giang.hd01",
	title = "Hướng dẫn 01-HD/TU của Tỉnh ủy An Giang",
	issuer = "an_giang",
	base = "central.hd42",
	status = "reconstructed",
	source = "mức xếp loại và biểu danh sách hằng tháng của Hướng dẫn 01-HD/TU; tiêu chí lấy theo Hướng dẫn 42-HD/BTCTW",
	effective = { from = "2025-10-28" },

	notes = { required_for = "deductions" },
	total = whole "half_up",
	levels = {
		{ "tot", 90, "Tốt" },
		{ "kha", 70, "Khá" },
		{ "trung_binh", 50, "Trung bình" },
		{ "kem", 0, "Kém" },
	},
}
