#!/usr/bin/env -S chibo run
-- Attendance by month: the mean share, how many meetings were under 95%, as bars.
local by_month = results{ year = tonumber(arg[1] or 2020) }:by("month")
	:agg{ { "mean", mean "attendance" }, { "under_95", sum "attendance < 0.95" } }:sort "month"
print(by_month)
print(by_month:select("month", "under_95"):chart "under_95")
