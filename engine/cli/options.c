/*
 * options.c - the command line: which command, which options, and the help that is printed from the same table.
 *
 * Shared options may stand before or after the command. A word that is not known is answered with the nearest known
 * one. getopt_long keeps its state in globals of the C library; it is used once, from start to end, and never again.
 */
#include "cli/cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/date.h"
#include "base/utf8.h"

static const struct cli_option shared[] = {
	{"db", "FILE", "the record (default: $CHIBO_DB, else chibo.db)"},
	{"rules", "DIR", "the rule packs (default: $CHIBO_RULES, else ./rules, else the installed ones)"},
	{"signatures", "POLICY", "packs without a trusted signature: ignore, warn or require (default: $CHIBO_SIGNATURES, else ignore)"},
	{"trust", "FILE", "whose signatures to trust: key, issuers, name per line (default: $CHIBO_TRUST)"},
	{"output", "FILE", "write the data to FILE instead of standard output"},
	{"quiet", NULL, "no talk on standard error, only failures"},
	{"no-color", NULL, "no colours (NO_COLOR does the same)"},
	{"help", NULL, "this text"},
	{"version", NULL, "the version"},
	{NULL, NULL, NULL},
};
static const struct cli_option forms[] = {
	{"csv", NULL, "rows as CSV"},
	{"json", NULL, "as JSON"},
	{"markdown", NULL, "as Markdown"},
	{"html", NULL, "as one HTML page that prints on A4"},
	{NULL, NULL, NULL},
};
static const enum cb_form_out form_of[] = {CB_OUT_CSV, CB_OUT_JSON, CB_OUT_MARKDOWN, CB_OUT_HTML};

#define NAMES_MAX 96

int cli_unknown(struct cb_err *err, const char *what, const char *given, const char *const *names, size_t n)
{
	const char *near = cb_nearest(given, names, n);
	struct cb_buf b;
	int rc;

	cb_buf_init(&b);
	cb_text_clean(&b, given, strlen(given), 60);
	if (near)
		rc = cb_err_set(err, CB_EUSAGE, "unknown %s '%s'; did you mean '%s'?", what, b.s, near);
	else
		rc = cb_err_set(err, CB_EUSAGE, "unknown %s '%s'", what, b.s);
	cb_buf_release(&b);
	return rc;
}

/* --- help ---------------------------------------------------------------------------------------------------- */

static void help_option(FILE *to, const struct cli_option *o)
{
	char left[40];

	snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	fprintf(to, "  %-20s %s\n", left, o->help);
}

