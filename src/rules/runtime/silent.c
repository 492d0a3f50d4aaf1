/* SPDX-License-Identifier: MIT */
/* No engine answers: is one expected, and why is it silent. */
#include "rules/runtime/runtime.h"

#include "facts/handout.h"

static void judge_absent(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct unit *u = services_unit(&f->services, "docker.service");
	const char *how =
	    u && str_eq(u->active, "failed") ? "docker has failed" : "docker does not run";

	if (!is_u64(d->expected, 1) || !f->pci.chosen)
		found_skipped(v, "%s", d->why && *d->why ? d->why : "no container engine here");
	else if (handout_is_native(f))
		found_warning(v, "docker-not-running", "", "%s; Ollama runs without it", how);
	else
		found_broken(v, "docker-not-running", "", "%s, so no container does", how);
}

void runtime_judge_silent(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;

	if (d->know == ABSENT)
		judge_absent(f, v);
	else if (d->know == DENIED)
		found_unknown(v, RUNTIME_AGAIN, "%s is not open to us",
			      d->endpoint && *d->endpoint ? d->endpoint : "the engine's socket");
	else
		found_unknown(v, "docker info", "the container engine: %s",
			      d->why && *d->why ? d->why : know_why(d->know));
}
