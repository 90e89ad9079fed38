-- a share is compared with 67
-- line: 73
-- fix: ge(67) => ge(0.67)
-- (one fault in a pack that is right otherwise; see tests/unit/lua/pack.c)
local f = fact
local share = f.present / (f.members - f.exempt)
local short = 90 - f.duration_minutes

return ruleset {
	id = "broken.pack",
	title = "Quy định thử",
	issuer = "tinh_thu",
	status = "reconstructed",
	source = "invented for the tests",
	effective = { from = "2024-01-01", to = "2024-12-31" },
	for_kinds = { "regular", "combined" },

	criteria = {
		criterion {
			id = "duration", max = 10, article = "1",
			label = "Thời lượng",
			score = first {
				{ short:le(0), 10 },
				{ short:le(15), 6 },
				otherwise(2),
			},
		},
		criterion {
			id = "attendance", max = 50, label = "Tỷ lệ dự",
			score = sum {
				first {
					{ f.absent_unexcused:gt(0), 10 },
					{ share:ge(0.9), 40 },
					otherwise(20),
				},
				flag(f.longest_excused_run:le(3), 10, "không vắng quá 3 lần"),
			},
		},
		criterion {
			id = "preparation", max = 10, label = "Chuẩn bị",
			score = flag(any { f.committee_met, f.committee_size:eq(0) }, 10),
		},
		criterion {
			id = "thematic", max = 10, label = "Chuyên đề",
			applies = f.kind:eq("combined"),
			otherwise = "rescale",
			score = judged(),
		},
		criterion {
			id = "results", max = 20, label = "Kết quả",
			score = bands(f.targets_met / f.targets_set, {
				{ 0.9, 20 },
				{ 0.5, 10 },
			}, 0),
		},
	},
	missing = "refuse",
	total = whole "half_up",
	levels = {
		{ "tot", 90, "Tốt" },
		{ "kha", 70, "Khá" },
		{ "kem", 0, "Kém" },
	},
	gates = {
		gate {
			level = "tot",
			needs = { full "attendance" },
		},
		gate { at_most = "kha", when = no(f.minutes_recorded) },
	},
	periods = {
		year = first {
			{ months:share(level:ge "kha"):ge(67), "tot" },
			otherwise "kem",
		},
		missed_month = "ignored",
	},
	ranking = {
		within = "cluster",
		by = { mean "score":down() },
	},
}
