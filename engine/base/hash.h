/* hash.h - SHA-256 (libsodium), as bytes and as 64 lower-case hex digits. */
#ifndef CB_BASE_HASH_H
#define CB_BASE_HASH_H

#include <stddef.h>

#define CB_SHA_HEX 65

struct cb_sha {
	_Alignas(16) unsigned char opaque[128]; /* holds the library's state */
};

void cb_sha_init(struct cb_sha *h);
void cb_sha_add(struct cb_sha *h, const void *p, size_t n);
void cb_sha_hex(struct cb_sha *h, char hex[static CB_SHA_HEX]); /* ends the computation */
void cb_sha256_hex(const void *p, size_t n, char hex[static CB_SHA_HEX]);

#endif
