#!/usr/bin/env -S chibo run
-- The criteria that lose most points, by cluster, in points a meeting.
print(criteria{ year = tonumber(arg[1] or 2020), unit = arg[2] or "thanh_hoa_khoi" }:where(f.points:known())
	:by("cluster", "criterion"):agg{ { "meetings", count() }, { "lost_each", mean(f.max - f.points) } }:sort "-lost_each":top(15))
