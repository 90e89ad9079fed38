/* sign.c - see sign.h. */
#include "lua/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/buf.h"
#include "base/hash.h"
#include "lua/pack.h"
#include "lua/pack_int.h"
#include "lua/sandbox.h"

#define HEAD "chibo signature 1\n"
#define SECRET "chibo secret key 1\n"
#define SIG_HEX (2 * crypto_sign_BYTES)

static int write_new(const char *path, const char *s, size_t n, int flags, mode_t mode, struct cb_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, mode), e = 0;

	if (fd < 0)
		return cb_err_set(err, CB_EIO, "%s: %s", path, errno == EEXIST ? "is there already; a key is never overwritten" : strerror(errno));
	while (n && !e) {
		ssize_t w = write(fd, s, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			e = errno;
		else
			s += w, n -= (size_t)w;
	}
	if (!e && fsync(fd))
		e = errno;
	if (close(fd) && !e)
		e = errno;
	if (e) {
		unlink(path);
		return cb_err_set(err, CB_EIO, "%s: %s", path, strerror(e));
	}
	return 0;
}

int cb_sign_make_keys(char pub[static CB_SIGN_KEY], const char *secret_path, struct cb_err *err)
{
	unsigned char pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];
	char text[sizeof(SECRET) + 2 * sizeof(sk) + 2];
	size_t n = sizeof(SECRET) - 1;
	int rc;

	if (sodium_init() < 0)
		return cb_err_set(err, CB_EIO, "no source of random numbers");
	crypto_sign_keypair(pk, sk);
	sodium_bin2hex(pub, CB_SIGN_KEY, pk, sizeof(pk));
	memcpy(text, SECRET, n);
	sodium_bin2hex(text + n, 2 * sizeof(sk) + 1, sk, sizeof(sk));
	n += 2 * sizeof(sk);
	text[n++] = '\n';
	rc = write_new(secret_path, text, n, O_EXCL, 0600, err);
	sodium_memzero(sk, sizeof(sk));
	sodium_memzero(text, sizeof(text));
	return rc;
}

