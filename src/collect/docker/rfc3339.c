/* SPDX-License-Identifier: MIT */
/* RFC 3339, as the engine writes its times: Go's time.RFC3339Nano. */
#include "collect/docker/docker.h"

/* The digits of a field of fixed width; -1 where they are none. */
static int64_t digits(const char *s, size_t width)
{
	int64_t v = 0;
	for (size_t i = 0; i < width; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

/* Days since 1970-01-01 in the Gregorian calendar; the year begins in March, its leap day last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, in_era = year % 400;
	int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

/* Microseconds of ".123456789"; *s is left behind the digits. */
static int64_t fraction_usec(const char **s)
{
	int64_t usec = 0, weight = 100000;
	if (**s != '.')
		return 0;
	for ((*s)++; **s >= '0' && **s <= '9'; (*s)++) {
		usec += (**s - '0') * weight;
		weight /= 10;
	}
	return usec;
}

/* "Z" or "+02:00" to the end: minutes east of UTC. */
static bool offset_of(const char *s, int64_t *ret)
{
	if (str_eq(s, "Z") || str_eq(s, "z")) {
		*ret = 0;
		return true;
	}
	int64_t hours, minutes;
	if ((*s != '+' && *s != '-') || (hours = digits(s + 1, 2)) < 0 || s[3] != ':' ||
	    (minutes = digits(s + 4, 2)) < 0 || s[6])
		return false;
	*ret = (*s == '-' ? -1 : 1) * (hours * 60 + minutes);
	return hours < 24 && minutes < 60;
}

bool rfc3339_usec(const char *text, uint64_t *ret)
{
	static const struct {
		unsigned at, width, least, most;
		char after;
	} part[] = {
		{ 0, 4, 1970, 9999, '-' }, { 5, 2, 1, 12, '-' },  { 8, 2, 1, 31, 'T' },
		{ 11, 2, 0, 23, ':' },     { 14, 2, 0, 59, ':' }, { 17, 2, 0, 60, 0 },
	};
	int64_t v[6], east;

	for (size_t i = 0; i < COUNT_OF(part); i++) {
		v[i] = digits(text + part[i].at, part[i].width);
		if (v[i] < part[i].least || v[i] > part[i].most)
			return false;
		if (part[i].after && text[part[i].at + part[i].width] != part[i].after)
			return false;
	}
	const char *rest = text + 19;
	int64_t usec = fraction_usec(&rest);
	if (!offset_of(rest, &east))
		return false;
	int64_t sec = days_of(v[0], v[1], v[2]) * 86400 + v[3] * 3600 + v[4] * 60 + v[5];
	sec -= east * 60;
	if (sec <= 0)
		return false;
	*ret = (uint64_t)(sec * 1000000 + usec);
	return true;
}
