/* SPDX-License-Identifier: MIT */
#include "base/rfc3339.h"

#include <time.h>

static bool digits(const char **s, const char *end, int count, int64_t *ret)
{
	*ret = 0;
	for (; count; count--, (*s)++) {
		if (*s == end || **s < '0' || **s > '9')
			return false;
		*ret = *ret * 10 + (**s - '0');
	}
	return true;
}

static bool skip(const char **s, const char *end, char what)
{
	return *s < end && *(*s)++ == what;
}

static bool fraction(const char **s, const char *end, int64_t *ret)
{
	int64_t unit = 100000000;

	*ret = 0;
	if (*s == end || **s != '.')
		return true;
	for ((*s)++; *s < end && **s >= '0' && **s <= '9'; (*s)++, unit /= 10)
		*ret += (**s - '0') * unit;
	return true;
}

static bool zone(const char **s, const char *end, int64_t *ret_sec)
{
	int64_t hours, minutes;

	*ret_sec = 0;
	if (*s == end)
		return false;
	char sign = *(*s)++;
	if (sign == 'Z' || sign == 'z')
		return *s == end;
	if ((sign != '+' && sign != '-') || !digits(s, end, 2, &hours) || !skip(s, end, ':') ||
	    !digits(s, end, 2, &minutes))
		return false;
	*ret_sec = (hours * 3600 + minutes * 60) * (sign == '+' ? 1 : -1);
	return hours < 24 && minutes < 60 && *s == end;
}

bool rfc3339_nsec(struct bytes text, int64_t *ret_nsec)
{
	const char *s = text.data, *end = text.data + text.size;
	int64_t year, month, day, hour, minute, second, nsec, east_sec;

	if (!digits(&s, end, 4, &year) || !skip(&s, end, '-') || !digits(&s, end, 2, &month) ||
	    !skip(&s, end, '-') || !digits(&s, end, 2, &day) || !skip(&s, end, 'T') ||
	    !digits(&s, end, 2, &hour) || !skip(&s, end, ':') || !digits(&s, end, 2, &minute) ||
	    !skip(&s, end, ':') || !digits(&s, end, 2, &second) || !fraction(&s, end, &nsec) ||
	    !zone(&s, end, &east_sec))
		return false;
	if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour > 23 || minute > 59 || second > 60)
		return false;

	struct tm tm = { .tm_year = (int)year - 1900,
			 .tm_mon = (int)month - 1,
			 .tm_mday = (int)day,
			 .tm_hour = (int)hour,
			 .tm_min = (int)minute,
			 .tm_sec = (int)second };
	*ret_nsec = ((int64_t)timegm(&tm) - east_sec) * 1000000000 + nsec;
	return true;
}

bool rfc3339_usec(const char *text, uint64_t *ret_usec)
{
	int64_t nsec;
	if (!rfc3339_nsec(bytes_of(text), &nsec) || nsec <= 0)
		return false;
	*ret_usec = (uint64_t)nsec / 1000;
	return true;
}
