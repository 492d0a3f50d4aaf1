/* SPDX-License-Identifier: MIT */
#include "cmd/look.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static void collect(struct look *l, struct host *h, struct arena *a)
{
	const struct collector *c;
	size_t count = 0;

	while (collector(count))
		count++;
	l->cost = arena_alloc(a, count * sizeof(*l->cost));
	for (; (c = collector(l->cost_count)); l->cost_count++) {
		uint64_t since = clock_usec();
		c->run(&l->facts, h);
		l->cost[l->cost_count] = (struct look_cost){ c->link, clock_usec() - since };
	}
}

struct look *look_at(struct host *h, struct arena *a, const struct want *want, const char *link)
{
	struct look *l = arena_alloc(a, sizeof(*l));

	l->facts.arena = a;
	l->facts.want = *want;
	collect(l, h, a);
	l->report = chain_judge(&l->facts, link);
	return l;
}

/* [0000:]22:00.0 */
static bool is_bdf(const char *s)
{
	const char *form = strlen(s) == 7 ? "xx:xx.d" : "xxxx:xx:xx.d";
	if (strlen(s) != strlen(form))
		return false;
	for (; *s; s++, form++) {
		bool fits = *form == 'x'   ? isxdigit((unsigned char)*s)
			    : *form == 'd' ? *s >= '0' && *s <= '7'
					   : *s == *form;
		if (!fits)
			return false;
	}
	return true;
}

int want_gpu(struct want *w, const char *text, struct err *e)
{
	if (!str_eq(text, "external") && !str_eq(text, "any") && !is_bdf(text))
		return err_set(e, -EINVAL,
			       "--gpu takes external, any, or a PCI address like 22:00.0, not '%s'",
			       text);
	w->gpu = text;
	return 0;
}

int usage(struct err *e, const char *command, const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(e, -EINVAL, "%s: %s; see egpu %s --help", command, what, command);
}