static int read_secret(unsigned char sk[static crypto_sign_SECRETKEYBYTES], const char *path, struct cb_err *err)
{
	char text[sizeof(SECRET) + 2 * crypto_sign_SECRETKEYBYTES + 8];
	struct stat st;
	size_t got = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;

	if (fd < 0)
		return cb_err_set(err, CB_EIO, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		rc = cb_err_set(err, CB_EIO, "%s: is no regular file", path);
	else if (st.st_mode & 077)
		rc = cb_err_set(err, CB_EIO, "%s: others may read this secret key; chmod 600 it", path);
	while (!rc && (n = read(fd, text + got, sizeof(text) - 1 - got)) > 0)
		got += (size_t)n;
	close(fd);
	if (rc)
		return rc;
	text[got] = '\0';
	if (strncmp(text, SECRET, sizeof(SECRET) - 1) ||
	    sodium_hex2bin(sk, crypto_sign_SECRETKEYBYTES, text + sizeof(SECRET) - 1, 2 * crypto_sign_SECRETKEYBYTES, NULL, &got, NULL) ||
	    got != crypto_sign_SECRETKEYBYTES)
		rc = cb_err_set(err, CB_EDATA, "%s: is no secret key that chibo made", path);
	sodium_memzero(text, sizeof(text));
	return rc;
}

/* "." is the rules folder itself. */
static bool top(const char *folder)
{
	return !strcmp(folder, ".");
}

static bool join(char *dst, size_t cap, const char *folder, const char *name)
{
	const char *a = top(folder) ? "" : folder;

	return (size_t)snprintf(dst, cap, "%s%s%s", a, *a && *name ? "/" : "", name) < cap;
}

/* "size sha name" of one file, below the folder. */
static int add_file(struct cb_buf *b, const char *dir, const char *folder, const char *name, struct cb_err *err)
{
	char path[600], *text = NULL, hex[CB_SHA_HEX];
	size_t n = 0;
	int rc;

	if (!join(path, sizeof(path), folder, name))
		return cb_err_set(err, CB_EUSAGE, "%s/%s: the name is too long", folder, name);
	rc = cb_pack_read(&text, &n, dir, path, err);
	if (rc)
		return rc;
	cb_sha256_hex(text, n, hex);
	cb_free(text);
	cb_buf_printf(b, "file %s %zu %s\n", hex, n, name);
	return cb_buf_ok(b) ? 0 : cb_err_nomem(err);
}

static int add_files(struct cb_buf *b, const char *dir, const char *folder, const char *below, bool optional, int *count, struct cb_err *err)
{
	char path[600], name[400], **list = NULL;
	size_t n = 0;
	int rc;

	if (!join(path, sizeof(path), folder, below))
		return cb_err_set(err, CB_EUSAGE, "%s: the name is too long", folder);
	rc = cb_pack_list(&list, &n, dir, path, err);
	if (rc == CB_ENOTFOUND && optional)
		return 0;
	for (size_t i = 0; i < n && !rc; i++) {
		snprintf(name, sizeof(name), "%s%s%s", below, *below ? "/" : "", list[i]);
		if (strlen(list[i]) < 5 || strcmp(list[i] + strlen(list[i]) - 4, ".lua"))
			continue;
		rc = strpbrk(list[i], "\n\r") ? cb_err_set(err, CB_EDATA, "%s: a file name with a line end", path) : add_file(b, dir, folder, name, err);
		++*count;
	}
	cb_pack_list_free(list, n);
	return rc;
}

/* The lines that are signed. */
static int statement(struct cb_buf *b, const char *dir, const char *folder, const char *key, const char *signer, int *count, struct cb_err *err)
{
	int rc;

	*count = 0;
	cb_buf_puts(b, HEAD);
	cb_buf_printf(b, "folder %s\nkey %s\nsigner %s\n", folder, key, signer);
	rc = add_files(b, dir, folder, "", false, count, err);
	if (!rc)
		rc = add_files(b, dir, folder, "cases", true, count, err);
	if (!rc && !*count)
		rc = cb_err_set(err, CB_ENOTFOUND, "%s: holds no pack", folder);
	return rc ? rc : cb_buf_ok(b) ? 0 : cb_err_nomem(err);
}

int cb_sign_folder(const char *dir, const char *folder, const char *secret_path, const char *signer, struct cb_err *err)
{
	unsigned char sk[crypto_sign_SECRETKEYBYTES], sig[crypto_sign_BYTES];
	char key[CB_SIGN_KEY], hex[SIG_HEX + 1], name[128], path[700], temp[720];
	struct cb_buf b;
	int rc, count;

	if (sodium_init() < 0)
		return cb_err_set(err, CB_EIO, "libsodium cannot start");
	cb_sandbox_clean(name, sizeof(name), signer, strlen(signer));
	if (!name[0] || strcmp(name, signer))
		return cb_err_set(err, CB_EUSAGE, "the signer's name must be one line of plain text, at most %zu bytes", sizeof(name) - 1);
	rc = read_secret(sk, secret_path, err);
	if (rc)
		return rc;
	sodium_bin2hex(key, sizeof(key), sk + crypto_sign_SEEDBYTES, crypto_sign_PUBLICKEYBYTES);
	cb_buf_init(&b);
	rc = statement(&b, dir, folder, key, name, &count, err);
	if (rc)
		goto out;
	crypto_sign_detached(sig, NULL, (const unsigned char *)b.s, b.len, sk);
	sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig));
	cb_buf_printf(&b, "signature %s\n", hex);
	if (!cb_buf_ok(&b)) {
		rc = cb_err_nomem(err);
		goto out;
	}
	snprintf(path, sizeof(path), "%s/%s/SIGNATURE", dir, folder);
	snprintf(temp, sizeof(temp), "%s.new", path);
	rc = write_new(temp, b.s, b.len, O_TRUNC, 0644, err);
	if (!rc && rename(temp, path)) {
		rc = cb_err_set(err, CB_EIO, "%s: %s", path, strerror(errno));
		unlink(temp);
	}
out:
	sodium_memzero(sk, sizeof(sk));
	cb_buf_release(&b);
	return rc;
}

/* "word value" at p: the value's start; *p goes to the next line. NULL: another line. */
static char *field(char **p, const char *word)
{
	size_t n = strlen(word);
	char *end = strchr(*p, '\n'), *value;

	if (!end || strncmp(*p, word, n) || (*p)[n] != ' ')
		return NULL;
	*end = '\0';
	value = *p + n + 1;
	*p = end + 1;
	return value;
}

