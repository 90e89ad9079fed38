-- Worked out by hand from an_giang/hd01.lua; the numbers are invented. Criteria are those of central.hd42: 5 + 5 of facts, 90 judged.
-- Totals become whole half up before they meet the levels.
local facts = { members = 20, exempt = 0, present = 18, absent_unexcused = 0, duration_minutes = 90 }
local function case(name, given, expect)
	local t = { preparation = 10, organisation = 40, principles = 5, results = 30, closing = 5 }
	for id, v in pairs(given) do t[id] = v end
	return { name = name, facts = facts, judged = { superior = t }, expect = expect }
end

return {
	case("đủ điểm", {}, { total = 100, level = "tot" }),
	case("89,5 thành 90: Tốt", { organisation = 29.5 }, { total = 90, level = "tot" }), -- 100 - 10,5
	case("90,5 thành 91, không phải 90", { organisation = 30.5 }, { total = 91, level = "tot" }),
	case("89,499 thành 89: Khá", { organisation = 29.499 }, { total = 89, level = "kha" }),
	case("69,5 thành 70: Khá", { results = 0, closing = 4.5 }, { total = 70, level = "kha" }), -- 100 - 30 - 0,5
	case("69,25 thành 69: Trung bình", { results = 0, closing = 4.25 }, { total = 69, level = "trung_binh" }),
	case("49,5 thành 50: Trung bình", { results = 0, organisation = 19.5 }, { total = 50, level = "trung_binh" }),
	case("49,4 thành 49: Kém", { results = 0, organisation = 19.4 }, { total = 49, level = "kem" }),
	{
		name = "dưới 90 phút, dưới 90% và có vắng không lý do: được chấm", judged = {
			superior = { duration = 3, attendance = 2, preparation = 10, organisation = 40, principles = 5, results = 30, closing = 5 },
		},
		facts = { members = 20, exempt = 0, present = 17, absent_unexcused = 1, duration_minutes = 80 },
		expect = { total = 95, level = "tot", points = { duration = 3, attendance = 2 } },
	},
	{ -- every lost point wants a note: 7 of 10 is explained, 38 of 40 is not, and a note for the meeting as a whole is not enough
		name = "ghi chú điểm trừ", facts = facts,
		judged = { superior = { preparation = 7, organisation = 38, principles = 5, results = 30, closing = 5 } },
		notes = { preparation = "dự thảo gửi muộn", meeting = "họp ghép" },
		expect = { total = 95, points = { preparation = 7, organisation = 38 }, unnoted = { "organisation" } },
	},
	case("nửa điểm của từng mục không làm tròn riêng", { preparation = 9.5, closing = 4.5 }, { -- 99,0
		total = 99, points = { preparation = 9.5, closing = 4.5 },
	}),
}
