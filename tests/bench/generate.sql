-- Invented meetings, the same each time: .param set :n NUMBER before. 4.000 cells under one province; facts from a
-- multiplicative hash of the number of the meeting, so that every band is hit; one meeting in a hundred lacks a fact.
BEGIN IMMEDIATE;
INSERT INTO unit(id,code) VALUES(1,'thu');
INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind) VALUES(1,10957,80353,'Đảng bộ tỉnh Thử','dang bo tinh thu','tinh');
WITH RECURSIVE n(i) AS (VALUES(2) UNION ALL SELECT i+1 FROM n WHERE i<4001) INSERT INTO unit(id,code) SELECT i,'c'||i FROM n;
INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind,parent_id,cell_type,members)
	SELECT id,10957,80353,'Chi bộ '||id,'chi bo '||id,'chi_bo_truc_thuoc',1,'co_quan',20 FROM unit WHERE id>1;
WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n WHERE i<:n-1),
	h AS (SELECT i,(i*2654435761)%4294967296 AS a,(i*2246822519+97)%4294967296 AS b FROM n),
	m AS (SELECT i,a,b,5+(a>>3)%40 AS members FROM h),
	p AS (SELECT *,(a>>9)%3 AS exempt,members-(members*((b>>5)%45))/100 AS here FROM m)
INSERT INTO meeting(unit_id,held_on,kind,rev,txn,members,exempt,present,absent_unexcused,longest_excused_run,duration_minutes,committee_size,
	committee_met,committee_minutes,documents_days_before,superior_notified,steps_complete,speakers,ideology_minutes,opinions,minutes_recorded,
	started_late_minutes,targets_set,targets_met,reported_days_after)
SELECT 2+i%4000,10957+(i/4000)*30,'regular',1,0,members,exempt,CASE WHEN i%100=7 THEN NULL ELSE max(1,here-exempt-1) END,
	(b>>20)%20=0,(b>>11)%5,60+(a>>13)%90,CASE WHEN members<9 THEN 0 ELSE 3 END,(a>>21)%8>0,(a>>22)%9>0,(b>>7)%4,(b>>9)%6>0,(a>>17)%12>0,
	CASE WHEN i%100=7 THEN NULL ELSE (max(1,here-exempt-1)*((a>>19)%100))/100 END,5+(b>>13)%30,(a>>25)%14,(b>>23)%15>0,(a>>27)%25,
	10,CASE WHEN (b>>15)%4>0 THEN 9+(b>>17)%2 ELSE (b>>17)%10 END,(a>>15)%4
FROM p;
UPDATE meta SET value=1 WHERE key='txn';
COMMIT;
