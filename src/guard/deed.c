/* SPDX-License-Identifier: MIT */
#include "guard/deed.h"

const char *deed_name(enum deed d)
{
	return want_deeds[d];
}

bool deed_of_name(const char *name, enum deed *ret)
{
	for (unsigned i = 0; want_deeds[i]; i++)
		if (str_eq(want_deeds[i], name)) {
			*ret = (enum deed)i;
			return true;
		}
	return false;
}

static const struct row {
	const char *cause;
	struct policy policy;
} rows[] = {
	/* What a container got of the GPU was settled when it started. */
	{ "container-devices-lost", { DEED_RESTART, DEED_RECREATE, false } },
	{ "container-started-before-gpu", { DEED_RESTART, DEED_RECREATE, false } },
	{ "container-without-nodes", { DEED_RESTART, DEED_RECREATE, false } },
	{ "container-not-started", { DEED_START, DEED_START, false } },
	/* Ollama looks for devices once. */
	{ "ollama-started-before-gpu", { DEED_RESTART, DEED_RESTART, false } },
	{ "ollama-discovery-timeout", { DEED_RESTART, DEED_RESTART, false } },
	{ "ollama-cuda-init-failed", { DEED_RESTART, DEED_RESTART, false } },
	{ "ollama-fell-back-to-cpu", { DEED_RESTART, DEED_RESTART, false } },
	{ "ollama-on-cpu", { DEED_RESTART, DEED_RECREATE, false } },
	{ "ollama-service-on-cpu", { DEED_RESTART, DEED_RESTART, false } },
	/* The GPU is gone: nobody touches the driver, and who used it is stopped. */
	{ "gpu-fallen-off-bus", { DEED_STOP, DEED_STOP, false } },
	{ "gpu-disconnected", { DEED_STOP, DEED_STOP, false } },
	{ "gpu-lost", { DEED_STOP, DEED_STOP, false } },
	{ "gpu-lost-after-suspend", { DEED_STOP, DEED_STOP, false } },
	{ "xid-119-gsp-timeout", { DEED_STOP, DEED_STOP, false } },
	{ "enclosure-not-seen", { DEED_STOP, DEED_STOP, false } },
	{ "gpu-not-on-bus", { DEED_STOP, DEED_STOP, false } },
	{ "gpu-not-at-address", { DEED_STOP, DEED_STOP, false } },
	{ "no-gpu-here", { DEED_STOP, DEED_STOP, false } },
	/* A program's own mistake: what it was is started again, if it does not compute any more.
	 */
	{ "xid-13", { DEED_RESTART, DEED_RESTART, true } },
	{ "xid-31", { DEED_RESTART, DEED_RESTART, true } },
	{ "xid-109", { DEED_RESTART, DEED_RESTART, true } },
	{ "xid-45", { DEED_IGNORE, DEED_IGNORE, true } },
	{ "xid-79-earlier", { DEED_IGNORE, DEED_IGNORE, true } },
	/* A reset that fails takes the whole machine along: a person has to want it, [policy]. */
	{ "xid-reset", { DEED_TELL, DEED_TELL, true } },
	{ "xid-154", { DEED_TELL, DEED_TELL, true } },
	{ "xid-38", { DEED_TELL, DEED_TELL, true } },
	{ "xid-other", { DEED_TELL, DEED_TELL, true } },
	{ "xid-nvlink", { DEED_TELL, DEED_TELL, true } },
	/* Units that gave up while the GPU was not there yet. */
	{ "persistenced-start-limit", { DEED_MEND, DEED_MEND, false } },
	{ "persistenced-failed", { DEED_MEND, DEED_MEND, false } },
	{ "cdi-refresh-failed", { DEED_MEND, DEED_MEND, false } },
};

static bool is_unattended(const char *id)
{
	const struct cause *c = cause_of_id(id);
	return c && c->unattended;
}

static struct policy own(const char *id)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (str_eq(rows[i].cause, id))
			return rows[i].policy;
	enum deed d = is_unattended(id) ? DEED_MEND : DEED_TELL;
	return (struct policy){ d, d, false };
}

struct policy policy_of(const struct want_guard *w, const char *id)
{
	struct policy p = own(id);

	for (size_t i = 0; i < w->policy_count; i++)
		if (str_eq(w->policy[i].cause, id) && deed_of_name(w->policy[i].deed, &p.first))
			p.then = p.first;
	return p;
}
