-- Worked out by hand from tan_tien/hd42.lua; the numbers are invented. Every line is judged: 5 + 5 + 5 + 5 + 5 + 25 + 10 + 5 + 30 + 5 = 100.
local function marks(changes)
	local t = {
		duration = 5, attendance = 5, preparation1 = 5, preparation2 = 5, organisation1 = 5, organisation2 = 25, organisation3 = 10,
		principles = 5, results = 30, closing = 5,
	}
	for id, v in pairs(changes) do t[id] = v end
	return t
end
local function case(name, given, expect)
	return { name = name, judged = { superior = marks(given) }, expect = expect }
end

return {
	case("đủ điểm", {}, {
		total = 100, level = "tot",
		points = {
			duration = 5, attendance = 5, preparation1 = 5, preparation2 = 5, organisation1 = 5, organisation2 = 25, organisation3 = 10,
			principles = 5, results = 30, closing = 5,
		},
	}),
	case("đúng 90", { organisation3 = 0 }, { total = 90, level = "tot" }),
	case("89,75", { organisation3 = 0, closing = 4.75 }, { total = 89.75, level = "kha" }),
	case("đúng 70", { results = 0 }, { total = 70, level = "kha" }),
	case("69", { results = 0, duration = 4 }, { total = 69, level = "trung_binh" }),
	case("đúng 50", { results = 0, organisation2 = 10, attendance = 0 }, { total = 50, level = "trung_binh" }),
	case("49", { results = 0, organisation2 = 10, attendance = 0, principles = 4 }, { total = 49, level = "kem" }),
	case("quá mức tối đa của một mục", { closing = 6 }, { status = "invalid", level = false }),
	{
		name = "người dự chấm thì hơn tự chấm", judged = { self = marks {}, observer = marks { results = 20 } },
		expect = { total = 90, level = "tot", points = { results = 20 } },
	},
	{
		name = "chưa chấm mục cuối", judged = { self = { duration = 5 } },
		expect = { status = "missing", level = false, points = { duration = 5, closing = "missing" } },
	},
}
