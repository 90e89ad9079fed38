#!/usr/bin/env -S chibo run
-- What another threshold for Tốt would do: who moves, cluster by cluster. Nothing is stored.
local tried = whatif(rules.thanh_hoa:set("levels.tot", tonumber(arg[1] or 85)):during(arg[2] or "2020"):at "thanh_hoa_khoi")
print(tried.levels)
print(tried:moved():by("cluster", "to"))
