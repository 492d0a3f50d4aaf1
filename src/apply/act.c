/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "apply/apply.h"

/* Stands in until actions are done: files can be applied without it. */
int apply_act(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	(void)to;
	(void)a;
	return err_set(e, -ENOSYS, "%s", s->what);
}
