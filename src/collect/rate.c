/* SPDX-License-Identifier: MIT */
#include "collect/rate.h"

#include <string.h>

#include "collect/sysfs.h"

static const char digits[] = "0123456789";

/* Thousandths; at most 9999 units and three decimals, as no link has more. */
static bool rate_of(struct arena *a, const char *text, const char *unit, uint64_t *ret)
{
	size_t whole_size = strspn(text, digits), part_size = 0;
	const char *after = text + whole_size;
	uint64_t whole, part = 0;

	if (*after == '.') {
		part_size = strspn(++after, digits);
		if (part_size == 0 || part_size > 3 ||
		    !str_u64(str_ndup(a, after, part_size), 10, 999, &part))
			return false;
		after += part_size;
	}
	for (; part_size < 3; part_size++)
		part *= 10;
	if (!str_u64(str_ndup(a, text, whole_size), 10, 9999, &whole) || *after != ' ' ||
	    !str_starts(after + 1, unit))
		return false;
	*ret = whole * 1000 + part;
	return true;
}

struct maybe_u64 sysfs_rate(struct host *h, struct arena *a, const char *dev, const char *attr,
			    const char *unit)
{
	struct maybe_text text = sysfs_text(h, a, dev, attr);
	uint64_t v;
	if (text.know != KNOWN)
		return unknown_u64(text.know, text.from);
	if (!rate_of(a, text.v, unit, &v))
		return unknown_u64(UNREADABLE, text.from);
	return known_u64(v, text.from);
}
