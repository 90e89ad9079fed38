-- luacheck: the library of scripts/, and packs, which see only the words of the rule language.
std = "lua54"
max_line_length = 160
exclude_files = { "scripts/console_stubs/*", "scripts/stubs/chibo.d.lua", "tests/rules/broken", "tests/lua/corpus", "build" }
local words = {
	"fact", "ruleset", "criterion", "gate", "either", "first", "otherwise", "all", "any", "no", "sum", "flag", "bands", "bands_below",
	"per", "deduct", "judged", "capped", "highest", "lowest", "prorate", "full", "met", "points_of", "max_of", "total", "whole",
	"round_to", "ratio", "day", "mean", "months", "meetings", "level", "least", "greatest", "count", "month_of", "year_of", "weekday_of",
}
for _, dir in ipairs { "rules", "examples", "tests/rules" } do
	files[dir] = { std = "lua54", read_globals = words, max_line_length = 160 }
end
files["examples/questions"] = { std = "lua54", max_line_length = 160, read_globals = {
	"results", "units", "meetings", "criteria", "visits", "assessments", "rules", "rows", "whatif", "rank", "compliance", "advise", "commend", "to_visit", "explain", "f",
	"count", "sum", "mean", "median", "spread", "share", "arg", "print", "all", "any",
} }
