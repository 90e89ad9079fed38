#!/bin/sh
# draft.sh - a pack is built up in the console, tried, and saved: what is saved means what was said.
. "$(dirname "$0")/../lib.sh"

cp -r "$CHIBO_RULES" rules
CHIBO_RULES=$T/rules CHIBO_DB=$T/r.db
export CHIBO_RULES CHIBO_DB
"$CHIBO" init 2>/dev/null

# --- every shipped pack, written out from what it declared, means the same ---
mkdir elsewhere
cat >all.lua <<'LUA'
local n = 0
for row in rules():each() do
	local id = row.id
	local name = id:gsub("%.", "_")
	local function same(how, d, opts)
		d:set("issuer", d.base.fields.issuer)
		local path = d:save("elsewhere/" .. d.id:gsub("%.", "/") .. ".lua", opts)
		for x in rules[id]:diff(path):each() do print(id, how, x.what, x.was, x.now) end
		n = n + 1
	end
	local r = rules[id]
	same("only its base", r:copy("copy." .. name .. "_a"))
	same("everything", r:copy("copy." .. name .. "_b"), { whole = true })
	local d = r:copy("copy." .. name .. "_c")
	for _, c in ipairs(d.criteria) do d:set(c.id .. ".label", c.label) end
	same("every criterion replaced", d)
	d = r:copy("copy." .. name .. "_d")
	local first = d.criteria[1]
	d:remove(first.id)
	d:add(first, { before = d.criteria[1].id })
	for k, v in pairs(d.base.fields) do d:set(k, v) end
	same("every field said", d)
