/*
 * cli.h - what every command shares: options, output, the record and the rules it opens, how failures end.
 *
 * A command is one row of a table (cli_commands in commands.c): name, words, options, an example, a function. The
 * parser, the help and the completion read the same table. A function returns a cb_code; cli_exit_code turns it into
 * the exit code (0 done, 1 findings, 2 wrong usage, 3 could not run). Data goes to cli->out, talk to stderr.
 */
#ifndef CB_CLI_CLI_H
#define CB_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>
#include "base/diag.h"
#include "base/err.h"
#include "lua/sign.h"
#include "report/doc.h"
#include "report/table.h"
#include "rule/rule.h"
#include "store/store.h"

struct cli;

struct cli_option {
	const char *name; /* long name; NULL ends the list */
	const char *arg;  /* what it takes ("PERIOD"); NULL: nothing */
	const char *help; /* one line */
};

enum { CLI_CSV = 1 << CB_OUT_CSV, CLI_JSON = 1 << CB_OUT_JSON, CLI_MARKDOWN = 1 << CB_OUT_MARKDOWN, CLI_HTML = 1 << CB_OUT_HTML };
#define CLI_ROWS (CLI_CSV | CLI_JSON | CLI_MARKDOWN) /* commands that print rows */
#define CLI_DOCS (CLI_ROWS | CLI_HTML)               /* commands that print a document */

struct cli_command {
	const char *name;    /* "import", "rules check" */
	const char *args;    /* "WHAT FILE" as usage prints it; "" */
	const char *summary; /* one line, lower case, no full stop */
	const char *about;   /* a few lines more; NULL */
	const char *example; /* one or more lines, without the prompt */
	const struct cli_option *option; /* own options; NULL */
	unsigned forms;      /* CLI_ROWS | ...; 0: prints only text */
	int min_args, max_args; /* -1: any number */
	int (*run)(struct cli *c, int argc, char **argv, struct cb_err *err);
};
extern const struct cli_command cli_commands[]; /* name NULL ends the list */

#define CLI_GIVEN_MAX 64
struct cli {
	const struct cli_command *command;
	const char *db, *rules;
	enum cb_sign_policy signatures;
	const char *trust;        /* the trust list; NULL: none */
	const char *output;       /* --output FILE; NULL: standard output */
	bool in_place;            /* --output is a device or a pipe */
	unsigned mode;            /* of the file that --output leaves */
	FILE *out;                /* where data goes */
	enum cb_form_out form;
	bool quiet, colour, no_colour;
	int width;                /* of the terminal; 0: no limit */
	struct { const struct cli_option *option; const char *value; } given[CLI_GIVEN_MAX];
	int ngiven;
	struct cb_store *store;   /* closed by the end */
	struct cb_rulebook *book; /* freed by the end */
	struct cb_facts *facts;   /* of a run without a record; freed by the end */
	struct cb_diags *diags;   /* findings so far; freed by the end */
	struct cb_signed *signed_by; /* of the ruleset that was asked about last; freed by the end */
	bool progress_shown;
	const char *said;         /* a message was printed already: do not print err again */
};

/* --- options (options.c) ------------------------------------------------------------------------------------ */

/* Reads the command line; *done when help or the version was printed. 0 or CB_EUSAGE. */
int cli_parse(struct cli *c, int argc, char **argv, int *nargs, char ***args, bool *done, struct cb_err *err);
const char *cli_get(const struct cli *c, const char *option);  /* value of the last one; NULL: not given ("" for a switch) */
const char *cli_each(const struct cli *c, const char *option, int *at); /* all of them: at starts at 0; NULL at the end */
/* Whole number of an option within limits; `otherwise` when it was not given. */
int cli_get_int(const struct cli *c, const char *option, int64_t low, int64_t high, int64_t otherwise, int64_t *out, struct cb_err *err);
int cli_int(const char *text, const char *what, int64_t *out, struct cb_err *err); /* a number that names a thing: "17" */
/* --period; *have = false when it was not given. */
int cli_get_period(const struct cli *c, struct cb_period *out, bool *have, struct cb_err *err);
int cli_period(struct cb_period *out, const char *text, struct cb_err *err);
void cli_help(const struct cli_command *cmd, FILE *to); /* NULL: the overview */
/* "unknown X 'given'; did you mean 'near'?" with names[] to choose from; returns CB_EUSAGE */
int cli_unknown(struct cb_err *err, const char *what, const char *given, const char *const *names, size_t n);

/* --- the run (run.c) ----------------------------------------------------------------------------------------- */

int cli_begin(struct cli *c, struct cb_err *err); /* signals, output */
/* Closes everything, prints what is still to be said; the exit code. */
int cli_end(struct cli *c, int code, struct cb_err *err);
int cli_exit_code(int code);
bool cli_stopped(void); /* a signal asks to stop */

