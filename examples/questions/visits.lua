#!/usr/bin/env -S chibo run
-- Whom to visit: cells within two points of a better level that nobody visited in the half-year.
print(results{ period = arg[1] or "2020-12", unit = "thanh_hoa_khoi" }:where "to_next <= 2"
	:without(visits{ period = arg[2] or "2020-H2" }):sort("to_next", "unit_code"):select("unit_code", "unit_name", "score", "to_next"):top(20))
