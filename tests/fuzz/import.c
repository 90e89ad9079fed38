/*
 * import.c - any bytes as a file to import, as a dry run over a small record.
 *
 * The first byte chooses the kind of file. What must hold: nothing is kept, a bad file has a finding, counts add up,
 * no memory stays.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/alloc.h"
#include "exchange/import.h"

static struct cb_store *record(void)
{
	static const char units[] = "code,name,kind,parent\nHN-001,Chi bộ 1,chi_bo_co_so,HN\nHN-002,Chi bộ 2,chi_bo_co_so,HN\nHN,Hà Nội,tinh,\n";
	static const char meetings[] = "unit,held_on,members,present\nHN-001,2024-01-15,30,28\n";
	static struct cb_store *st;
	if (st)
		return st;
	/* `make clean` takes it away */
	char dir[] = "build/fuzz/record.XXXXXX", db[64], file[64];
	struct cb_err err;
	struct cb_import_stats s;
	struct cb_diags *d;
	assert(cb_store_library_init(&err) == 0 && mkdtemp(dir));
	snprintf(db, sizeof(db), "%s/db", dir);
	assert(cb_store_create(db, &err) == 0 && cb_store_open(&st, db, CB_OPEN_WRITE, &err) == 0);
	snprintf(file, sizeof(file), "%s/f.csv", dir);
	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(file, "w");
		struct cb_import_opts o = { .what = i ? CB_IMPORT_MEETINGS : CB_IMPORT_UNITS };
		fputs(i ? meetings : units, f);
		fclose(f);
		assert(cb_diags_new(&d, 5) == 0 && cb_import_file(&s, st, file, &o, d, &err) == 0);
		cb_diags_free(d);
	}
	unlink(file);
	return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct cb_store *st = record();
	struct cb_import_stats s;
	struct cb_diags *d;
	struct cb_err err;
	if (size < 1)
		return 0;
	if (!*path)
		snprintf(path, sizeof(path), "build/fuzz/record.%ld", (long)getpid());
	struct cb_import_opts o = { .what = (enum cb_import_what)(data[0] % 5), .dry_run = true };
	FILE *f = fopen(path, "w");
	assert(f && fwrite(data + 1, 1, size - 1, f) == size - 1);
	fclose(f);
	assert(cb_diags_new(&d, 20) == 0);
	int rc = cb_import_file(&s, st, path, &o, d, &err);
	if (rc != 0 && rc != CB_EDATA)
		fprintf(stderr, "%d %s\n", rc, err.msg);
	assert(rc == 0 || rc == CB_EDATA);
	assert((rc == CB_EDATA) == (cb_diags_count(d, CB_SEV_ERROR) > 0));
	if (rc == 0)
		assert(s.added + s.changed + s.same == s.rows && s.bad == 0);
	else
		assert(s.bad <= s.rows + 1);
	for (size_t i = 0; i < cb_diags_kept(d); i++)
		assert(cb_diags_at(d, i)->what && *cb_diags_at(d, i)->what);
	cb_diags_free(d);
	unlink(path);
	return 0;
}