static void indent(FILE *to, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		fprintf(to, "  %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

void cli_help(const struct cli_command *cmd, FILE *to)
{
	if (!cmd) {
		fputs("chibo - rates the meetings of party cells by the rules in force, and says why\n\n"
		      "usage: chibo [--db FILE] [--rules DIR] COMMAND [ARGUMENTS]\n\n", to);
		for (const struct cli_command *c = cli_commands; c->name; c++)
			fprintf(to, "  %-18s %s\n", c->name, c->summary);
		fputs("\nshared options, before or after the command:\n", to);
		for (const struct cli_option *o = shared; o->name; o++)
			help_option(to, o);
		fputs("\nexit codes: 0 done, 1 findings, 2 wrong usage, 3 could not run\n"
		      "'chibo COMMAND --help' says more, with an example\n", to);
		return;
	}
	fprintf(to, "chibo %s - %s\n\nusage: chibo %s%s%s%s\n", cmd->name, cmd->summary, cmd->name, cmd->option || cmd->forms ? " [options]" : "",
		*cmd->args ? " " : "", cmd->args);
	if (cmd->about)
		fprintf(to, "\n%s\n", cmd->about);
	if ((cmd->option && cmd->option->name) || cmd->forms) {
		fputs("\noptions:\n", to);
		for (const struct cli_option *o = cmd->option; o && o->name; o++)
			help_option(to, o);
		for (size_t i = 0; forms[i].name; i++)
			if (cmd->forms & 1u << form_of[i])
				help_option(to, &forms[i]);
	}
	fputs("\nshared options:\n", to);
	for (const struct cli_option *o = shared; o->name; o++)
		help_option(to, o);
	fputs("\nexample:\n", to);
	indent(to, cmd->example);
}

/* --- which command ------------------------------------------------------------------------------------------- */

static const struct cli_command *find(const char *name)
{
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* Is `word` the first word of a group such as "rules check"? */
static bool is_group(const char *word)
{
	size_t n = strlen(word);

	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (!strncmp(c->name, word, n) && c->name[n] == ' ')
			return true;
	return false;
}

static void help_group(const char *word, FILE *to)
{
	size_t n = strlen(word);

	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (!strncmp(c->name, word, n) && c->name[n] == ' ')
			fprintf(to, "  %-18s %s\n", c->name, c->summary);
}

/* The command at argv[0] (and [1]); *used words. */
static int choose(const struct cli_command **out, int *used, int argc, char **argv, struct cb_err *err)
{
	const char *names[NAMES_MAX];
	char both[80];
	size_t n = 0;

	*used = 1;
	*out = find(argv[0]);
	if (*out)
		return 0;
	if (is_group(argv[0])) {
		size_t len = strlen(argv[0]);
		if (argc < 2)
			return cb_err_set(err, CB_EUSAGE, "'%s' needs a second word; 'chibo %s --help' lists them", argv[0], argv[0]);
		snprintf(both, sizeof both, "%s %s", argv[0], argv[1]);
		*used = 2;
		*out = find(both);
		if (*out)
			return 0;
		for (const struct cli_command *c = cli_commands; c->name && n < NAMES_MAX; c++)
			if (!strncmp(c->name, argv[0], len) && c->name[len] == ' ')
				names[n++] = c->name;
		return cli_unknown(err, "command", both, names, n);
	}
	for (const struct cli_command *c = cli_commands; c->name && n < NAMES_MAX; c++)
		names[n++] = c->name;
	return cli_unknown(err, "command", argv[0], names, n);
}

/* --- parsing ------------------------------------------------------------------------------------------------- */

#define OPTIONS_MAX 48

struct table {
	struct option lng[OPTIONS_MAX + 1];
	const struct cli_option *def[OPTIONS_MAX];
	size_t n;
};

static void table_add(struct table *t, const struct cli_option *o)
{
	for (; o && o->name && t->n < OPTIONS_MAX; o++) {
		t->lng[t->n] = (struct option){o->name, o->arg ? required_argument : no_argument, NULL, 1000 + (int)t->n};
		t->def[t->n++] = o;
	}
}

static int bad_option(struct cb_err *err, const struct table *t, int code, char **argv)
{
	const char *names[OPTIONS_MAX], *word = argv[optind - 1];
	char given[64];
	size_t n;

	if (code == ':')
		return cb_err_set(err, CB_EUSAGE, "'%.60s' needs a value", word);
	if (optopt >= 1000)
		return cb_err_set(err, CB_EUSAGE, "'--%s' takes no value", t->def[optopt - 1000]->name);
	if (optopt)
		return cb_err_set(err, CB_EUSAGE, "unknown option '-%c'", optopt > 32 && optopt < 127 ? optopt : '?');
	for (n = 0; n < t->n; n++)
		names[n] = t->def[n]->name;
	snprintf(given, sizeof given, "%.*s", (int)strcspn(word + 2, "="), word + 2);
	for (size_t i = 0, hits = 0; i < n; i++)
		if (!strncmp(names[i], given, strlen(given)) && ++hits == 2)
			return cb_err_set(err, CB_EUSAGE, "'--%s' is ambiguous", given);
	word = cb_nearest(given, names, n);
	return word ? cb_err_set(err, CB_EUSAGE, "unknown option '--%s'; did you mean '--%s'?", given, word)
		    : cb_err_set(err, CB_EUSAGE, "unknown option '--%s'", given);
}

static int take(struct cli *c, const struct cli_option *o, const char *value, bool *help, bool *version, struct cb_err *err)
{
	if (!strcmp(o->name, "db")) {
		c->db = value;
	} else if (!strcmp(o->name, "rules")) {
		c->rules = value;
	} else if (!strcmp(o->name, "signatures")) {
		return cli_policy(c, value, "--signatures", err);
	} else if (!strcmp(o->name, "trust")) {
		c->trust = value;
	} else if (!strcmp(o->name, "output")) {
		c->output = value;
	} else if (!strcmp(o->name, "quiet")) {
		c->quiet = true;
	} else if (!strcmp(o->name, "no-color")) {
		c->no_colour = true;
	} else if (!strcmp(o->name, "help")) {
		*help = true;
	} else if (!strcmp(o->name, "version")) {
		*version = true;
	} else if (o >= forms && o < forms + sizeof forms / sizeof *forms) {
		if (c->form != CB_OUT_TABLE && c->form != form_of[o - forms])
			return cb_err_set(err, CB_EUSAGE, "one form at a time: --%s came after another", o->name);
		c->form = form_of[o - forms];
	} else {
		if (c->ngiven == CLI_GIVEN_MAX)
			return cb_err_set(err, CB_EUSAGE, "too many options");
		c->given[c->ngiven].option = o;
		c->given[c->ngiven++].value = value ? value : "";
	}
	return 0;
}

/* One pass of getopt over argv; stops at the first word that is no option when `first` is '+'. */
static int pass(struct cli *c, const struct table *t, const char *first, int argc, char **argv, bool *help, bool *version, struct cb_err *err)
{
	int code, rc = 0;

	opterr = 0;
	optind = 0; /* glibc: start anew */
	while (!rc && (code = getopt_long(argc, argv, first, t->lng, NULL)) != -1) {
		if (code == 'h')
			*help = true;
		else if (code == 'V')
			*version = true;
		else if (code == 'o')
			c->output = optarg;
		else if (code == 'q')
			c->quiet = true;
		else if (code >= 1000)
			rc = take(c, t->def[code - 1000], optarg, help, version, err);
		else
			rc = bad_option(err, t, code, argv);
	}
	return rc;
}

int cli_parse(struct cli *c, int argc, char **argv, int *nargs, char ***args, bool *done, struct cb_err *err)
{
	struct table t = {.n = 0};
	bool help = false, version = false;
	int rc, used;

	*done = false;
	table_add(&t, shared);
	table_add(&t, forms);
	rc = pass(c, &t, "+:hVqo:", argc, argv, &help, &version, err);
	if (rc)
		return rc;
	if (version) {
		puts("chibo " CB_VERSION);
		*done = true;
		return 0;
	}
	argc -= optind;
	argv += optind;
	if (argc && !strcmp(argv[0], "help")) {
		help = true;
		argc--;
		argv++;
	}
	if (!argc) {
		if (!help)
			return cb_err_set(err, CB_EUSAGE, "which command? 'chibo --help' lists them");
		cli_help(NULL, stdout);
		*done = true;
		return 0;
	}
	if (is_group(argv[0]) && (argc == 1 ? help : !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		help_group(argv[0], stdout);
		*done = true;
		return 0;
	}
	rc = choose(&c->command, &used, argc, argv, err);
	if (rc)
		return rc;
	table_add(&t, c->command->option);
	rc = pass(c, &t, ":hVqo:", argc - used + 1, argv + used - 1, &help, &version, err);
	if (rc)
		return cb_err_prefix(err, "%s", c->command->name);
	if (help) {
		cli_help(c->command, stdout);
		*done = true;
		return 0;
	}
	*nargs = argc - used + 1 - optind;
	*args = argv + used - 1 + optind;
	if (c->form != CB_OUT_TABLE && !(c->command->forms & 1u << c->form)) {
		for (size_t i = 0; forms[i].name; i++)
			if (form_of[i] == c->form)
				return cb_err_set(err, CB_EUSAGE, "%s: has no form --%s; see 'chibo %s --help'", c->command->name, forms[i].name,
						  c->command->name);
	}
	if (*nargs < c->command->min_args)
		return cb_err_set(err, CB_EUSAGE, "%s: wants %s; see 'chibo %s --help'", c->command->name, c->command->args, c->command->name);
	if (c->command->max_args >= 0 && *nargs > c->command->max_args)
		return cb_err_set(err, CB_EUSAGE, "%s: '%.60s' is one word too many; see 'chibo %s --help'", c->command->name,
				  (*args)[c->command->max_args], c->command->name);
	return 0;
}

/* --- values -------------------------------------------------------------------------------------------------- */

const char *cli_each(const struct cli *c, const char *option, int *at)
{
	while (*at < c->ngiven) {
		int i = (*at)++;
		if (!strcmp(c->given[i].option->name, option))
			return c->given[i].value;
	}
	return NULL;
}

const char *cli_get(const struct cli *c, const char *option)
{
	const char *last = NULL, *v;
	int at = 0;

	while ((v = cli_each(c, option, &at)))
		last = v;
	return last;
}

int cli_get_int(const struct cli *c, const char *option, int64_t low, int64_t high, int64_t otherwise, int64_t *out, struct cb_err *err)
{
	const char *s = cli_get(c, option);
	char *end;
	long long v;

	*out = otherwise;
	if (!s)
		return 0;
	v = strtoll(s, &end, 10);
	if (end == s || *end || v < low || v > high)
		return cb_err_set(err, CB_EUSAGE, "--%s '%.40s': a whole number from %" PRId64 " to %" PRId64, option, s, low, high);
	*out = v;
	return 0;
}

int cli_int(const char *text, const char *what, int64_t *out, struct cb_err *err)
{
	char *end;
	long long v = strtoll(text, &end, 10);

	if (end == text || *end || v < 1)
		return cb_err_set(err, CB_EUSAGE, "'%.40s' is no number of a %s", text, what);
	*out = v;
	return 0;
}

int cli_period(struct cb_period *out, const char *text, struct cb_err *err)
{
	if (cb_period_parse(out, text))
		return 0;
	return cb_err_set(err, CB_EUSAGE, "'%.40s' is no period; write 2020-03, 2020-Q1, 2020-H1, 2020-9M, 2020 or 2020-01-01..2020-03-31", text);
}

int cli_get_period(const struct cli *c, struct cb_period *out, bool *have, struct cb_err *err)
{
	const char *s = cli_get(c, "period");

	*have = s != NULL;
	return s ? cli_period(out, s, err) : 0;
}
