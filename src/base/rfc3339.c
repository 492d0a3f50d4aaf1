/* SPDX-License-Identifier: MIT */
#include "base/rfc3339.h"

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

/* Logs have a time a line, and timegm() takes ten times as long. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int64_t leap = month <= 2 ? year - 1 : year; /* the last whose 29 February may be over */

	return (year - 1970) * 365 + leap / 4 - leap / 100 + leap / 400 -
	       (1969 / 4 - 1969 / 100 + 1969 / 400) + before[month - 1] + day - 1;
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
	int64_t sec =
	    days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	*ret_nsec = (sec - east_sec) * 1000000000 + nsec;
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
