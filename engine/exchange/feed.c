/*
 * feed.c - the beginning of a file tells what it is; see feed.h.
 *
 * The chunk buffer holds raw bytes; for UTF-16 a second one holds what they become. At most three raw bytes (an odd
 * byte, half a surrogate pair) wait for the next chunk.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/alloc.h"
#include "exchange/feed.h"

enum feed_form { FEED_UTF8, FEED_UTF16LE, FEED_UTF16BE };

struct cb_feed {
	int fd;                   /* -1: bytes in memory */
	const unsigned char *mem; /* the rest of them */
	size_t nmem;
	enum feed_form form;
	unsigned char *raw;       /* CB_FEED_CHUNK + 4 */
	size_t nraw;              /* raw bytes that wait to be converted */
	unsigned char *text;      /* UTF-16 only: what they became, 3/2 of a chunk and a little */
	const char *next;         /* what peek shows */
	size_t nnext;
	bool end;
	int64_t taken, total;
};

static int fill_raw(struct cb_feed *f, struct cb_err *err)
{
	while (f->nraw < CB_FEED_CHUNK && !f->end) {
		size_t want = CB_FEED_CHUNK - f->nraw;
		if (f->fd < 0) {
			size_t n = f->nmem < want ? f->nmem : want;
			if (n)
				memcpy(f->raw + f->nraw, f->mem, n);
			f->mem += n, f->nmem -= n, f->nraw += n, f->taken += (int64_t)n;
			f->end = f->nmem == 0;
			continue;
		}
		ssize_t n = read(f->fd, f->raw + f->nraw, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cb_err_set(err, CB_EIO, "reading failed: %s", strerror(errno));
		if (n == 0)
			f->end = true;
		f->nraw += (size_t)n, f->taken += n;
	}
	return 0;
}

static size_t put_utf8(unsigned char *p, unsigned c)
{
	if (c < 0x80) {
		p[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (unsigned char)(0xC0 | c >> 6), p[1] = (unsigned char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) { /* a lone surrogate comes out here too: three bytes that are not valid UTF-8 */
		p[0] = (unsigned char)(0xE0 | c >> 12), p[1] = (unsigned char)(0x80 | (c >> 6 & 63));
		p[2] = (unsigned char)(0x80 | (c & 63));
		return 3;
	}
	p[0] = (unsigned char)(0xF0 | c >> 18), p[1] = (unsigned char)(0x80 | (c >> 12 & 63));
	p[2] = (unsigned char)(0x80 | (c >> 6 & 63)), p[3] = (unsigned char)(0x80 | (c & 63));
	return 4;
}

static unsigned unit16(const struct cb_feed *f, size_t at)
{
	unsigned a = f->raw[at], b = f->raw[at + 1];
	return f->form == FEED_UTF16LE ? a | b << 8 : a << 8 | b;
}

static void convert(struct cb_feed *f)
{
	size_t i = 0, o = 0;
	while (i + 2 <= f->nraw) {
		unsigned c = unit16(f, i);
		size_t step = 2;
		if (c >= 0xD800 && c < 0xDC00) {
			if (i + 4 > f->nraw && !f->end)
				break;
			unsigned d = i + 4 <= f->nraw ? unit16(f, i + 2) : 0;
			if (d >= 0xDC00 && d < 0xE000)
				c = 0x10000 + ((c - 0xD800) << 10) + (d - 0xDC00), step = 4;
		}
		o += put_utf8(f->text + o, c);
		i += step;
	}
	if (f->end && i < f->nraw) /* an odd byte at the end: not text */
		f->text[o++] = 0xFF, i = f->nraw;
	memmove(f->raw, f->raw + i, f->nraw - i);
	f->nraw -= i;
	f->next = (char *)f->text, f->nnext = o;
}

int cb_feed_peek(struct cb_feed *f, const char **p, size_t *n, struct cb_err *err)
{
	int rc;
	if (f->nnext == 0) {
		if (f->form == FEED_UTF8)
			f->nraw = 0;
		if ((rc = fill_raw(f, err)) < 0)
			return rc;
		if (f->form == FEED_UTF8)
			f->next = (char *)f->raw, f->nnext = f->nraw;
		else
			convert(f);
	}
	*p = f->next, *n = f->nnext;
	return 0;
}

int cb_feed_read(struct cb_feed *f, const char **p, size_t *n, struct cb_err *err)
{
	int rc = cb_feed_peek(f, p, n, err);
	if (rc == 0)
		f->nnext = 0;
	return rc;
}

static bool starts(const unsigned char *p, size_t n, const char *with, size_t len)
{
	return n >= len && !memcmp(p, with, len);
}

static bool starts_word(const unsigned char *p, size_t n, const char *word) /* ASCII, case ignored */
{
	size_t i = 0;
	for (; word[i]; i++)
		if (i >= n || (p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]) != (unsigned char)word[i])
			return false;
	return true;
}

#define SAVE_CSV "open it in the spreadsheet program and save as CSV (UTF-8)"

/* What cannot be text, by its first bytes; NULL when it may be. */
static const char *refuse(const unsigned char *p, size_t n, const char **mend)
{
	*mend = SAVE_CSV;
	if (starts(p, n, "PK\3\4", 4) || starts(p, n, "PK\5\6", 4))
		return "a zip file: an Excel workbook (.xlsx) or the like, which is not read";
	if (starts(p, n, "\xD0\xCF\x11\xE0", 4))
		return "an old or protected Office file (.xls, or .xlsx with a password), which is not read";
	if (starts(p, n, "%PDF", 4))
		return "a PDF file, which is not read";
	if (starts(p, n, "{\\rtf", 5))
		return "an RTF document, which is not read";
	if (starts(p, n, "\x1F\x8B", 2) || starts(p, n, "BZh", 3) || starts(p, n, "\xFD" "7zXZ", 5) || starts(p, n, "7z\xBC\xAF", 4) ||
	    starts(p, n, "Rar!", 4) || starts(p, n, "\x28\xB5\x2F\xFD", 4)) {
		*mend = "unpack it first";
		return "a packed file, which is not read";
	}
	if (starts(p, n, "SQLite format 3", 15)) {
		*mend = "name a CSV or JSON file";
		return "a SQLite database, not a table of text";
	}
	if (starts(p, n, "\xFF\xFE\0\0", 4) || starts(p, n, "\0\0\xFE\xFF", 4)) {
		*mend = "save it as CSV (UTF-8)";
		return "UTF-32 text, which is not read";
	}
	size_t i = starts(p, n, "\xEF\xBB\xBF", 3) ? 3 : 0;
	while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
		i++;
	if (starts_word(p + i, n - i, "<!doctype html") || starts_word(p + i, n - i, "<html") || starts_word(p + i, n - i, "<table") ||
	    starts_word(p + i, n - i, "<meta") || starts_word(p + i, n - i, "<head") || starts_word(p + i, n - i, "<!--"))
		return "an HTML page, whatever its name says";
	if (starts_word(p + i, n - i, "<?xml"))
		return "an XML file, whatever its name says";
	if (starts_word(p + i, n - i, "mime-version:"))
		return "a web archive (MHTML), whatever its name says";
	*mend = NULL;
	return NULL;
}

/* Binary data, or UTF-16 without a mark: NULs and other control bytes among the first bytes. */
static const char *refuse_binary(const unsigned char *p, size_t n, const char **mend)
{
	size_t nul[2] = { 0, 0 }, control = 0;
	if (n > 4096)
		n = 4096;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == 0)
			nul[i & 1]++;
		else if (p[i] < 32 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r' && p[i] != '\f' && p[i] != 0x1A)
			control++;
	}
	/* one NUL in a text is a fault of its row, found with its line; many are another form of file */
	if (n >= 8 && (nul[0] * 8 > n || nul[1] * 8 > n) && control * 8 < n) {
		*mend = "save it as CSV (UTF-8)";
		return "NUL bytes all over: it looks like UTF-16 without a byte order mark";
	}
	if ((nul[0] + nul[1] + control) * 20 > n && nul[0] + nul[1] + control > 1) {
		*mend = "name a CSV or JSON file";
		return "binary data, not text";
	}
	return NULL;
}

static int start(struct cb_feed *f, struct cb_err *err)
{
	f->raw = cb_malloc(CB_FEED_CHUNK + 4);
	if (!f->raw)
		return cb_err_nomem(err);
	int rc = fill_raw(f, err);
	if (rc < 0)
		return rc;
	if (f->nraw == 0)
		return cb_err_set(err, CB_EDATA, "the file is empty; save the table again and look whether it has rows");
	const char *mend, *what = refuse(f->raw, f->nraw, &mend);
	size_t skip = 0;
	if (!what && starts(f->raw, f->nraw, "\xFF\xFE", 2))
		f->form = FEED_UTF16LE, skip = 2;
	else if (!what && starts(f->raw, f->nraw, "\xFE\xFF", 2))
		f->form = FEED_UTF16BE, skip = 2;
	else if (!what && !(what = refuse_binary(f->raw, f->nraw, &mend)) && starts(f->raw, f->nraw, "\xEF\xBB\xBF", 3))
		skip = 3;
	if (what)
		return cb_err_set(err, CB_EDATA, "%s; %s", what, mend);
	if (f->form == FEED_UTF8) {
		f->next = (char *)f->raw + skip, f->nnext = f->nraw - skip;
	} else {
		memmove(f->raw, f->raw + skip, f->nraw - skip);
		f->nraw -= skip;
		f->text = cb_malloc(CB_FEED_CHUNK * 3 / 2 + 16);
		if (!f->text)
			return cb_err_nomem(err);
		convert(f);
	}
	if (f->nnext == 0 && f->end)
		return cb_err_set(err, CB_EDATA, "the file is empty; save the table again and look whether it has rows");
	return 0;
}

int cb_feed_open(struct cb_feed **out, const char *path, struct cb_err *err)
{
	*out = NULL;
	struct stat sb;
	struct cb_feed *f = cb_calloc(1, sizeof(*f));
	if (!f)
		return cb_err_nomem(err);
	int rc;
	do
		f->fd = open(path, O_RDONLY | O_CLOEXEC);
	while (f->fd < 0 && errno == EINTR);
	if (f->fd < 0) {
		rc = cb_err_set(err, errno == ENOENT || errno == ENOTDIR ? CB_ENOTFOUND : CB_EIO, "cannot be opened: %s", strerror(errno));
		goto out;
	}
	if (fstat(f->fd, &sb) < 0) {
		rc = cb_err_set(err, CB_EIO, "cannot be read: %s", strerror(errno));
		goto out;
	}
	if (S_ISDIR(sb.st_mode)) {
		rc = cb_err_set(err, CB_EUSAGE, "is a folder, not a file");
		goto out;
	}
	if (S_ISREG(sb.st_mode))
		f->total = sb.st_size;
	rc = start(f, err);
out:
	if (rc < 0)
		cb_feed_close(f);
	else
		*out = f;
	return rc;
}

int cb_feed_open_bytes(struct cb_feed **out, const void *p, size_t n, struct cb_err *err)
{
	*out = NULL;
	struct cb_feed *f = cb_calloc(1, sizeof(*f));
	if (!f)
		return cb_err_nomem(err);
	f->fd = -1, f->mem = p, f->nmem = n, f->total = (int64_t)n, f->end = n == 0;
	int rc = start(f, err);
	if (rc < 0)
		cb_feed_close(f);
	else
		*out = f;
	return rc;
}

void cb_feed_close(struct cb_feed *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	cb_free(f->raw);
	cb_free(f->text);
	cb_free(f);
}

bool cb_feed_looks_json(struct cb_feed *f)
{
	const char *p;
	size_t n, i = 0;
	if (cb_feed_peek(f, &p, &n, NULL) < 0)
		return false;
	while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
		i++;
	return i < n && (p[i] == '[' || p[i] == '{');
}

int64_t cb_feed_taken(const struct cb_feed *f)
{
	return f->taken;
}

int64_t cb_feed_total(const struct cb_feed *f)
{
	return f->total;
}

static bool vowel(unsigned char c)
{
	static const unsigned char extra[] = { 0xE2, 0xE3, 0xEA, 0xF4, 0xF5, 0xFD, 0xC2, 0xC3, 0xCA, 0xD4, 0xD5, 0xDD };
	return (c < 128 && c && strchr("aeiouyAEIOUY", c)) || (c >= 128 && memchr(extra, c, sizeof(extra)));
}

/*
 * Windows-1258 writes five of the tones as a byte after the vowel; TCVN3 and VNI do not. A text that has multi-byte
 * sequences beside the bad byte was UTF-8 and lost a piece.
 */
void cb_encoding_guess(const char *s, size_t n, const char **what, const char **mend)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t tones = 0, high = 0, cut = 0;
	bool surrogate = false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = p[i];
		if (c < 128)
			continue;
		high++;
		if (i > 0 && vowel(p[i - 1]) && (c == 0xCC || c == 0xD2 || c == 0xDE || c == 0xEC || c == 0xF2))
			tones++;
		if (c == 0xED && i + 2 < n && p[i + 1] >= 0xA0 && p[i + 1] <= 0xBF && (p[i + 2] & 0xC0) == 0x80)
			surrogate = true;
		if (c >= 0xC2 && c < 0xF5 && i + 1 < n && (p[i + 1] & 0xC0) == 0x80)
			cut++;
	}
	if (surrogate) {
		*what = "encoding: half a character (a surrogate) where UTF-8 is wanted";
		*mend = "type the cell again and save as CSV (UTF-8)";
	} else if (cut && cut * 4 > high) {
		*what = "encoding: a character is cut or damaged, so the cell is not UTF-8";
		*mend = "type the cell again, or copy the file again from where it came";
	} else if (tones) {
		*what = "encoding: not UTF-8, it looks like Windows-1258";
		*mend = "open it in the program that wrote it and save as CSV (UTF-8), or convert it: iconv -f CP1258 -t UTF-8";
	} else {
		*what = "encoding: not UTF-8, it looks like TCVN3 (ABC, .VnTime fonts) or VNI";
		*mend = "convert the text to Unicode (UniKey Toolkit: from TCVN3 or VNI to Unicode) and save as CSV (UTF-8)";
	}
}
