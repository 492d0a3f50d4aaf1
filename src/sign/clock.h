/* SPDX-License-Identifier: MIT */
#pragma once

#include "sign/line.h"

/*
 * The times that stand before messages. Each reads one off the scan, or returns
 * false and may leave the scan anywhere. None reads past the end.
 */
struct scan {
	const char *at, *end;
};

struct when {
	enum line_clock clock;
	uint64_t usec;
};

bool scan_char(struct scan *s, char c); /* false: another one, which stays */
size_t scan_blanks(struct scan *s);
/* Up to the next blank; empty at the end. */
struct bytes scan_word(struct scan *s);
/* min to max digits, at most 18; false: fewer. */
bool scan_number(struct scan *s, size_t min, size_t max, uint64_t *ret);

/*
 * "2025-07-18T01:02:39.123456+02:00", with a blank for the T, a comma for the
 * point, "+0200", " UTC", and behind a day of the week. *ret is set where there
 * is a zone that is a number, or UTC.
 */
bool clock_iso(struct scan *s, struct when *ret);
/*
 * dmesg's, in brackets: since boot ("[    9.123456]", with the difference or the
 * caller behind it), or in words ("[Fri Jul 18 01:02:39 2025]", of any language;
 * "[Jul18 01:02]", "[  +0.000012]"), which set nothing.
 */
bool clock_bracket(struct scan *s, struct when *ret);
bool clock_kmsg(struct scan *s, struct when *ret); /* "6,1234,9123456,-;" of /dev/kmsg */
bool clock_unix(struct scan *s, struct when *ret); /* "1752793359.123456" */
/* These set nothing: they have no zone, or no day. */
bool clock_syslog(struct scan *s, struct when *ret);  /* "Jul 18 01:02:39", in any language */
bool clock_slashes(struct scan *s, struct when *ret); /* "2025/07/18 01:02:39" of Go */
bool clock_alone(struct scan *s, struct when *ret);   /* "01:02:39.123" */
