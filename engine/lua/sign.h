/*
 * sign.h - signatures of packs: who issued these very bytes.
 *
 * What is signed is a folder below the rules folder: every *.lua in it and in its cases/. The file SIGNATURE beside
 * them lists each with size and SHA-256 and ends with an Ed25519 signature (libsodium) over all lines above. A trust
 * list is a text file: one key in hex and the name of the issuing body per line, # for comments. verify reads every
 * file again: a byte changed, a file added or taken away is a finding that names the file.
 */
#ifndef CB_LUA_SIGN_H
#define CB_LUA_SIGN_H

#include <stdbool.h>
#include "base/diag.h"
#include "base/err.h"

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
	int files;
};
/* trust_path may be NULL: no key is trusted. 0 also for a folder without a signature (present false); CB_EDATA with findings
   when the signature or a file does not agree. */
int cb_sign_verify(struct cb_signature *out, const char *dir, const char *folder, const char *trust_path, struct cb_diags *diags, struct cb_err *err);

#endif
