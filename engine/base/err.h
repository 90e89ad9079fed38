/*
 * err.h - how everything in chibo reports failure.
 *
 * A function that can fail returns 0 (CB_OK) or one of the negative codes below and, when it fails, leaves one
 * English line in *err (the last parameter). Setting an error never allocates. Lower errors are passed up unchanged;
 * a caller that knows more (a file, a unit) may prepend context with cb_err_prefix(). A void function cannot fail.
 */
#ifndef CB_BASE_ERR_H
#define CB_BASE_ERR_H

enum cb_code {
	CB_OK = 0,
	CB_ENOMEM = -1,    /* memory exhausted */
	CB_EUSAGE = -2,    /* the caller's words are wrong (exit 2) */
	CB_EDATA = -3,     /* bad rows, bad pack, failed cases: see the findings (exit 1) */
	CB_EIO = -4,       /* reading or writing failed */
	CB_EBUSY = -5,     /* the record is locked by another program */
	CB_ECORRUPT = -6,  /* the record is damaged */
	CB_ENEWER = -7,    /* the record was written by a newer chibo */
	CB_EFOREIGN = -8,  /* the file is not a chibo record */
	CB_EREADONLY = -9, /* the record cannot be written */
	CB_EFULL = -10,    /* disk full */
	CB_ENOTFOUND = -11,
	CB_EEXIST = -12,
	CB_ELIMIT = -13,   /* a budget (fuel, memory, size) was used up */
	CB_ERULE = -14,    /* a pack's own code failed */
	CB_ESEALED = -15,  /* the period is closed */
	CB_EINTR = -16,    /* stopped by the user */
	CB_EOLD = -17,     /* the record needs `chibo migrate` */
};

struct cb_err {
	int code;
	char msg[1024]; /* one line of UTF-8, no trailing newline, NUL-terminated; cut at a character boundary */
};

/* Sets *err (which may be NULL) and returns `code`, so that `return cb_err_set(err, CB_EIO, "...")` reads well. */
int cb_err_set(struct cb_err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the message that is already there; returns err->code. */
int cb_err_prefix(struct cb_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* CB_ENOMEM with the usual words. */
int cb_err_nomem(struct cb_err *err);

/* "out of memory", "damaged record", ... : a constant name for a code. */
const char *cb_code_name(int code);

#endif
