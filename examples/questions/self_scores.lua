#!/usr/bin/env -S chibo run
-- Where cells scored themselves ten points or more above the observer.
print(results{ year = tonumber(arg[1] or 2020) }:where "self_score - observer_score >= 10"
	:add("apart", "self_score - observer_score"):sort "-apart"
	:select("unit_code", "held_on", "self_score", "observer_score", "apart"))
