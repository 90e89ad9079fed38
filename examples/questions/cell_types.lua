#!/usr/bin/env -S chibo run
-- The share of Tốt by cell type, each quarter against the one before.
print(results{ year = tonumber(arg[1] or 2020) }:by("cell_type", "quarter")
	:share(f.official:eq "tot"):against_before "share":sort("cell_type", "quarter"))
