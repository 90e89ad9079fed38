-- 100,000 invented cells under one province, the same each time; for the console's completion.
BEGIN IMMEDIATE;
INSERT INTO unit(id,code) VALUES(1,'thu');
INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind) VALUES(1,10957,80353,'Đảng bộ tỉnh Thử','dang bo tinh thu','tinh');
WITH RECURSIVE n(i) AS (VALUES(2) UNION ALL SELECT i+1 FROM n WHERE i<100001) INSERT INTO unit(id,code) SELECT i,'c'||i FROM n;
INSERT INTO unit_span(unit_id,valid_from,valid_to,name,name_fold,kind,parent_id,cell_type,cluster,members)
	SELECT id,10957,80353,'Chi bộ '||id,'chi bo '||id,'chi_bo_truc_thuoc',1,'co_quan','Cụm '||(id%50),20 FROM unit WHERE id>1;
COMMIT;
