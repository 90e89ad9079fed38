/*
 * main.c - the program: one command, one exit code. The only room that exits and the only one that owns stdout.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/cli.h"

int main(int argc, char **argv)
{
	struct cli c;
	struct cb_err err = {0};
	char **args = NULL;
	const char *env;
	bool done = false;
	int rc, nargs = 0;

	/* only LC_CTYPE: numbers are written by our own functions, and Lua and JSON need the decimal point */
	setlocale(LC_CTYPE, "");
	memset(&c, 0, sizeof c);
	c.form = CB_OUT_TABLE;
	env = getenv("CHIBO_DB");
	c.db = env && *env ? env : "chibo.db";
	env = getenv("CHIBO_RULES");
	c.rules = env && *env ? env : access("rules", R_OK | X_OK) == 0 ? "rules" : CB_RULES_DIR;
	env = getenv("CHIBO_TRUST");
	c.trust = env && *env ? env : NULL;
	env = getenv("CHIBO_SIGNATURES");
	rc = env && *env ? cli_policy(&c, env, "CHIBO_SIGNATURES", &err) : 0;
	if (!rc)
		rc = cli_parse(&c, argc, argv, &nargs, &args, &done, &err);
	if (done) {
		c.out = stdout;
	} else if (!rc) {
		rc = cli_begin(&c, &err);
		if (!rc)
			rc = c.command->run(&c, nargs, args, &err);
	}
	return cli_end(&c, rc, &err);
}
