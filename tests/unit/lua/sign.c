/* sign.c - a signed folder: what holds, and which file is named when a byte, a file or a key is not what it was. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buf.h"
#include "lua/sign.h"

static char top[64], key[100];
static char pub[CB_SIGN_KEY];
static struct cb_err err;

static void put(const char *name, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void folder(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	mkdir(path, 0755);
}

static int make(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/chibo-sign-XXXXXX");
	assert_non_null(mkdtemp(top));
	snprintf(key, sizeof(key), "%s/secret", top);
	folder("an_phu");
	folder("an_phu/cases");
	put("an_phu/hd42.lua", "return 1\n");
	put("an_phu/_bands.lua", "return 2\n");
	put("an_phu/README.md", "not signed\n");
	put("an_phu/cases/hd42.lua", "return {}\n");
	assert_int_equal(cb_sign_make_keys(pub, key, &err), 0);
	assert_int_equal(cb_sign_folder(top, "an_phu", key, "Phường An Phú", &err), 0);
	return 0;
}

static int gone(void **state)
{
	char cmd[100];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf %s", top);
	return system(cmd);
}

/* The findings of a verification, one per line; without the name of the temporary folder. */
static const char *found(struct cb_signature *s, int want, const char *trust)
{
	static char out[3000];
	struct cb_diags *d = NULL;
	struct cb_buf b;
	size_t n = 0;

	assert_int_equal(cb_diags_new(&d, 50), 0);
	assert_int_equal(cb_sign_verify(s, top, "an_phu", trust, d, &err), want);
	out[0] = '\0';
	for (size_t i = 0; i < cb_diags_kept(d); i++) {
		cb_buf_init(&b);
		cb_diag_line(&b, cb_diags_at(d, i));
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s\n", strncmp(b.s, top, strlen(top)) ? b.s : b.s + strlen(top) + 1);
		cb_buf_release(&b);
	}
	cb_diags_free(d);
	return out;
}

static void a_folder_as_it_was_signed_holds(void **state)
{
	struct cb_signature s;

	(void)state;
	assert_string_equal(found(&s, 0, NULL), "");
	assert_true(s.present);
	assert_false(s.trusted);
	assert_int_equal(s.files, 3);
	assert_string_equal(s.key, pub);
	assert_string_equal(s.signer, "Phường An Phú");
}

static void one_changed_byte_names_its_file(void **state)
{
	struct cb_signature s;

	(void)state;
	put("an_phu/hd42.lua", "return 3\n");
	assert_string_equal(found(&s, CB_EDATA, NULL),
			    "an_phu/hd42.lua: was changed after it was signed; ask the issuing body for its packs, or sign the folder again\n");
	put("an_phu/hd42.lua", "return 1\n");
	put("an_phu/cases/hd42.lua", "return {} \n");
	assert_string_equal(found(&s, CB_EDATA, NULL),
			    "an_phu/cases/hd42.lua: was changed after it was signed; ask the issuing body for its packs, or sign the folder again\n");
	put("an_phu/cases/hd42.lua", "return {}\n");
	assert_string_equal(found(&s, 0, NULL), "");
	put("an_phu/README.md", "prose may change\n");
	assert_string_equal(found(&s, 0, NULL), "");
}

static void files_that_came_or_went_are_named(void **state)
{
	struct cb_signature s;
	char path[200];

	(void)state;
	put("an_phu/_extra.lua", "return 9\n");
	put("an_phu/cases/zz.lua", "return 9\n");
	snprintf(path, sizeof(path), "%s/an_phu/hd42.lua", top);
	unlink(path);
	assert_string_equal(found(&s, CB_EDATA, NULL),
			    "an_phu/_extra.lua: was added after the folder was signed; ask the issuing body for its packs, or sign the folder again\n"
			    "an_phu/hd42.lua: was signed and is gone; ask the issuing body for its packs, or sign the folder again\n"
			    "an_phu/cases/zz.lua: was added after the folder was signed; ask the issuing body for its packs, or sign the folder again\n");
}

static void a_changed_list_does_not_hold(void **state)
{
	struct cb_signature s;
	char path[200], text[2000];
	size_t n;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/an_phu/SIGNATURE", top);
	f = fopen(path, "rb");
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	/* every byte of the file matters */
	for (size_t i = 0; i < n; i++) {
		char was = text[i];
		text[i] = was == 'a' ? 'b' : 'a';
		f = fopen(path, "wb");
		fwrite(text, 1, n, f);
		fclose(f);
		assert_string_not_equal(found(&s, CB_EDATA, NULL), "");
		text[i] = was;
	}
	put("an_phu/SIGNATURE", "");
	assert_string_equal(found(&s, CB_EDATA, NULL), "an_phu/SIGNATURE: is no signature that chibo wrote; sign the folder again\n");
	unlink(path);
	assert_string_equal(found(&s, 0, NULL), "");
	assert_false(s.present);
}

