/*
 * sign.h - signatures of packs: who issued these very bytes.
 *
 * What is signed is a folder below the rules folder: every *.lua in it and in its cases/. The file SIGNATURE beside
 * them lists each with size and SHA-256 and ends with an Ed25519 signature (libsodium) over all lines above. A trust
 * list is a text file, one key per line: the key in hex, the issuers whose packs it may sign ("an_phu", "a,b", "*" for
 * all), the name of the body; # for comments. So a key of one ward makes no pack of another body trusted. verify reads
 * every file again: a byte changed, a file added or taken away is a finding that names the file.
 *
 * What a ruleset is made of may stand in several folders, its own and those of its bases: each is verified, each file
 * must be the very bytes that were loaded, and the key must be trusted for the issuer of each.
 */
#ifndef CB_LUA_SIGN_H
#define CB_LUA_SIGN_H

#include <stdbool.h>
#include "base/diag.h"
#include "base/err.h"
#include "rule/rule.h"

#define CB_SIGN_KEY 65 /* hex of a public key, NUL-terminated */

/* Makes a pair of keys: the secret one in a new file (mode 0600, never overwritten), the public one in hex. */
int cb_sign_make_keys(char pub[static CB_SIGN_KEY], const char *secret_path, struct cb_err *err);
/* Signs dir/folder with the key in secret_path; `signer` is the name that the signature carries (one clean line). */
int cb_sign_folder(const char *dir, const char *folder, const char *secret_path, const char *signer, struct cb_err *err);

struct cb_signature {
	bool present;           /* there is a SIGNATURE */
	bool trusted;           /* its key is on the trust list */
	char key[CB_SIGN_KEY];
	char signer[128];       /* as the trust list names the key; else as the signature says */
	char issuers[300];      /* whose packs the trust list lets the key sign */
	int files;
};
/* Does the trust list let the signature's key sign packs of this issuer? */
bool cb_sign_trusts(const struct cb_signature *s, const char *issuer);
/* trust_path may be NULL: no key is trusted. 0 also for a folder without a signature (present false); CB_EDATA with findings
   when the signature or a file does not agree. */
int cb_sign_verify(struct cb_signature *out, const char *dir, const char *folder, const char *trust_path, struct cb_diags *diags, struct cb_err *err);
/* Loads the packs of a verified folder: where the key is not trusted for the issuer of one, s->trusted becomes false, with a
   warning. A pack that does not load rates nothing and is passed over. */
int cb_sign_check_issuers(struct cb_signature *s, const char *dir, const char *folder, struct cb_facts *dict, struct cb_diags *diags, struct cb_err *err);

/* What is said of rulesets without a trusted signature: nothing, a warning, an error. A broken one is always told. */
enum cb_sign_policy { CB_SIGN_IGNORE, CB_SIGN_WARN, CB_SIGN_REQUIRE };
#define CB_SIGN_FOLDERS 16
struct cb_signed {
	bool trusted; /* every file of it */
	size_t n;
	struct cb_signed_by by[CB_SIGN_FOLDERS]; /* the ruleset's own folder first; points into this struct */
	char folder[CB_SIGN_FOLDERS][256];
	struct cb_signature sig[CB_SIGN_FOLDERS];
};
/* Whose signatures stand over the files of a ruleset that was loaded from dir, and whether policy is content: CB_EDATA under
   REQUIRE when one of its folders is unsigned, broken or signed by a key that is not trusted for its issuer. */
int cb_sign_ruleset(struct cb_signed *out, const struct cb_ruleset *rs, const char *dir, const char *trust_path, enum cb_sign_policy policy,
		    struct cb_diags *diags, struct cb_err *err);

#endif
