/*
 * err.c - one line of text and a code, in memory that the caller owns.
 *
 * set writes, prefix moves the old message to the right and writes before it. Nothing allocates. A message that is
 * too long is cut where a character begins; line breaks become blanks and other control bytes "?", so that a message is
 * always one line that a terminal shows as it is.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts a UTF-8 string of at most n bytes back to a boundary when its last character is not whole. */
static size_t whole(const char *s, size_t n)
{
	size_t i = n, need;
	unsigned char c;

	while (i > 0 && n - i < 4 && ((unsigned char)s[i - 1] & 0xC0) == 0x80)
		i--;
	if (i == 0)
		return n;
	c = (unsigned char)s[i - 1];
	need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
	return n - (i - 1) < need ? i - 1 : n;
}

/* Ends the line: cut where a character begins, also where a "%.60s" inside it did not; no control bytes for a terminal. */
static void finish(char *s, size_t len, size_t cap)
{
	char *to = s;

	if (len >= cap)
		len = whole(s, cap - 1);
	s[len] = '\0';
	while (*s) {
		unsigned char c = (unsigned char)*s;
		size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1, have = 1;

		while (have < need && ((unsigned char)s[have] & 0xC0) == 0x80)
			have++;
		if (have == need) {
			memmove(to, s, need);
			if (c < 0x20 || c == 0x7f)
				*to = c == '\n' || c == '\r' || c == '\t' ? ' ' : '?';
			to += need;
		}
		s += have;
	}
	*to = '\0';
}

int cb_err_set(struct cb_err *err, int code, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (err == NULL)
		return code;
	err->code = code;
	va_start(ap, fmt);
	n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	if (n < 0)
		n = snprintf(err->msg, sizeof(err->msg), "%s", cb_code_name(code));
	finish(err->msg, (size_t)n, sizeof(err->msg));
	return code;
}

int cb_err_prefix(struct cb_err *err, const char *fmt, ...)
{
	char old[sizeof(err->msg)];
	va_list ap;
	int n;

	if (err == NULL)
		return CB_EDATA;
	memcpy(old, err->msg, sizeof(old));
	old[sizeof(old) - 1] = '\0';
	va_start(ap, fmt);
	n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n < sizeof(err->msg)) {
		int m = snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s", old);
		n += m < 0 ? 0 : m;
	}
	finish(err->msg, (size_t)n, sizeof(err->msg));
	return err->code;
}

int cb_err_nomem(struct cb_err *err)
{
	return cb_err_set(err, CB_ENOMEM, "out of memory");
}

const char *cb_code_name(int code)
{
	switch (code) {
	case CB_OK:
		return "no error";
	case CB_ENOMEM:
		return "out of memory";
	case CB_EUSAGE:
		return "wrong usage";
	case CB_EDATA:
		return "bad data";
	case CB_EIO:
		return "input or output failed";
	case CB_EBUSY:
		return "record in use";
	case CB_ECORRUPT:
		return "damaged record";
	case CB_ENEWER:
		return "record of a newer chibo";
	case CB_EFOREIGN:
		return "not a chibo record";
	case CB_EREADONLY:
		return "record cannot be written";
	case CB_EFULL:
		return "disk full";
	case CB_ENOTFOUND:
		return "not found";
	case CB_EEXIST:
		return "already there";
	case CB_ELIMIT:
		return "limit reached";
	case CB_ERULE:
		return "rule failed";
	case CB_ESEALED:
		return "period sealed";
	case CB_EINTR:
		return "interrupted";
	case CB_EOLD:
		return "record of an older chibo";
	}
	return "unknown error";
}