/* The trust list with the public key where @ stands. */
static void put_trust(const char *form)
{
	char text[300];
	const char *at = strchr(form, '@');

	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at ? at - form : 0), form, at ? pub : "", at ? at + 1 : form);
	put("trust", text);
}

static void a_trust_list_names_the_issuing_body(void **state)
{
	struct cb_signature s;
	char path[200], text[1200];

	(void)state;
	snprintf(path, sizeof(path), "%s/trust", top);
	snprintf(text, sizeof(text), "\xef\xbb\xbf# keys %0700d\n\n%s  an_phu,tan_tien  Đảng ủy phường An Phú\n%s trung_uong khác\n", 0, pub, pub);
	put("trust", text);
	assert_string_equal(found(&s, 0, path), "");
	assert_true(s.trusted);
	assert_string_equal(s.signer, "Đảng ủy phường An Phú");
	assert_string_equal(s.issuers, "an_phu,tan_tien,trung_uong");
	assert_true(cb_sign_trusts(&s, "an_phu") && cb_sign_trusts(&s, "tan_tien") && cb_sign_trusts(&s, "trung_uong"));
	assert_false(cb_sign_trusts(&s, "an_ph") || cb_sign_trusts(&s, "an_phu,tan_tien") || cb_sign_trusts(&s, "") || cb_sign_trusts(&s, NULL));
	snprintf(text, sizeof(text), "%s *\n", pub);
	put("trust", text);
	assert_string_equal(found(&s, 0, path), "");
	assert_string_equal(s.signer, "Phường An Phú"); /* the list has no name: the signature's */
	assert_true(cb_sign_trusts(&s, "an_phu") && cb_sign_trusts(&s, "x"));
	static const char *const bad[] = { "abc an_phu x\n", "@\n", "@ Đảng ủy\n", "@ an_phu;x y\n", "x@ an_phu y\n" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_trust(bad[i]);
		found(&s, CB_EUSAGE, path);
		assert_non_null(strstr(err.msg, "trust:1: write: KEY ISSUERS NAME"));
	}
	put("trust", "# none\n");
	chmod(path, 0666);
	found(&s, CB_EUSAGE, path);
	assert_non_null(strstr(err.msg, "everybody may write this trust list"));
	chmod(path, 0644);
	put("trust", "# none\n");
	assert_string_equal(found(&s, 0, path), "");
	assert_false(s.trusted);
	snprintf(path, sizeof(path), "%s/absent", top);
	found(&s, CB_EIO, path);
}

static void keys_are_kept_from_others(void **state)
{
	struct stat st;
	char other[CB_SIGN_KEY];

	(void)state;
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(cb_sign_make_keys(other, key, &err), CB_EIO);
	assert_non_null(strstr(err.msg, "a key is never overwritten"));
	chmod(key, 0644);
	assert_int_equal(cb_sign_folder(top, "an_phu", key, "x", &err), CB_EIO);
	assert_non_null(strstr(err.msg, "others may read this secret key"));
	chmod(key, 0600);
	put("secret", "chibo secret key 1\nzz\n");
	assert_int_equal(cb_sign_folder(top, "an_phu", key, "x", &err), CB_EDATA);
	assert_non_null(strstr(err.msg, "is no secret key that chibo made"));
}

static void a_name_that_is_no_plain_line_is_refused(void **state)
{
	(void)state;
	assert_int_equal(cb_sign_folder(top, "an_phu", key, "a\nfile x", &err), CB_EUSAGE);
	assert_int_equal(cb_sign_folder(top, "an_phu", key, "", &err), CB_EUSAGE);
	assert_int_equal(cb_sign_folder(top, "../etc", key, "a", &err), CB_ENOTFOUND);
}

/* A ruleset as the loader leaves it, of the files on disk; its base of another issuer. */
static struct cb_ruleset *loaded(const char *own, const char *base_text)
{
	static struct cb_ruleset rs;
	struct cb_source src[2] = { { .path = "goc/a.lua", .text = base_text, .len = strlen(base_text), .issuer = "trung_uong" },
				    { .path = "an_phu/hd42.lua", .text = own, .len = strlen(own) } };

	memset(&rs, 0, sizeof(rs));
	cb_arena_init(&rs.arena);
	rs.id = "an_phu.hd42";
	rs.issuer = "an_phu";
	assert_int_equal(cb_ruleset_set_sources(&rs, src, 2, &err), 0);
	return &rs;
}