int cli_store(struct cli *c, enum cb_open_mode mode, struct cb_err *err); /* opens c->db into c->store */
struct cb_facts *cli_facts(struct cli *c, struct cb_err *err);            /* of the store, else a core dictionary; NULL on failure */
/* Every pack of c->rules into c->book. Findings are printed. In a record that is open for writing, facts that packs
   declare become columns. CB_EDATA when a pack is wrong. */
int cli_rules(struct cli *c, struct cb_err *err);
int cli_must_period(struct cli *c, struct cb_period *p, struct cb_err *err); /* --period, which must be given */
int cli_unit_option(struct cli *c, const char **unit, struct cb_err *err); /* --unit (NULL: not given), which must be on record */
/* The meeting of arguments MEETING (its number), or UNIT DATE [KIND]. */
int cli_find_meeting(struct cli *c, int argc, char **argv, int64_t *id, struct cb_err *err);
/* Whose signatures stand over a ruleset's files, told as --signatures says: fits cb_run_opts.vouch (ctx = cli). 1: refused. */
int cli_vouch(void *cli, const struct cb_ruleset *rs, const struct cb_signed_by **by, size_t *n, struct cb_err *err);
/* The same for one ruleset, and for all that the book gave as answers: CB_EDATA when one is refused. */
int cli_vouch_one(struct cli *c, const struct cb_ruleset *rs, struct cb_err *err);
/* In SQL: of the signatures of a run, the weakest first. */
#define CLI_WEAKEST "instr('broken unsigned unknown trusted', state)"
int cli_vouch_used(struct cli *c, struct cb_err *err);
int cli_policy(struct cli *c, const char *word, const char *from, struct cb_err *err); /* sets c->signatures */
int cli_unit_id(struct cli *c, const char *code, int64_t *id, struct cb_err *err); /* with the nearest code in the message */

void cli_say(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* stderr, unless --quiet */
struct cb_diags *cli_diags(struct cli *c);
/* Prints the findings since the last call on stderr and empties the collector. */
void cli_tell(struct cli *c);
/* done of total on a terminal's stderr; nonzero when the user asked to stop: fits cb_run_opts.progress (ctx = cli) */
int cli_progress(void *cli, int64_t done, int64_t total);

int cli_sink(struct cli *c, struct cb_sink **out, const struct cb_column *col, size_t ncol, const char *title, struct cb_err *err);
int cli_doc(struct cli *c, const struct cb_doc *d, struct cb_err *err);
/* Runs a query and prints its rows; a column's type and title by `col` (as many as the query has). */
int cli_query(struct cli *c, const struct cb_column *col, size_t ncol, const char *title, struct cb_rows *rows, int64_t *n, struct cb_err *err);
/* Prints the rows of a statement, every value as it is, under the names of its columns. */
int cli_rows(struct cli *c, struct cb_rows *r, struct cb_err *err);

/* --- the commands, one file per group ------------------------------------------------------------------------ */

/* A pack by folder.file or path below the rules folder, or any FILE.lua elsewhere whose bases are in the rules folder;
   the caller's (cb_ruleset_free). Findings wait in cli_diags. */
int cli_pack(struct cli *c, const char *word, struct cb_ruleset **out, struct cb_err *err);
bool cli_pack_is_file(const struct cli *c, const char *word); /* is it a file elsewhere? */
int cli_ruleset(struct cli *c, const char *id, const struct cb_ruleset **out, struct cb_err *err); /* of the loaded rules */

/* "tuyen_quang.qd19", "tuyen_quang/qd19.lua" or a path through the rules folder: the path below that folder, in dst. */
char *cli_pack_path(const struct cli *c, const char *word, char *dst, size_t cap);

int cli_init(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_doctor(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_backup(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_migrate(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_seal(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_unseal(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_audit(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_runs(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_sql(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_export(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_import(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_template(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_evaluate(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_replay(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_whatif(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rank(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_explain(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_compliance(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_advise(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_commend(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_visits(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_report(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_figures(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_check(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_test(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_watch(struct cli *c, int argc, char **argv, struct cb_err *err);
/* What rules watch prints for one save of a pack; `since`: an earlier copy to compare with, NULL for none. */
int cli_rules_effect(struct cli *c, const char *word, const char *since, struct cb_err *err);
int cli_rules_new(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_diff(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_doc(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_fmt(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_form(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_key(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_sign(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_verify(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_show(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_repl(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_query_lua(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_run(struct cli *c, int argc, char **argv, struct cb_err *err);
int cli_rules_list(struct cli *c, int argc, char **argv, struct cb_err *err);

#endif
