/*
 * sign.c - rules key, rules sign, rules verify: who issued the packs of a folder, and whether they are still the same.
 */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"
#include "lua/sign.h"

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

int cli_rules_verify(struct cli *c, int argc, char **argv, struct cb_err *err)
{
	static const struct cb_column col[] = {
		{"folder", "Thư mục", CB_COL_TEXT, 0}, {"state", "Trạng thái", CB_COL_TEXT, 0}, {"signer", "Người ký", CB_COL_TEXT, 0},
		{"files", "Số tệp", CB_COL_INT, 0}, {"key", "Khóa", CB_COL_TEXT, 0},
	};
	const char *env = getenv("CHIBO_TRUST"), *trust = cli_get(c, "trust");
	bool require = cli_get(c, "require") != NULL;
	struct cb_sink *s = NULL;
	int rc, bad = 0, open = 0;

	if (!trust && env && *env)
		trust = env;
	rc = cli_sink(c, &s, col, sizeof col / sizeof *col, NULL, err);
	for (int i = 0; !rc && i < argc; i++) {
		struct cb_signature g;
		char folder[256], key[CB_SIGN_KEY];
		const char *state;
		int r2 = cb_sign_verify(&g, c->rules, folder_of(c, argv[i], folder, sizeof folder), trust, cli_diags(c), err);
		if (r2 && r2 != CB_EDATA) {
			rc = r2;
			break;
		}
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
