#!/usr/bin/env -S chibo run
-- Cells whose official level fell two months running.
-- chibo run slipping.lua [YEAR]
print(results{ year = tonumber(arg[1] or 2020) }
	:before("level_place"):before("level_place", { n = 2 })
	:where "level_place > level_place_before and level_place_before > level_place_before2"
	:sort("unit_code", "held_on"):select("unit_code", "unit_name", "held_on", "official"))
