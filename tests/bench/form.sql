-- rules/bench/form.lua by hand, as columns: points in thousandths, integers only, NULL where a needed fact is absent.
CREATE TEMP VIEW form AS SELECT id,
	CASE WHEN duration_minutes>=required THEN 5000 WHEN required-duration_minutes<=15 THEN 4000 WHEN required-duration_minutes<=30 THEN 3000
		WHEN 2*duration_minutes>=required THEN 2000 ELSE 1000 END AS c1,
	CASE WHEN absent_unexcused>0 OR 100*present<65*counted THEN 1000 WHEN 10*present>=9*counted THEN 4000 WHEN 4*present>=3*counted THEN 3000
		ELSE 2000 END+1000*(longest_excused_run<=3) AS c2,
	5000*((committee_met AND committee_minutes) OR committee_size=0) AS c3,
	3000*(documents_days_before>=1)+2000*superior_notified AS c4,
	10000*steps_complete AS c5,
	CASE WHEN 2*speakers>present THEN 10000 WHEN 10*speakers>=4*present THEN 8000 WHEN 10*speakers>=3*present THEN 6000 ELSE 4000 END AS c6,
	5000*(ideology_minutes>=15) AS c7,
	min(5000,500*opinions) AS c8,
	5000*minutes_recorded AS c9,
	5000-min(2000,100*started_late_minutes) AS c10,
	CASE WHEN 10*targets_met>=9*targets_set THEN 30000 WHEN 10*targets_met>=8*targets_set THEN 27000 WHEN 10*targets_met>=7*targets_set THEN 24000
		WHEN 10*targets_met>=6*targets_set THEN 20000 WHEN 10*targets_met>=5*targets_set THEN 15000 ELSE 10000 END AS c11,
	10000*(reported_days_after<=2) AS c12,
	present IS NULL AS gone
FROM (SELECT *,members-exempt AS counted,CASE WHEN members>=30 THEN 120 ELSE 90 END AS required FROM meeting);
