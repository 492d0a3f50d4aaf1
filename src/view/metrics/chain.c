/* SPDX-License-Identifier: MIT */
/* The verdict, and the look that it comes from. */
#include "facts/ready.h"
#include "view/metrics/family.h"

static void build(struct metrics *m)
{
	sample(m, 1, "version", m->view->version, NULL);
}

static void ready(struct metrics *m)
{
	const char *why;
	sample_u64(m, ready_now(m->view->facts, &why), 1);
}

static void states(struct metrics *m)
{
	const struct report *r = m->view->report;

	for (size_t i = 0; i < r->link_count; i++)
		for (enum status s = STATUS_SKIPPED; s <= STATUS_BROKEN; s++)
			sample(m, r->headline[i]->status == s, "link", r->link[i]->id, "state",
			       status_name(s), NULL);
}

static void root(struct metrics *m)
{
	const struct finding *f = m->view->report->root;

	if (f && f->cause)
		sample(m, 1, "cause", f->cause->id, "link", f->link, "subject", f->subject, NULL);
}

static void findings(struct metrics *m)
{
	const struct verdict *v = &m->view->report->verdict;

	for (size_t i = 0; i < v->count; i++) {
		const struct finding *f = &v->finding[i];
		if (f->cause && f->status >= STATUS_WARNING)
			sample(m, 1, "cause", f->cause->id, "link", f->link, "status",
			       status_name(f->status), "subject", f->subject, NULL);
	}
}

static void seconds(struct metrics *m, uint64_t usec)
{
	if (usec)
		sample(m, (double)usec / 1000000, NULL);
}

static void look_at_sec(struct metrics *m)
{
	seconds(m, m->view->at_usec);
}

static void look_took_sec(struct metrics *m)
{
	seconds(m, m->view->took_usec);
}

const struct family families_chain[] = {
	{ "egpu_build_info", "", "Always 1; the version of egpu that looked", build, false },
	{ "egpu_ready", "", "Whether the GPU computes: CUDA answers, and the driver is not lost",
	  ready, false },
	{ "egpu_link_state", "", "State of each link of the chain: 1 for the state that it is in",
	  states, false },
	{ "egpu_root_cause", "", "Always 1; the one cause of what is broken", root, false },
	{ "egpu_finding", "", "Always 1; each warning and break of the chain", findings, false },
	{ "egpu_look_timestamp_seconds", "seconds", "When the host was looked at, since the epoch",
	  look_at_sec, false },
	{ "egpu_look_duration_seconds", "seconds", "How long the look took", look_took_sec, false },
	{ 0 },
};
