/* hash.c - SHA-256 by libsodium. */
#include "base/hash.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct cb_sha), "struct cb_sha holds libsodium's state");

static crypto_hash_sha256_state *state(struct cb_sha *h)
{
	return (crypto_hash_sha256_state *)(void *)h->opaque;
}

void cb_sha_init(struct cb_sha *h)
{
	memset(h, 0, sizeof(*h));
	crypto_hash_sha256_init(state(h));
}

void cb_sha_add(struct cb_sha *h, const void *p, size_t n)
{
	if (n)
		crypto_hash_sha256_update(state(h), p, n);
}

void cb_sha_hex(struct cb_sha *h, char hex[static CB_SHA_HEX])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(state(h), sum);
	sodium_bin2hex(hex, CB_SHA_HEX, sum, sizeof(sum));
}

void cb_sha256_hex(const void *p, size_t n, char hex[static CB_SHA_HEX])
{
	struct cb_sha h;

	cb_sha_init(&h);
	cb_sha_add(&h, p, n);
	cb_sha_hex(&h, hex);
}
