#!/usr/bin/env -S chibo run
-- Cells that held no thematic meeting in a quarter. Exit code 1 when there are any.
local period = arg[1] or "2020-Q1"
local cells = units{ kind = { "chi_bo_co_so", "chi_bo_truc_thuoc" }, unit = arg[2] or "thanh_hoa_khoi" }
	:without(meetings{ period = period, kind = { "thematic", "combined" } }):sort "code":select("code", "name", "cluster")
print(cells)
print(#cells:rows() .. " chi bộ không có sinh hoạt chuyên đề trong " .. period)