end
print(n)
LUA
packs=$("$CHIBO" rules list --json | grep -c '"ruleset"')
exits "every shipped pack is written in four ways" 0 run all.lua
is "and every one means the same" "$((packs * 4))" "$OUT"
exits "what is written is laid out as rules fmt does" 0 rules fmt --check elsewhere/copy
for f in elsewhere/copy/*.lua; do
	run 0 rules check "$f" || not_ok "rules check $f" "$ERR"
	hasnt "$f has no warning" "$ERR" warning
done

# --- a few changes ---
exits "a condition that is none is told by the check" 0 query 'r = rules.tuyen_quang:copy("mau.thu"):set("attendance.score", first { { f.present / f.members, 5 }, otherwise(0) }) print(r:check())'
has "with its place" "$OUT" "mau/thu.lua:"
cat >change.lua <<'LUA'
ty_le = f.present / (f.members - f.exempt)
r = rules.tuyen_quang:copy("mau.thu")
r:set("levels.tot", 85)
r:set("attendance.score", first { { any { f.absent_unexcused:gt(0), ty_le:lt(ratio(2, 3)) }, 5 }, { ty_le:gt(0.85), 15 }, otherwise(10) }):set("attendance.max", 15)
r:add(criterion { id = "in_person", max = 5, label = "Họp trực tiếp", score = flag(no(f.online), 5, "họp trực tiếp") }, { after = "attendance" })
r:remove("minutes")
r:set("duration.max", 15):set("duration.score", bands(f.duration_minutes, { { 90, 15 }, { 60, 7.5 } }, 0))
r:set("planned_day.applies", f.planned_on:known():also(f.held_on:ge(day "2020-01-01"))):set("planned_day.otherwise", "full")
print(r)
print(r:save())
print(r:check())
print(rules["mau.thu"])
LUA
exits "a draft is changed and saved" 0 run change.lua
has "it lists its changes" "$OUT" "  criterion in_person is new"
has "what is long is named shortly" "$OUT" "  attendance.score = first ..."
has "its issuer is its folder" "$OUT" '  issuer = "mau"'
hasnt "the check finds nothing" "$OUT" "mistake"
has "a saved draft is a ruleset like any other" "$OUT" "id          mau.thu"
text=$(cat rules/mau/thu.lua)
has "the file says where it comes from" "$text" "-- Made in the console from tuyen_quang.qd19:"
has "it is based on the copied pack" "$text" '	base = "tuyen_quang.qd19",'
has "it is no transcription" "$text" '	status = "reconstructed",'
has "what is named once and used often is a local, by the name that the user gave it" "$text" "
local ty_le = f.present / (f.members - f.exempt)
"
has "exact fractions stay exact" "$text" "ty_le:lt(ratio(2, 3))"
has "days are days" "$text" 'all { f.planned_on:known(), f.held_on:ge(day "2020-01-01") }'
hasnt "what did not change is the base's" "$text" "gates ="
exits "the saved pack can be compared" 0 rules diff tuyen_quang.qd19 mau.thu
has "the difference is what was said: the new line" "$OUT" "in_person: tiêu chí"
has "the level" "$OUT" "85"
has "and the line that went" "$OUT" "minutes: tiêu chí"
exits "the whole folder is right with it" 0 rules check
exits "saving does not replace a file" 1 query 'rules.tuyen_quang:copy("mau.thu"):save()'
has "and says so" "$ERR" "there already"
exits "a copy without a change" 0 query 'rules.tuyen_quang:copy("mau.hai"):diff():csv()'
is "differs only in its issuer" 1 "$(printf '%s\n' "$OUT" | grep -c 'ban hành')"
is "and in nothing else" 2 "$(printf '%s\n' "$OUT" | wc -l | tr -d ' ')"
exits "a copy under the same issuer says what is in its way" 1 query 'rules.tuyen_quang:copy("mau.hai"):set("issuer", "tuyen_quang"):save()'
has "with the mend" "$ERR" ':set("issuer", ...) or :set("effective.from", ...)'
rm -rf rules/mau
exits "a ruleset from nothing" 0 query 'd = draft "mau.moi" d:set("issuer", "mau"):set("status", "reconstructed"):set("effective", { from = "2026-01-01" })
d:set("levels", { { "dat", 5, "Đạt" }, { "khong_dat", 0, "Không đạt" } }):add(criterion { id = "minutes", max = 10, label = "Biên bản", score = flag(fact.minutes_recorded, 10) }):save() print(d:check())'
is "reads as one would write it" '-- mau.moi
local f = fact

return ruleset {
	id = "mau.moi",
	issuer = "mau",
	status = "reconstructed",
	effective = { from = "2026-01-01" },
	criteria = {
		criterion {
			id = "minutes", max = 10, label = "Biên bản",
			score = flag(f.minutes_recorded, 10),
		},
	},
	levels = {
		{ "dat", 5, "Đạt" },
		{ "khong_dat", 0, "Không đạt" },
	},
}' "$(cat rules/mau/moi.lua)"
rm -rf rules/mau

# --- mistakes ---
told() { exits "$1" 1 query "$2"; has "$1: told" "$ERR" "$3"; }
q='rules.tuyen_quang:copy("mau.thu")'
told "a misspelt criterion" "$q:set('atendance.max', 3)" 'nearest is "attendance"'
told "a misspelt field of a criterion" "$q:set('attendance.maxx', 3)" 'a criterion has no field "maxx"; nearest is "max"'
told "a misspelt level" "$q:set('levels.tott', 3)" 'no level "tott"; nearest is "tot"'
told "a misspelt word, nil" "$q:set('attendance.max', mx)" "the value is nothing (nil)"
told "removing what is not there" "$q:remove('minute')" 'nearest is "minutes"'
told "adding what is there" "$q:add(criterion { id = 'minutes' })" 'there is a criterion "minutes" already'
told "a bad name" 'rules.tuyen_quang:copy("Mau")' "folder.file"
told "a file of another name" "$q:save('rules/mau/khac.lua')" "mau/thu.lua"
told "a number where a criterion stands" "$q:set('attendance', 3)" '"attendance.max"'
told "a misspelt method" "$q:sett('a.b', 1)" "sett"

# --- the program's own commands take a file that is not in the rules folder ---
mkdir -p elsewhere/mau
printf 'return ruleset { id = "mau.thu", base = "tuyen_quang.qd19", levels = { { "tot", 85, "Tốt" }, { "kha", 70, "Khá" }, { "trung_binh", 50, "Trung bình" }, { "kem", 0, "Kém" } } }\n' >elsewhere/mau/thu.lua
exits "rules check of a file whose base is in the rules folder" 0 rules check elsewhere/mau/thu.lua
exits "rules show of such a file" 0 rules show elsewhere/mau/thu.lua; has "prints it" "$OUT" "85"
exits "rules diff with such a file" 0 rules diff tuyen_quang.qd19 elsewhere/mau/thu.lua; has "says the change" "$OUT" "85"
exits "rules test of such a file with another pack's cases" 1 rules test elsewhere/mau/thu.lua --cases tuyen_quang.qd19; has "tells the cases that come out otherwise" "$ERR" "cases failed"
exits "whatif under such a file" 0 whatif elsewhere/mau/thu.lua; has "is whatif" "$OUT" "NẾU CHẤM"
exits "whatif --set of such a file is refused" 2 whatif elsewhere/mau/thu.lua --set levels.tot=80; has "and says why" "$ERR" "write the number itself"
is "drafts leave nothing behind" "" "$(TMPDIR=$T sh -c '"$0" query "print(rules.tuyen_quang:copy(\"mau.thu\"):check())" >/dev/null; ls -d "$TMPDIR"/chibo-draft.* 2>/dev/null' "$CHIBO")"
finish
