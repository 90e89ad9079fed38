/*
 * sign.c - rules key, rules sign, rules verify: who issued the packs of a folder, and whether they are still the same;
 * and --signatures: what the commands that rate say of packs without a trusted signature.
 */
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/cli.h"

int cli_rules_key(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	char pub[CB_SIGN_KEY];
	int rc = cb_sign_make_keys(pub, argv[0], err);

	(void)argc;
	if (rc)
		return rc;
	fprintf(c->out, "%s\n", pub);
	cli_say(c, "%s holds the secret key: keep it from others; the line above is the public key, for trust lists", argv[0]);
	return 0;
}

/* "an_phu", "an_phu/" or a path through the rules folder: the folder below it. */
static const char *folder_of(const struct cli *c, const char *word, char *dst, size_t cap)
{
	size_t n = strlen(c->rules);

	while (n && c->rules[n - 1] == '/')
		n--;
	if (!strncmp(word, c->rules, n) && word[n] == '/')
		word += n + 1;
	snprintf(dst, cap, "%s", word);
	for (n = strlen(dst); n && dst[n - 1] == '/'; n--)
		dst[n - 1] = '\0';
	return dst;
}

int cli_rules_sign(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	const char *key = cli_get(c, "key"), *as = cli_get(c, "as");
	char folder[256];
	int rc = 0;

	if (!key || !as)
		return cb_err_set(err, CB_EUSAGE, "rules sign needs --key FILE (made by 'chibo rules key FILE') and --as NAME (the issuing body)");
	for (int i = 0; !rc && i < argc; i++) {
		rc = cb_sign_folder(c->rules, folder_of(c, argv[i], folder, sizeof folder), key, as, err);
		if (!rc)
			cli_say(c, "signed %s/%s", c->rules, folder);
	}
	return rc;
}

int cli_policy(struct cli *c, const char *word, const char *from, struct cb_err *err)
{
	static const char *const names[] = {"ignore", "warn", "require"};

	for (int i = 0; i < 3; i++)
		if (!strcmp(word, names[i])) {
			c->signatures = (enum cb_sign_policy)i;
			return 0;
		}
	return cb_err_set(err, CB_EUSAGE, "%s '%.40s': ignore, warn or require", from, word);
}

int cli_vouch(void *ctx, const struct cb_ruleset *rs, const struct cb_signed_by **by, size_t *n, struct cb_err *err)
{
	struct cli *c = ctx;
	int rc;

	if (c->signatures == CB_SIGN_REQUIRE && !c->trust)
		return cb_err_set(err, CB_EUSAGE, "signatures are required, but no list says whose to trust: --trust FILE, or CHIBO_TRUST");
	if (!c->signed_by && !(c->signed_by = cb_malloc(sizeof *c->signed_by)))
		return cb_err_nomem(err);
	rc = cb_sign_ruleset(c->signed_by, rs, c->rules, c->trust, c->signatures, cli_diags(c), err);
	*by = c->signed_by->by;
	*n = c->signed_by->n;
	return rc == CB_EDATA ? 1 : rc;
}

int cli_vouch_one(struct cli *c, const struct cb_ruleset *rs, struct cb_err *err)
{
	const struct cb_signed_by *by;
	size_t n;
	int rc = cli_vouch(c, rs, &by, &n, err);

	cli_tell(c);
	return rc > 0 ? cb_err_set(err, CB_EDATA, "%s was refused", rs->id) : rc;
}

int cli_vouch_used(struct cli *c, struct cb_err *err)
{
	const struct cb_signed_by *by;
	size_t n, refused = 0;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < cb_rulebook_count(c->book); i++) {
		rc = cb_rulebook_used(c->book, i) ? cli_vouch(c, cb_rulebook_at(c->book, i), &by, &n, err) : 0;
		refused += rc > 0;
	}
	cli_tell(c);
	if (rc < 0)
		return rc;
	return refused ? cb_err_set(err, CB_EDATA, "%zu ruleset%s refused", refused, refused == 1 ? " was" : "s were") : 0;
}

int cli_rules_verify(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"folder", "Thư mục", CB_COL_TEXT, 0}, {"state", "Trạng thái", CB_COL_TEXT, 0}, {"signer", "Người ký", CB_COL_TEXT, 0},
		{"files", "Số tệp", CB_COL_INT, 0}, {"key", "Khóa", CB_COL_TEXT, 0},
	};
	bool require = cli_get(c, "require") != NULL;
	struct cb_sink *s = NULL;
	int rc, bad = 0, open = 0;

	rc = cli_sink(c, &s, col, sizeof col / sizeof *col, NULL, err);
	for (int i = 0; !rc && i < argc; i++) {
		struct cb_signature g;
		char folder[256], key[CB_SIGN_KEY];
		const char *state;
		int r2 = cb_sign_verify(&g, c->rules, folder_of(c, argv[i], folder, sizeof folder), c->trust, cli_diags(c), err);
		if (r2 && r2 != CB_EDATA) {
			rc = r2;
			break;
		}
		struct cb_facts *dict = cli_facts(c, err);
		rc = dict ? 0 : err->code;
		if (!rc && !r2 && g.trusted)
			rc = cb_sign_check_issuers(&g, c->rules, folder, dict, cli_diags(c), err);
		if (rc)
			break;
		state = r2 ? "broken" : !g.present ? "unsigned" : g.trusted ? "trusted" : "unknown key";
		bad += r2 != 0;
		open += !r2 && !g.trusted;
		snprintf(key, sizeof key, c->form == CB_OUT_TABLE ? "%.12s" : "%s", g.key);
		rc = cb_sink_row(s, (struct cb_cell[]){cb_cell_text(folder), cb_cell_text(state), cb_cell_text(g.signer[0] ? g.signer : NULL),
						       {.null = !g.present, .n = g.files}, cb_cell_text(key[0] ? key : NULL)}, err);
	}
	if (rc)
		cb_sink_close(s, NULL);
	else
		rc = cb_sink_close(s, err);
	cli_tell(c);
	if (!rc && bad)
		return cb_err_set(err, CB_EDATA, "%d folder%s not as signed", bad, bad == 1 ? " is" : "s are");
	if (!rc && require && open)
		return cb_err_set(err, CB_EDATA, "%d folder%s no trusted signature", open, open == 1 ? " has" : "s have");
	if (!rc && open)
		cli_say(c, "%d folder%s no trusted signature; --require makes this an error", open, open == 1 ? " has" : "s have");
	return rc;
}
