#!/usr/bin/env -S chibo run
-- The ten best cells of each cluster in a quarter, with everyone who shares the tenth place.
-- chibo run ties.lua [PERIOD] [UNIT]
local period, unit = arg[1] or "2020-Q3", arg[2] or "thanh_hoa_khoi"
for row in results{ period = period, unit = unit }:by("cluster"):each() do
	print(row.cluster or "(không cụm)")
	print(results{ period = period, unit = unit, cluster = row.cluster }:by("unit_code", "unit_name"):mean "score"
		:sort("-mean"):top(10, { ties = true }):select("place", "unit_code", "mean"))
end