static void every_folder_of_a_ruleset_is_signed_for_its_issuer_and_is_what_was_loaded(void **state)
{
	static const struct { const char *trust, *own, *states, *said; } t[] = {
		{ "@ an_phu,trung_uong x", "return 1\n", "an_phu trusted, goc trusted", "" },
		{ "@ an_phu x", "return 1\n", "an_phu trusted, goc unknown", "whose key is trusted only for an_phu, not for packs of trung_uong" },
		{ "@ trung_uong x", "return 1\n", "an_phu unknown, goc trusted", "whose key is trusted only for trung_uong, not for packs of an_phu" },
		{ "# @", "return 1\n", "an_phu unknown, goc unknown", "which is not on the trust list" },
		{ "@ * x", "return 9\n", "an_phu broken, goc trusted", "an_phu/hd42.lua: was changed while it was read" },
	};
	struct cb_signed got;
	char path[200], states[200];

	(void)state;
	folder("goc");
	put("goc/a.lua", "return 0\n");
	assert_int_equal(cb_sign_folder(top, "goc", key, "Gốc", &err), 0);
	snprintf(path, sizeof(path), "%s/trust", top);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct cb_ruleset *rs = loaded(t[i].own, "return 0\n");
		struct cb_diags *d = NULL;
		struct cb_buf b;

		put_trust(t[i].trust);
		assert_int_equal(cb_diags_new(&d, 20), 0);
		assert_int_equal(cb_sign_ruleset(&got, rs, top, path, CB_SIGN_REQUIRE, d, &err), i ? CB_EDATA : 0);
		assert_int_equal(got.trusted, i == 0);
		assert_int_equal(got.n, 2);
		snprintf(states, sizeof(states), "%s %s, %s %s", got.by[0].folder, got.by[0].state, got.by[1].folder, got.by[1].state);
		assert_string_equal(states, t[i].states);
		assert_string_equal(got.by[0].key, pub);
		cb_buf_init(&b);
		for (size_t k = 0; k < cb_diags_kept(d); k++)
			cb_diag_line(&b, cb_diags_at(d, k));
		if (!strstr(cb_buf_ok(&b) && b.s ? b.s : "", t[i].said))
			fail_msg("%zu: %s", i, b.s);
		assert_int_equal(cb_diags_kept(d) > 0, i > 0);
		cb_buf_release(&b);
		cb_diags_free(d);
		cb_arena_release(&rs->arena);
	}
}

static void the_rules_folder_itself_can_be_signed(void **state)
{
	struct cb_diags *d = NULL;
	struct cb_signature s;

	(void)state;
	put("own.lua", "return 1\n");
	assert_int_equal(cb_diags_new(&d, 20), 0);
	assert_int_equal(cb_sign_folder(top, ".", key, "x", &err), 0);
	assert_int_equal(cb_sign_verify(&s, top, ".", NULL, d, &err), 0);
	assert_true(s.present);
	assert_int_equal(s.files, 1);
	put("own.lua", "return 2\n");
	assert_int_equal(cb_sign_verify(&s, top, ".", NULL, d, &err), CB_EDATA);
	assert_non_null(strstr(cb_diags_at(d, 0)->file, "/own.lua"));
	cb_diags_free(d);
}

static int sign_and_verify(void *ctx)
{
	struct cb_diags *d = NULL;
	struct cb_signature s;
	int rc = cb_diags_new(&d, 5);

	(void)ctx;
	if (!rc)
		rc = cb_sign_folder(top, "an_phu", key, "Phường An Phú", &err);
	if (!rc)
		rc = cb_sign_verify(&s, top, "an_phu", NULL, d, &err);
	cb_diags_free(d);
	return rc;
}

static void running_out_of_memory_is_an_error(void **state)
{
	(void)state;
	assert_true(sweep(sign_and_verify, NULL) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_folder_as_it_was_signed_holds, make, gone),
		cmocka_unit_test_setup_teardown(one_changed_byte_names_its_file, make, gone),
		cmocka_unit_test_setup_teardown(files_that_came_or_went_are_named, make, gone),
		cmocka_unit_test_setup_teardown(a_changed_list_does_not_hold, make, gone),
		cmocka_unit_test_setup_teardown(a_trust_list_names_the_issuing_body, make, gone),
		cmocka_unit_test_setup_teardown(keys_are_kept_from_others, make, gone),
		cmocka_unit_test_setup_teardown(a_name_that_is_no_plain_line_is_refused, make, gone),
		cmocka_unit_test_setup_teardown(every_folder_of_a_ruleset_is_signed_for_its_issuer_and_is_what_was_loaded, make, gone),
		cmocka_unit_test_setup_teardown(the_rules_folder_itself_can_be_signed, make, gone),
		cmocka_unit_test_setup_teardown(running_out_of_memory_is_an_error, make, gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
