#!/usr/bin/env -S chibo run
-- Median and spread of scores by organisation, the most uneven first; and whether speaking goes with the score.
local year = results{ year = tonumber(arg[1] or 2020) }
print(year:by("organisation"):agg{ { "n", count() }, { "median", median "score" }, { "spread", spread "score" } }:sort "-spread":top(10))
print("tương quan giữa tỷ lệ phát biểu và điểm: " .. ("%.3f"):format(year:correlation("speakers / present", "score"):value()))
