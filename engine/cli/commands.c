/*
 * commands.c - the table of all commands, in the order that the help prints them.
 */
#include "cli/cli.h"

#define PERIOD {"period", "PERIOD", "2020-03, 2020-Q1, 2020-H1, 2020-9M, 2020, or 2020-01-01..2020-03-31"}
#define UNIT {"unit", "CODE", "only this unit and all below it"}
#define BY {"by", "GROUP", "levels, movers and missing facts by cluster, cell_type, unit, unit_kind or kind (of meeting); may be repeated"}
#define END {NULL, NULL, NULL}

static const struct cli_option import_options[] = {
	{"dry-run", NULL, "check everything, keep nothing"},
	{"rejects", "FILE", "keep the good rows, write the bad ones with a column 'error' to FILE"},
	{"findings", "N", "show the first N findings (default 20); all are counted"},
	END,
};
static const struct cli_option template_options[] = {
	{"ruleset", "ID", "with what this ruleset reads, and the lines that it lets people judge"},
	{"unit", "CODE", "with what the rules in force for this cell, or for the cells below this body, read"},
	{"on", "DAY", "in force on this day (default: today)"},
	END,
};
static const struct cli_option evaluate_options[] = {
	PERIOD, UNIT, {"all", NULL, "also what has not changed since it was rated"}, {"dry-run", NULL, "count, store nothing"}, END,
};
static const struct cli_option rank_options[] = {
	PERIOD, UNIT, {"within", "GROUP", "all, parent, cluster, block or province (default: as the ruleset says)"}, {"top", "N", "only the first N places of each group"}, END,
};
static const struct cli_option new_options[] = {
	{"title", "TEXT", "name of the regulation (default: the id)"},
	{"issuer", "CODE", "code of the unit that issued it (default: the folder)"},
	{"from", "DAY", "first day in force (default: 2025-10-28)"},
	END,
};
static const struct cli_option test_options[] = {
	{"coverage", NULL, "also: which branches, bonuses, gates, levels and period rules the cases reach"},
	{"cases", "PACK", "the cases of this pack instead of its own: what a change does to them"},
	{"mutate", NULL, "also: which small changes of the pack the cases notice"},
	{"boundaries", NULL, "instead: print the cases that are missing on both sides of every threshold, for a person to confirm"},
	{"watch", NULL, "instead: again each time a file is saved, as 'rules watch' does"},
	END,
};
static const struct cli_option watch_options[] = {
	{"poll", NULL, "look every half second instead of being told: for folders on a network"},
	{"once", NULL, "one screen for one pack, then end"}, {"since", "FILE", "with --once: an earlier copy to compare with"}, END,
};
static const struct cli_option check_options[] = {{"record", NULL, "also tell which facts no meeting on record reports"}, END};
static const struct cli_option fmt_options[] = {{"check", NULL, "change nothing; print the names of files that would change, exit code 1 if there are any"}, END};
static const struct cli_option compliance_options[] = {
	PERIOD, UNIT,
	{"duty", "DUTY", "only this duty (month, thematic, attendance, ...); may be repeated"},
	{"share", "PERCENT", "attendance below this is a lapse (default 75)"},
	{"report-days", "N", "days within which the report is due (default 2)"},
	END,
};
static const struct cli_option advise_options[] = {
	PERIOD, UNIT, {"cluster", "NAME", "only this cluster"}, {"top", "N", "units to list (default 20)"},
	{"changes", "N", "at most N changes of a meeting (default 3; for many cells 1)"}, {"no-judged", NULL, "points that people gave stay"}, END,
};
static const struct cli_option commend_options[] = {
	PERIOD, UNIT, {"cluster", "NAME", "only this cluster"}, {"top", "N", "places of each list (default 10); equals share a place"}, END,
};
static const struct cli_option visits_options[] = {
	PERIOD, UNIT, {"top", "N", "cells to list (default 20)"}, {"apart", "POINTS", "a self-score this far from another's is a reason (default 5)"},
	{"near", "POINTS", "a total this near to a threshold is a reason (default 2)"}, END,
};
static const struct cli_option whatif_options[] = {
	PERIOD, UNIT, {"official", NULL, "compare with the superiors' decisions instead of the computed levels"},
	{"set", "PATH=VALUE", "change one number first: attendance.max=15, levels.tot=85 (may be repeated)"},
	BY, {"keep", "N", "meetings to list that change their level (default 20)"}, END,
};
static const struct cli_option diff_options[] = {
	{"impact", NULL, "also what it would do to the meetings on record that the first of both rates"}, PERIOD, UNIT, BY,
	{"keep", "N", "with --impact: meetings to list that change their level (default 20)"}, END,
};
static const struct cli_option report_options[] = {UNIT, {"list", NULL, "month only: the monthly list, one row per meeting"}, END};
static const struct cli_option audit_options[] = {{"last", "N", "the last N entries (default 50)"}, END};
static const struct cli_option seal_options[] = {{"force", NULL, "also a period that has not ended"}, END};
static const struct cli_option unseal_options[] = {{"reason", "TEXT", "why; kept in the audit, at most 500 characters"}, END};
static const struct cli_option export_options[] = {PERIOD, {"bom", NULL, "CSV begins with a byte order mark, by which Excel knows UTF-8; import reads it"}, END};