bool cb_sign_trusts(const struct cb_signature *s, const char *issuer)
{
	size_t n = issuer ? strlen(issuer) : 0;

	for (const char *p = s->issuers, *q; s->trusted && *p; p = q + (*q == ',')) {
		q = p + strcspn(p, ",");
		if ((q - p == 1 && *p == '*') || (n && (size_t)(q - p) == n && !memcmp(p, issuer, n)))
			return true;
	}
	return false;
}

/* What a trust list says of the key: the name and, of all its lines, the issuers. Every line is checked. */
static int trusted(struct cb_signature *out, const char *path, struct cb_err *err)
{
	char line[600];
	struct stat st;
	FILE *f = fopen(path, "re");
	int at = 0, rc = 0;

	if (!f)
		return cb_err_set(err, CB_EIO, "%s: %s", path, strerror(errno));
	if (!fstat(fileno(f), &st) && (st.st_mode & S_IWOTH))
		rc = cb_err_set(err, CB_EUSAGE, "%s: everybody may write this trust list; chmod o-w it", path);
	while (!rc && fgets(line, sizeof(line), f)) {
		char *p = line + strspn(line, " \t"), *issuers;
		size_t n = strcspn(p, " \t\r\n"), k, have = strlen(out->issuers);

		for (int ch = 0; !strchr(line, '\n') && ch != EOF && ch != '\n';) /* what is longer is read past */
			ch = fgetc(f);
		if (++at == 1 && !strncmp(p, "\xef\xbb\xbf", 3))
			p += 3, n -= 3;
		if (!*p || *p == '#' || *p == '\r' || *p == '\n')
			continue;
		issuers = p + n + strspn(p + n, " \t");
		k = strspn(issuers, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-,*");
		if (n != CB_SIGN_KEY - 1 || strspn(p, "0123456789abcdef") != n || !k || !strchr(" \t\r\n", issuers[k])) {
			rc = cb_err_set(err, CB_EUSAGE, "%s:%d: write: KEY ISSUERS NAME - 64 hex digits, the codes of the issuers whose packs the key may sign "
					"(an_phu, or a,b, or * for all), the name of the body", path, at);
			continue;
		}
		if (strncmp(p, out->key, n))
			continue;
		if (have + k + 2 > sizeof(out->issuers)) {
			rc = cb_err_set(err, CB_ELIMIT, "%s:%d: too many issuers for one key", path, at);
			continue;
		}
		snprintf(out->issuers + have, sizeof(out->issuers) - have, "%s%.*s", have ? "," : "", (int)k, issuers);
		p = issuers + k + strspn(issuers + k, " \t");
		if (!out->trusted && p[strspn(p, "\r\n")])
			cb_sandbox_clean(out->signer, sizeof(out->signer), p, strcspn(p, "\r\n"));
		out->trusted = true;
	}
	fclose(f);
	return rc;
}

/* Adds a finding unless the very same was told already: many packs stand in one folder. */
static void tell(struct cb_diags *diags, enum cb_severity sev, const char *file, const char *mend, const char *what)
{
	for (size_t i = 0; i < cb_diags_kept(diags); i++) {
		const struct cb_diag *d = cb_diags_at(diags, i);
		if (d->file && d->what && !strcmp(d->file, file) && !strcmp(d->what, what))
			return;
	}
	cb_diags_addf(diags, sev, file, 0, 0, NULL, mend, "%s", what);
}

/* What cannot be read (a link, a device, no permission, too long) is as good as changed. */
static int unreadable(const char *shown, enum cb_severity sev, struct cb_diags *diags, struct cb_err *err)
{
	size_t n = strlen(shown);
	const char *what = !strncmp(err->msg, shown, n) && err->msg[n] == ':' ? err->msg + n + 2 : err->msg;

	if (err->code == CB_ENOMEM)
		return err->code;
	tell(diags, sev, shown, "ask the issuing body for its packs, or sign the folder again", what);
	return cb_err_set(err, CB_EDATA, "%s: cannot be verified", shown);
}

/* Says which of the lines of the two lists of files differ. */
static void tell_files(const char *dir, const char *folder, const char *was, const char *now, enum cb_severity sev, struct cb_diags *diags)
{
	const char *a = was, *b = now;

	while (*a || *b) {
		size_t na = strcspn(a, "\n"), nb = strcspn(b, "\n");
		const char *name_a = NULL, *name_b = NULL, *what;
		char shown[700], path[600];
		int order;

		for (const char *p = a, *q; (q = memchr(p, ' ', na - (size_t)(p - a))); p = q + 1)
			name_a = q + 1;
		for (const char *p = b, *q; (q = memchr(p, ' ', nb - (size_t)(p - b))); p = q + 1)
			name_b = q + 1;
		if (na == nb && !memcmp(a, b, na)) {
			a += na + (a[na] == '\n');
			b += nb + (b[nb] == '\n');
			continue;
		}
		size_t la = name_a ? (size_t)(a + na - name_a) : 0, lb = name_b ? (size_t)(b + nb - name_b) : 0;
		/* files of the folder come before those of cases/, each in order */
		if (!na || !nb) {
			order = na ? -1 : 1;
		} else {
			bool ca = la > 6 && !memcmp(name_a, "cases/", 6), cb = lb > 6 && !memcmp(name_b, "cases/", 6);
			order = ca != cb ? (ca ? 1 : -1) : memcmp(name_a, name_b, la < lb ? la : lb);
			order = order ? order : la < lb ? -1 : la > lb;
		}
		what = order == 0 ? "was changed after it was signed" : order < 0 ? "was signed and is gone" : "was added after the folder was signed";
		snprintf(path, sizeof(path), "%s%s%.*s", top(folder) ? "" : folder, top(folder) ? "" : "/", (int)(order <= 0 ? la : lb), order <= 0 ? name_a : name_b);
		cb_pack_display(shown, sizeof(shown), dir, path);
		tell(diags, sev, shown, "ask the issuing body for its packs, or sign the folder again", what);
		if (order <= 0)
			a += na + (a[na] == '\n');
		if (order >= 0)
			b += nb + (b[nb] == '\n');
	}
}

/* `now` becomes the lines of what stands there now. */
static int verify(struct cb_signature *out, struct cb_buf *now, const char *dir, const char *folder, const char *trust_path, enum cb_severity sev,
		  struct cb_diags *diags, struct cb_err *err)
{
	unsigned char pk[crypto_sign_PUBLICKEYBYTES], sig[crypto_sign_BYTES];
	char path[600], shown[700], *text = NULL, *p, *key, *signer, *files, *last, *f;
	size_t n = 0, signed_len, got;
	int rc, count;

	memset(out, 0, sizeof(*out));
	if (sodium_init() < 0)
		return cb_err_set(err, CB_EIO, "libsodium cannot start");
	join(path, sizeof(path), folder, "SIGNATURE");
	cb_pack_display(shown, sizeof(shown), dir, path);
	rc = cb_pack_read(&text, &n, dir, path, err);
	if (rc)
		return rc == CB_ENOTFOUND ? 0 : unreadable(shown, sev, diags, err);
	out->present = true;
	/* the last line is the signature over what stands above */
	last = n > 1 && text[n - 1] == '\n' ? memrchr(text, '\n', n - 1) : NULL;
	last = last ? last + 1 : NULL;
	if (!last || strlen(text) != n || strncmp(last, "signature ", 10) || strncmp(text, HEAD, sizeof(HEAD) - 1) ||
	    sodium_hex2bin(sig, sizeof(sig), last + 10, SIG_HEX, NULL, &got, NULL) || got != sizeof(sig) || strcmp(last + 10 + SIG_HEX, "\n"))
		goto broken;
	signed_len = (size_t)(last - text);
	p = strstr(text, "\nkey ");
	if (!p || p + 5 + CB_SIGN_KEY > last || sodium_hex2bin(pk, sizeof(pk), p + 5, CB_SIGN_KEY - 1, NULL, &got, NULL) || got != sizeof(pk))
		goto broken;
	if (crypto_sign_verify_detached(sig, (const unsigned char *)text, signed_len, pk)) {
		tell(diags, sev, shown, "ask the issuing body for its packs", "the list of files was changed after it was signed");
		rc = cb_err_set(err, CB_EDATA, "%s: the signature does not hold", shown);
		goto out;
	}
	p = text + sizeof(HEAD) - 1;
	f = field(&p, "folder");
	key = f ? field(&p, "key") : NULL;
	signer = key ? field(&p, "signer") : NULL;
	if (!signer || strlen(key) != CB_SIGN_KEY - 1)
		goto broken;
	if (strcmp(f, folder)) {
		cb_diags_addf(diags, sev, shown, 0, 0, NULL, "a signed folder keeps its name", "the signature is of folder \"%.100s\"", f);
		rc = cb_err_set(err, CB_EDATA, "%s: the signature is of another folder", shown);
		goto out;
	}
	files = p;
	*last = '\0';
	snprintf(out->key, sizeof(out->key), "%s", key);
	cb_sandbox_clean(out->signer, sizeof(out->signer), signer, strlen(signer));
	if (trust_path) {
		rc = trusted(out, trust_path, err);
		if (rc)
			goto out;
	}
	rc = statement(now, dir, folder, key, signer, &count, err);
	if (rc == CB_ENOTFOUND)
		rc = 0;
	if (rc) {
		rc = unreadable(shown, sev, diags, err);
		goto out;
	}
	out->files = count;
	f = strstr(now->s, "\nfile ");
	f = f ? f + 1 : now->s + now->len;
	if (strcmp(files, f)) {
		tell_files(dir, folder, files, f, sev, diags);
		rc = cb_err_set(err, CB_EDATA, "%s: files do not agree with the signature", shown);
	}
	goto out;
broken:
	tell(diags, sev, shown, "sign the folder again", "is no signature that chibo wrote");
	rc = cb_err_set(err, CB_EDATA, "%s: is no signature", shown);
out:
	cb_free(text);
	return rc;
}

int cb_sign_verify(struct cb_signature *out, const char *dir, const char *folder, const char *trust_path, struct cb_diags *diags, struct cb_err *err)
{
	struct cb_buf now;
	int rc;

	cb_buf_init(&now);
	rc = verify(out, &now, dir, folder, trust_path, CB_SEV_ERROR, diags, err);
	cb_buf_release(&now);
	return rc;
}

int cb_sign_check_issuers(struct cb_signature *s, const char *dir, const char *folder, struct cb_facts *dict, struct cb_diags *diags, struct cb_err *err)
{
	char **list = NULL, path[600], shown[700];
	size_t n = 0;
	int rc = cb_pack_list(&list, &n, dir, top(folder) ? "" : folder, err);

	for (size_t i = 0; !rc && i < n; i++) {
		size_t len = strlen(list[i]);
		struct cb_ruleset *rs = NULL;
		struct cb_diags *quiet = NULL;

		if (list[i][0] == '_' || len < 5 || strcmp(list[i] + len - 4, ".lua") || !join(path, sizeof(path), folder, list[i]))
			continue;
		rc = cb_diags_new(&quiet, 5) ? cb_err_nomem(err) : cb_pack_load(&rs, dir, path, dict, &cb_pack_limits_default, quiet, err);
		if (!rc && !cb_sign_trusts(s, rs->issuer)) {
			cb_pack_display(shown, sizeof(shown), dir, path);
			cb_diags_addf(diags, CB_SEV_WARNING, shown, 0, 0, NULL, "get it signed from its issuer, or add the issuer to the key's line in the trust list",
				      "is a pack of %s; the key is trusted only for %s", rs->issuer, s->issuers);
			s->trusted = false;
		}
		rc = rc == CB_ENOMEM ? rc : 0;
		cb_ruleset_free(rs);
		cb_diags_free(quiet);
	}
	cb_pack_list_free(list, n);
	return rc;
}

/* --- of a ruleset ------------------------------------------------------------------------------------------- */

/* The folder and the name in it of a file below the rules folder. */
static const char *folder_of(char *dst, size_t cap, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(dst, cap, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	return slash ? slash + 1 : path;
}

/* Are these the bytes that were verified? */
static bool listed(const struct cb_buf *now, const char *name, const struct cb_source *src)
{
	char line[600];

	snprintf(line, sizeof(line), "\nfile %s %zu %s\n", src->sha, src->len, name);
	return strstr(now->s, line) != NULL;
}

/* One folder of it: its state, told as the policy says. */
static int judge(struct cb_signed *out, size_t at, const struct cb_ruleset *rs, const char *dir, const char *trust_path, enum cb_sign_policy policy,
		 struct cb_diags *diags, struct cb_err *err)
{
	enum cb_severity sev = policy == CB_SIGN_REQUIRE ? CB_SEV_ERROR : CB_SEV_WARNING;
	struct cb_signature *sig = &out->sig[at];
	struct cb_signed_by *by = &out->by[at];
	char folder[256], shown[700], what[500], mend[400], dirty[600];
	const struct cb_source *first = NULL;
	struct cb_buf now;
	int rc;

	cb_buf_init(&now);
	rc = verify(sig, &now, dir, out->folder[at], trust_path, sev, diags, err);
	*by = (struct cb_signed_by){ .folder = out->folder[at], .state = rc == CB_EDATA ? "broken" : !sig->present ? "unsigned" : "trusted",
				     .signer = sig->signer[0] ? sig->signer : NULL, .key = sig->key[0] ? sig->key : NULL };
	if (rc && rc != CB_EDATA)
		goto out;
	rc = 0;
	for (size_t i = rs->nsrc; i-- > 0;) {
		const char *name = folder_of(folder, sizeof(folder), rs->src[i].path);
		if (strcmp(folder, out->folder[at]))
			continue;
		if (!first)
			first = &rs->src[i];
		if (by->state[0] == 't' && !listed(&now, name, &rs->src[i])) {
			by->state = "broken";
			cb_pack_display(dirty, sizeof(dirty), dir, rs->src[i].path);
			tell(diags, sev, dirty, "run it again", "was changed while it was read");
		}
		if (by->state[0] == 't' && !cb_sign_trusts(sig, rs->src[i].issuer)) {
			by->state = "unknown";
			first = &rs->src[i];
		}
	}
	if (by->state[0] != 't')
		out->trusted = false;
	if (policy == CB_SIGN_IGNORE || by->state[0] == 't' || by->state[0] == 'b' || !first)
		goto out;
	cb_pack_display(shown, sizeof(shown), dir, first->path);
	if (by->state[0] == 'u' && !sig->present) {
		snprintf(what, sizeof(what), "%s%.100s is not signed", at ? "a base of " : "", rs->id);
		snprintf(mend, sizeof(mend), "get it signed from its issuing body, or sign your own: chibo rules sign %.200s --key FILE --as NAME", out->folder[at]);
	} else if (sig->trusted) {
		snprintf(what, sizeof(what), "%s%.100s is signed by \"%.100s\", whose key is trusted only for %.100s, not for packs of %.60s", at ? "a base of " : "",
			 rs->id, sig->signer, sig->issuers, first->issuer);
		snprintf(mend, sizeof(mend), "get it signed from %.60s, or add the issuer to the key's line in the trust list", first->issuer);
	} else {
		snprintf(what, sizeof(what), "%s%.100s is signed by \"%.100s\" with key %.16s..., which is not on the trust list", at ? "a base of " : "", rs->id,
			 sig->signer, sig->key);
		snprintf(mend, sizeof(mend), "ask the issuing body for its key by another way, then add the line: %s %.60s NAME", sig->key, first->issuer);
	}
	tell(diags, sev, shown, mend, what);
out:
	cb_buf_release(&now);
	return rc;
}

int cb_sign_ruleset(struct cb_signed *out, const struct cb_ruleset *rs, const char *dir, const char *trust_path, enum cb_sign_policy policy,
		    struct cb_diags *diags, struct cb_err *err)
{
	int rc = 0;

	memset(out, 0, sizeof(*out));
	out->trusted = true;
	for (size_t i = rs->nsrc; i-- > 0 && !rc;) { /* the main file is the last one */
		char folder[256];
		size_t k = 0;

		folder_of(folder, sizeof(folder), rs->src[i].path);
		while (k < out->n && strcmp(out->folder[k], folder))
			k++;
		if (k < out->n)
			continue;
		if (k == CB_SIGN_FOLDERS)
			return cb_err_set(err, CB_ELIMIT, "%s: its files stand in more than %d folders", rs->id, CB_SIGN_FOLDERS);
		snprintf(out->folder[out->n++], sizeof(folder), "%s", folder);
		rc = judge(out, k, rs, dir, trust_path, policy, diags, err);
	}
	if (!rc && !out->trusted && policy == CB_SIGN_REQUIRE)
		rc = cb_err_set(err, CB_EDATA, "%s has no trusted signature", rs->id);
	return rc;
}
