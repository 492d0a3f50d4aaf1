/* SPDX-License-Identifier: MIT */
#include "sign/clock.h"

#include <string.h>

#include "base/rfc3339.h"

enum {
	BRACKET_MAX_BYTES = 64,
	MONTH_MAX_BYTES = 24, /* in UTF-8 */
	DATE_MAX_WORDS = 5,   /* "ven. 18 juil. 2025 01:02:39" */
	ZONE_MAX_BYTES = 5,
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool scan_char(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

size_t scan_blanks(struct scan *s)
{
	const char *from = s->at;
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
	return (size_t)(s->at - from);
}

struct bytes scan_word(struct scan *s)
{
	const char *from = s->at;
	while (s->at < s->end && *s->at != ' ' && *s->at != '\t')
		s->at++;
	return (struct bytes){ from, (size_t)(s->at - from) };
}

bool scan_number(struct scan *s, size_t min, size_t max, uint64_t *ret)
{
	uint64_t v = 0;
	size_t n = 0;

	for (; n < max && s->at < s->end && is_digit(*s->at); n++, s->at++)
		v = v * 10 + (uint64_t)(*s->at - '0');
	if (n < min)
		return false;
	*ret = v;
	return true;
}

/* "01:02:39", and ".123456" or ",123456" */
static bool time_of_day(struct scan *s)
{
	uint64_t n;

	if (!scan_number(s, 2, 2, &n) || !scan_char(s, ':') || !scan_number(s, 2, 2, &n) ||
	    !scan_char(s, ':') || !scan_number(s, 2, 2, &n))
		return false;
	if (scan_char(s, '.') || scan_char(s, ','))
		return scan_number(s, 1, 9, &n);
	return true;
}

/* "+02:00", "+0200" or "+02", as RFC 3339 has it. */
static bool numbered_zone(struct scan *s, char ret[8])
{
	const char *from = s->at;
	uint64_t n;

	if ((!scan_char(s, '+') && !scan_char(s, '-')) || !scan_number(s, 2, 2, &n))
		return false;
	memcpy(ret, "+00:00", 7);
	memcpy(ret, from, 3);
	bool has_colon = scan_char(s, ':');
	if (scan_number(s, 2, 2, &n))
		memcpy(ret + 4, s->at - 2, 2);
	else if (has_colon)
		s->at--;
	return true;
}

/* "" where it is none that can be read; a name is read over behind a day of the week only. */
static void zone(struct scan *s, bool has_weekday, char ret[8])
{
	struct scan numbered, named = *s;

	ret[0] = '\0';
	if (scan_char(s, 'Z')) {
		memcpy(ret, "Z", 2);
		return;
	}
	scan_blanks(&named);
	numbered = named;
	if (numbered_zone(&numbered, ret)) {
		*s = numbered;
		return;
	}
	ret[0] = '\0';
	struct bytes name = scan_word(&named);
	bool is_utc = name.size == 3 &&
		      (memcmp(name.data, "UTC", 3) == 0 || memcmp(name.data, "GMT", 3) == 0);
	if (is_utc)
		memcpy(ret, "Z", 2);
	if (is_utc || (has_weekday && name.size && name.size <= ZONE_MAX_BYTES))
		*s = named;
}

/* "2025-07-18" and the T or blank behind it. */
static bool date(struct scan *s)
{
	uint64_t n;

	return scan_number(s, 4, 4, &n) && scan_char(s, '-') && scan_number(s, 2, 2, &n) &&
	       scan_char(s, '-') && scan_number(s, 2, 2, &n) &&
	       (scan_char(s, 'T') || scan_char(s, ' '));
}

/* "Fri " */
static bool weekday(struct scan *s)
{
	struct scan t = *s;
	struct bytes word = scan_word(&t);

	if (word.size == 0 || word.size > MONTH_MAX_BYTES || is_digit(*word.data) ||
	    memchr(word.data, ':', word.size) || !scan_char(&t, ' ') || t.at == t.end ||
	    !is_digit(*t.at))
		return false;
	*s = t;
	return true;
}

bool clock_iso(struct scan *s, struct when *ret)
{
	char text[48];
	bool has_weekday = weekday(s);
	const char *from = s->at;
	int64_t nsec;

	if (!date(s) || !time_of_day(s))
		return false;
	size_t n = (size_t)(s->at - from); /* 29 at most */
	memcpy(text, from, n);
	text[10] = 'T';
	if (n > 19)
		text[19] = '.';
	zone(s, has_weekday, text + n);
	if (text[n] && rfc3339_nsec(bytes_of(text), &nsec) && nsec > 0)
		*ret = (struct when){ CLOCK_WALL, (uint64_t)nsec / 1000 };
	return true;
}

/* "9.123456": microseconds. */
static bool seconds(struct scan *s, size_t max, uint64_t *ret_usec)
{
	uint64_t whole, part;

	if (!scan_number(s, 1, max, &whole) || !scan_char(s, '.'))
		return false;
	const char *from = s->at;
	if (!scan_number(s, 3, 9, &part))
		return false;
	for (long n = s->at - from; n < 6; n++)
		part *= 10;
	for (long n = s->at - from; n > 6; n--)
		part /= 10;
	*ret_usec = whole * 1000000 + part;
	return true;
}

/* "[    T1]", "[   C0]": who printed it, behind the time (CONFIG_PRINTK_CALLER). */
static void caller(struct scan *s)
{
	struct scan t = *s;
	uint64_t id;

	scan_blanks(&t);
	if (!scan_char(&t, '['))
		return;
	scan_blanks(&t);
	if ((scan_char(&t, 'T') || scan_char(&t, 'C')) && scan_number(&t, 1, 10, &id) &&
	    scan_char(&t, ']'))
		*s = t;
}

/* Some time of the day stands in it: "Fri Jul 18 01:02:39 2025", "Jul18 01:02". */
static bool has_time(struct scan s)
{
	uint64_t n;

	for (bool is_start = true; s.at < s.end; is_start = *s.at++ == ' ') {
		struct scan t = s;
		if (is_start && scan_number(&t, 2, 2, &n) && scan_char(&t, ':') &&
		    scan_number(&t, 2, 2, &n) && (t.at == t.end || *t.at == ':'))
			return true;
	}
	return false;
}

bool clock_bracket(struct scan *s, struct when *ret)
{
	uint64_t usec;

	if (!scan_char(s, '['))
		return false;
	size_t left = (size_t)(s->end - s->at);
	const char *end = memchr(s->at, ']', left < BRACKET_MAX_BYTES ? left : BRACKET_MAX_BYTES);
	if (!end)
		return false;
	struct scan in = { s->at, end }, iso = in;
	s->at = end + 1;
	if (clock_iso(&iso, ret) || has_time(in))
		return true;
	scan_blanks(&in);
	if (in.at < end && (*in.at == '+' || *in.at == '<')) {
		in.at++;
		scan_blanks(&in);
		return seconds(&in, 9, &usec);
	}
	if (!seconds(&in, 9, &usec))
		return false;
	scan_blanks(&in);
	if (in.at < end && *in.at != '<')
		return false;
	*ret = (struct when){ CLOCK_BOOT, usec };
	caller(s);
	return true;
}

bool clock_kmsg(struct scan *s, struct when *ret)
{
	uint64_t n, usec;

	if (!scan_number(s, 1, 4, &n) || !scan_char(s, ',') || !scan_number(s, 1, 18, &n) ||
	    !scan_char(s, ',') || !scan_number(s, 1, 18, &usec) || !scan_char(s, ','))
		return false;
	struct bytes flags = scan_word(s);
	const char *end = memchr(flags.data, ';', flags.size);
	if (!end)
		return false;
	s->at = end + 1;
	*ret = (struct when){ CLOCK_BOOT, usec };
	return true;
}

bool clock_unix(struct scan *s, struct when *ret)
{
	const char *from = s->at;
	uint64_t usec;

	if (!seconds(s, 10, &usec) || s->at - from < 16)
		return false;
	*ret = (struct when){ CLOCK_WALL, usec };
	return true;
}

/* "18", "18." */
static bool is_day(struct bytes word)
{
	struct scan s = { word.data, word.data + word.size };
	uint64_t n;

	if (!scan_number(&s, 1, 2, &n))
		return false;
	scan_char(&s, '.');
	return s.at == s.end;
}

/* "Jul 18 01:02:39", "Fri Jul 18 01:02:39 2025", "18 Jul 2025 01:02:39" */
bool clock_syslog(struct scan *s, struct when *ret)
{
	bool has_day = false;
	uint64_t n;

	(void)ret;
	for (int words = 0; words < DATE_MAX_WORDS; words++) {
		struct scan t = *s;
		if (words >= 2 && has_day && time_of_day(&t)) {
			struct scan year = t;
			bool has_year = scan_char(&year, ' ') && scan_number(&year, 4, 4, &n);
			*s = has_year && (year.at == year.end || *year.at == ' ') ? year : t;
			return s->at == s->end || *s->at == ' ';
		}
		struct bytes word = scan_word(s);
		if (word.size == 0 || word.size > MONTH_MAX_BYTES ||
		    memchr(word.data, ':', word.size))
			return false;
		has_day = has_day || is_day(word);
		scan_blanks(s);
	}
	return false;
}

bool clock_slashes(struct scan *s, struct when *ret)
{
	uint64_t n;

	(void)ret;
	return scan_number(s, 4, 4, &n) && scan_char(s, '/') && scan_number(s, 2, 2, &n) &&
	       scan_char(s, '/') && scan_number(s, 2, 2, &n) && scan_char(s, ' ') && time_of_day(s);
}

bool clock_alone(struct scan *s, struct when *ret)
{
	(void)ret;
	return time_of_day(s) && s->at < s->end && *s->at == ' ';
}
