/* pack.c - libFuzzer over the loader of packs: any text is loaded or refused with clean findings that name the file. `make fuzz`. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/utf8.h"
#include "lua/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n)
{
	/* small budgets: an execution stays short */
	static const struct cb_pack_limits lim = { .fuel_load = 500000, .fuel_call = 100000, .fuel_run = 1000000, .memory = 4 << 20, .block = 1 << 20, .string = 65536 };
	char *text = cb_strndup((const char *)d, n);
	struct cb_source src = { 0 };
	struct cb_facts *dict = NULL;
	struct cb_diags *diags = NULL;
	struct cb_ruleset *rs = NULL;
	struct cb_err err = { 0 };
	long live = cb_alloc_live();
	int rc;

	if (!text || cb_facts_new(&dict, &err) || cb_diags_new(&diags, 50))
		abort();
	src.path = "fuzz/pack.lua";
	src.text = text;
	src.len = strlen(text);
	cb_sha256_hex(text, strlen(text), src.sha);
	rc = cb_pack_load_sources(&rs, &src, 1, dict, &lim, diags, &err);
	if (rc && !err.msg[0])
		abort();
	if (!rc && !rs)
		abort();
	for (size_t i = 0; i < cb_diags_kept(diags); i++) {
		struct cb_buf line;
		size_t at;
		cb_buf_init(&line);
		cb_diag_line(&line, cb_diags_at(diags, i));
		if (cb_text_check(line.s, line.len, &at) != CB_TEXT_OK || strchr(line.s, '\n')) {
			fprintf(stderr, "not clean: %s\n", line.s);
			abort();
		}
		cb_buf_release(&line);
	}
	cb_ruleset_free(rs);
	cb_diags_free(diags);
	cb_facts_free(dict);
	if (cb_alloc_live() != live)
		abort();
	cb_free(text);
	return 0;
}