static const struct cli_option sign_options[] = {
	{"key", "FILE", "the secret key, made by 'chibo rules key FILE'"}, {"as", "NAME", "the issuing body, as the signature shall name it"}, END,
};
static const struct cli_option verify_options[] = {
	{"require", NULL, "exit code 1 also without a trusted signature"}, END,
};

const struct cli_command cli_commands[] = {
	{"init", "", "make an empty record", "The file is made with mode 0600. A file that is there is never touched.", "chibo --db khoi.db init", NULL, 0, 0, 0, cli_init},
	{"import", "WHAT FILE", "bring units, meetings, assessments, visits or months in from CSV or JSON",
	 "WHAT is units, meetings, assessments, visits or months. Every bad cell is told as file:line:column: what; how to mend it.\n"
	 "All or nothing, unless --rejects is given. The same file again changes nothing.",
	 "chibo import units units.csv\nchibo import meetings 2020-03.csv --rejects sai.csv", import_options, CLI_ROWS, 2, 2, cli_import},
	{"template", "WHAT", "the CSV form to fill in", "WHAT is units, meetings, assessments, visits or months. The form comes back through 'chibo import'.",
	 "chibo template meetings >mau.csv\nchibo template assessments --ruleset an_phu.hd42 >mau.csv\nchibo template meetings --unit thanh_hoa --on 2020-03-01 >mau.csv", template_options, 0, 1, 1, cli_template},
	{"evaluate", "", "score and rate what is new or changed",
	 "Each meeting is rated by the ruleset in force for its unit on its day. A run is wholly there or wholly absent.\n"
	 "Exit code 1 when meetings could not be rated for wrong points or a fault of a pack. The run keeps who had signed the packs;\n"
	 "with --signatures require nothing is stored when a pack that would rate has no trusted signature.",
	 "chibo evaluate\nchibo evaluate --period 2020-Q1 --unit TQ-07", evaluate_options, CLI_ROWS, 0, 0, cli_evaluate},
	{"rank", "", "order the cells of a period, ties shown", "Cells that cannot be ranked stand at the end, with the reason.",
	 "chibo rank --period 2020-Q1 --within cluster --top 10", rank_options, CLI_ROWS, 0, 0, cli_rank},
	{"explain", "MEETING | UNIT DATE [KIND]", "the scoring sheet of one meeting",
	 "Every criterion with its maximum, points, facts, the band that was hit and what the next one needed, who judged and how\n"
	 "far they were apart, the cap that decided, and the superior's decision where it differs.",
	 "chibo explain 17\nchibo explain TQ-001 15/03/2020 regular", NULL, CLI_DOCS, 1, 3, cli_explain},
	{"compliance", "", "who missed a monthly or thematic meeting; attendance, minutes, reports, notes on lost points", "A duty that the record says nothing about is counted apart, never as a lapse.",
	 "chibo compliance --period 2020-Q1 --duty month --duty thematic", compliance_options, CLI_DOCS, 0, 0, cli_compliance},
	{"advise", "[MEETING | UNIT DATE [KIND]]", "the smallest changes that lift a meeting, or a cell over a period; where many lose points",
	 "With a meeting: what lifts it. With --period and one cell as --unit: which of its meetings would have to change, and how, for the next\n"
	 "level of the period; what months still to come must bring. Else, for --unit, --cluster or all: where points are lost, which criterion\n"
	 "or single fact lifts most cells, which cells are nearest. Every answer is proven by evaluating it. A pack may declare what is hard to\n"
	 "change (advice = { cost, never }).",
	 "chibo advise 17\nchibo advise --period 2020 --unit TQ-042\nchibo advise --period 2020-Q1 --cluster 'Cụm 3' --json", advise_options,
	 CLI_DOCS, 0, 3, cli_advise},
	{"commend", "", "whom to commend: the best level kept and confirmed, the most risen, the longest runs",
	 "kept: every due month held, every meeting at the best level, points of an observer or the superior in at least one and in none fewer\n"
	 "than the cell gave itself. risen: mean score of the period's later half above the first half. runs: months in a row at the best level.",
	 "chibo commend --period 2020 --unit TQ-07\nchibo commend --period 2020-H1 --cluster 'Cụm 3' --top 3", commend_options, CLI_DOCS, 0, 0, cli_commend},
	{"visits", "", "whom the observers should attend next, and why",
	 "Reasons: not visited in the period, a self-score far from another's, totals next to a threshold, duties missed. Cells with\n"
	 "more reasons come first, then those visited longest ago.",
	 "chibo visits --period 2020-Q1 --unit TQ-07 --top 10", visits_options, CLI_DOCS, 0, 0, cli_visits},
	{"report", "KIND PERIOD", "the summary that goes up: month, quarter, half, nine-months or year",
	 "KIND is month, quarter, half, nine-months or year. Counts are of meetings at their official level; percentages are of the\n"
	 "meetings that have one, rounded half up. --list prints the monthly list in the form that is handed up.",
	 "chibo report quarter 2020-Q1 --html -o quy1.html\nchibo report month 2020-03 --unit TQ-07 --list", report_options, CLI_DOCS, 2, 4, cli_report},
	{"figures", "FILE | PART WHOLE PERCENT", "can a printed percentage come from its counts?",
	 "FILE is CSV with the columns part, whole and printed_percent. Exit code 1 when a figure comes neither from rounding nor\nfrom truncation.",
	 "chibo figures 3.162 4.110 79,9\nchibo figures printed_figures.csv --csv", NULL, CLI_ROWS, 1, 3, cli_figures},
	{"whatif", "RULESET", "the record under another ruleset: who moves up, who moves down", "Stores nothing. RULESET is folder.file, or the path of a pack elsewhere.",
	 "chibo whatif central.hd42 --period 2020\nchibo whatif tuyen_quang.qd19 --set levels.tot=85\nchibo whatif /tmp/thu.lua --by cluster", whatif_options, CLI_DOCS, 1, 1, cli_whatif},
	{"rules check", "[PACK...]", "every mistake of the packs, in one run", NULL, "chibo rules check\nchibo rules check tuyen_quang/qd19.lua --record", check_options, CLI_ROWS, 0, -1, cli_rules_check},
	{"rules test", "[PACK...]", "run the packs' own cases", "With --coverage what no case reaches, with --mutate small changes of the pack that no case notices: each is a finding.",
	 "chibo rules test an_phu.hd42\nchibo rules test --coverage --mutate", test_options, CLI_ROWS, 0, -1, cli_rules_test},
	{"rules watch", "[PACK]", "check, cases, changes and effect on the record, each time a file is saved",
	 "Without PACK every pack of the rules folder. Compares with the last version without a mistake, and with what the record was\n"
	 "rated with, when --db is there. Ctrl-C ends.", "chibo rules watch an_phu.hd42", watch_options, 0, 0, 1, cli_rules_watch},
	{"rules fmt", "[PACK | FOLDER | FILE | -]...", "lay packs and cases out in one style; comments and line breaks stay",
	 "PACK means the pack and its cases; without words every file of the rules folder. The names of changed files are printed;\n"
	 "- reads standard input and prints it laid out. A file that is not correct Lua is told and left as it is.",
	 "chibo rules fmt an_phu.hd42\nchibo rules fmt --check", fmt_options, 0, 0, -1, cli_rules_fmt},
	{"rules new", "[ID]", "a small pack with cases to start from",
	 "ID is folder.file below the rules folder; nothing that is there is overwritten. On a terminal it asks for what was not given.",
	 "chibo rules new phuong_mau.hd42 --issuer phuong_mau --title 'Bảng điểm của phường Mẫu' --from 2025-11-01", new_options, 0, 0, 1, cli_rules_new},
	{"rules diff", "PACK PACK", "what changed in meaning between two rulesets, and what it would do",
	 "A pack is folder.file of the rules folder, or the path of any file: an edited copy takes its base from the rules folder.\n"
	 "--impact evaluates the meetings on record that the first rates under both, and stores nothing.",
	 "chibo rules diff central.hd42 an_giang.hd01\nchibo rules diff thanh_hoa.hd_khoi /tmp/thu.lua --impact --by cluster", diff_options, CLI_DOCS, 2, 2,
	 cli_rules_diff},
	{"rules doc", "", "every fact that rules may ask for, and who asks", NULL, "chibo rules doc --markdown", NULL, CLI_ROWS, 0, 0, cli_rules_doc},
	{"rules show", "ID", "a ruleset as the form that people know", NULL, "chibo rules show tuyen_quang.qd19 --html -o qd19.html", NULL, CLI_DOCS, 1, 1, cli_rules_show},
	{"rules form", "ID", "the empty scoring sheet to fill in by hand", NULL, "chibo rules form an_phu.hd42 --html -o phieu.html", NULL, CLI_DOCS, 1, 1, cli_rules_form},
	{"rules list", "", "the rulesets there are, their days and sources", NULL, "chibo rules list --csv", NULL, CLI_ROWS, 0, 0, cli_rules_list},
	{"rules key", "FILE", "make a pair of keys to sign packs with", "The secret key goes to FILE, which must not be there yet; the public key is printed.",
	 "chibo rules key ~/chibo.key >khoa.pub", NULL, 0, 1, 1, cli_rules_key},
	{"rules sign", "FOLDER...", "sign the packs of a folder and their cases", "Writes FOLDER/SIGNATURE: the hash of every file, and the signature over them (Ed25519).",
	 "chibo rules sign an_phu --key ~/chibo.key --as 'Đảng ủy phường An Phú'", sign_options, 0, 1, -1, cli_rules_sign},
	{"rules verify", "FOLDER...", "are the packs of a folder as they were signed, and by whom",
	 "A file that was changed, added or taken away is named. A key on the trust list counts only for the issuers named there.\n"
	 "Exit code 1 when a folder is not as signed.", "chibo rules verify an_phu --trust tin_cay.txt --require",
	 verify_options, CLI_ROWS, 1, -1, cli_rules_verify},
	{"runs", "", "the evaluations on record", NULL, "chibo runs", NULL, CLI_ROWS, 0, 0, cli_runs},
	{"replay", "RUN", "evaluate a run again from the stored texts and facts, and compare", "Exit code 1 when a result comes out differently.", "chibo replay 3", NULL, CLI_ROWS, 1, 1, cli_replay},
	{"export", "WHAT", "the record as CSV or JSON, in the form that import reads; its results",
	 "units, meetings, assessments (with notes, votes and decisions), visits and months come back through 'chibo import' as they were.\n"
	 "results and criteria are what evaluate made of them.",
	 "chibo export results --period 2020 -o kq.csv --bom\nchibo export meetings --period 2020-03 -o 2020-03.csv", export_options, CLI_ROWS, 1, 1, cli_export},
	{"sql", "STATEMENT", "one reading statement over the record's views", "The views: v_unit v_meeting v_result v_result_criterion v_assessment v_note v_note_due v_decision v_visit v_month\nv_run v_run_signature v_ruleset v_fact.",
	 "chibo sql \"select official, count(*) from v_result where month = '2020-03' group by 1\"", NULL, CLI_ROWS, 1, 1, cli_sql},
	{"repl", "", "the console: ask anything of the record, in Lua", "A bare expression prints; help() says what can be asked.", "chibo repl", NULL, 0, 0, 0, cli_repl},
	{"query", "LUA...", "run one line of the console and print its answer", NULL, "chibo query 'results{ year = 2020 }:by(\"level\"):count()'", NULL, 0, 1, -1,
	 cli_query_lua},
	{"run", "FILE [ARG...]", "run a Lua script over the record", "The script sees its arguments in arg; a whole number that it returns is the exit code.",
	 "chibo run examples/ties.lua thanh_hoa", NULL, 0, 1, -1, cli_run},
	{"doctor", "", "check the whole record", "Integrity, orphans, hashes of texts and runs. Exit code 1 when something is wrong.", "chibo doctor", NULL, 0, 0, 0, cli_doctor},
	{"backup", "FILE", "copy the record while it is in use", "FILE must not be there yet.", "chibo backup khoi-2020-03.db", NULL, 0, 1, 1, cli_backup},
	{"migrate", "", "move the record to this program's schema", "Take a backup first.", "chibo migrate", NULL, 0, 0, 0, cli_migrate},
	{"seal", "PERIOD", "close a period", "Afterwards its meetings, points and decisions can no longer change. A month, its quarter and its year may each be closed.",
	 "chibo seal 2020-Q1", seal_options, 0, 1, 1, cli_seal},
	{"unseal", "PERIOD", "open a closed period again, with a reason",
	 "Takes exactly this period's seal off; days that another seal holds stay closed. The reason is kept in the audit.",
	 "chibo unseal 2020-Q1 --reason 'nhập nhầm số đảng viên dự của tháng 3'", unseal_options, 0, 1, 1, cli_unseal},
	{"audit", "", "what was changed, from what, to what", NULL, "chibo audit --last 20", audit_options, CLI_ROWS, 0, 0, cli_audit},
	{NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
