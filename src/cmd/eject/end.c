/* SPDX-License-Identifier: MIT */
#include "cmd/eject/end.h"

#include <stdio.h>
#include <string.h>

#include "collect/collect.h"

static const char *clean(struct arena *a, const char *s)
{
	return str_clean(a, s, strlen(s), 200);
}

const char *eject_title(const struct facts *f)
{
	return clean(f->arena, eject_way(f).title);
}

int eject_tell(const struct carry *c, const struct facts *f, const struct eject_end *end)
{
	FILE *to = c->json ? stderr : stdout;
	const char *title = eject_title(f);

	if (end->safe)
		fprintf(to, "\nSafe to pull the cable of %s.\n", title);
	else
		fprintf(to, "\nDo not pull the cable of %s yet:\n", title);
	for (size_t i = 0; i < end->left.count; i++)
		fprintf(to, "  - %s\n", clean(f->arena, end->left.name[i]));
	for (size_t i = 0; i < end->goes.count; i++)
		fprintf(to, "With it goes %s, and what hangs on it.\n",
			clean(f->arena, end->goes.name[i]));
	return end->safe ? EJECT_SAFE : EJECT_NOT_SAFE;
}

int eject_prove(const struct carry *c, struct env *env, const struct facts *f, struct err *e)
{
	struct facts after = { .arena = f->arena };
	HOST *h = host_live(&env->host, e);

	if (!h)
		return e->code;
	collect_thunderbolt(&after, h);
	collect_release(&after, h);
	struct eject_end end = eject_end(f, &after);
	return eject_tell(c, f, &end);
}
