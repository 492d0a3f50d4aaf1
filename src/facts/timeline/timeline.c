/* SPDX-License-Identifier: MIT */
#include "facts/timeline/timeline.h"

#include <string.h>

static const struct {
	const char *name, *title;
} kinds[MOMENT_KINDS] = {
	[MOMENT_CONTROLLER] = { "controller", "Thunderbolt controller" },
	[MOMENT_ENCLOSURE] = { "enclosure", "enclosure" },
	[MOMENT_AUTHORIZED] = { "authorized", "authorised" },
	[MOMENT_PCI] = { "pci", "GPU on the bus" },
	[MOMENT_BARS] = { "bars", "BARs assigned" },
	[MOMENT_DRIVER] = { "driver", "driver loaded" },
	[MOMENT_GPU] = { "gpu-ready", "GPU ready" },
	[MOMENT_LOST] = { "gpu-lost", "GPU lost" },
	[MOMENT_UVM] = { "uvm", "nvidia-uvm loaded" },
	[MOMENT_NODES] = { "nodes", "device nodes" },
	[MOMENT_PERSISTENCE] = { "persistence", "nvidia-persistenced" },
	[MOMENT_WAIT] = { "ready", "egpu-ready" },
	[MOMENT_DOCKER] = { "docker", "docker" },
	[MOMENT_CONTAINER] = { "container", "container" },
	[MOMENT_SERVER] = { "server", "ollama.service" },
	[MOMENT_DISCOVERY] = { "discovery", "looks for GPUs" },
	[MOMENT_REQUEST] = { "request", "first request" },
};

const char *moment_kind_name(enum moment_kind k)
{
	return k < MOMENT_KINDS ? kinds[k].name : "";
}

const char *moment_kind_title(enum moment_kind k)
{
	return k < MOMENT_KINDS ? kinds[k].title : "";
}

void timeline_add(struct timeline *t, struct arena *a, const struct moment *m)
{
	if (!t->moment)
		t->moment = arena_alloc(a, MOMENTS_MAX * sizeof(*t->moment));
	if (t->moment_count == MOMENTS_MAX) {
		t->left_out++;
		return;
	}
	struct moment *to = &t->moment[t->moment_count++];
	*to = *m;
	if (to->done_usec < to->usec)
		to->done_usec = to->usec;
}

void timeline_miss(struct timeline *t, struct arena *a, enum moment_kind kind, const char *who,
		   const char *why)
{
	if (!t->missing)
		t->missing = arena_alloc(a, MOMENTS_MISSING_MAX * sizeof(*t->missing));
	if (t->missing_count < MOMENTS_MISSING_MAX)
		t->missing[t->missing_count++] = (struct moment_missing){ kind, who, why };
}

/* Of one time the earlier link of the chain stands first. */
static bool is_before(const struct moment *a, const struct moment *b)
{
	return a->usec != b->usec ? a->usec < b->usec : a->kind < b->kind;
}

/* Few, mostly in order, and what is equal keeps its place. */
static void sort(struct timeline *t)
{
	for (size_t i = 1; i < t->moment_count; i++) {
		struct moment m = t->moment[i];
		size_t to = i;
		for (; to > 0 && is_before(&m, &t->moment[to - 1]); to--)
			t->moment[to] = t->moment[to - 1];
		t->moment[to] = m;
	}
}

/*
 * When the GPU must have been there. Who looks or waits has until its end, and so has the daemon,
 * whose start may be what loads the driver. A container is given its nodes when it starts.
 */
static uint64_t needed_at(const struct moment *m)
{
	return m->kind == MOMENT_CONTAINER || m->kind == MOMENT_SERVER ? m->usec : m->done_usec;
}

/*
 * The GPU that came too late for it: it was not there then, as far as the times are sure, and came
 * afterwards. NULL: it was there, or has not come again since, which is no race.
 */
static const struct moment *too_late(const struct timeline *t, const struct moment *m)
{
	const uint64_t at = needed_at(m);
	bool is_there = false;

	for (const struct moment *g = t->moment; g < t->moment + t->moment_count; g++) {
		if (g->kind != MOMENT_GPU && g->kind != MOMENT_LOST)
			continue;
		if (g->usec <= at + g->within_usec + m->within_usec)
			is_there = g->kind == MOMENT_GPU;
		else if (g->kind == MOMENT_GPU)
			return is_there ? NULL : g;
	}
	return NULL;
}

/* Its own search for a GPU had an end all the same. */
static bool found_later(const struct timeline *t, const struct moment *m)
{
	for (size_t i = 0; i < t->moment_count; i++)
		if (t->moment[i].kind == MOMENT_DISCOVERY && t->moment[i].has_gpu &&
		    str_eq(t->moment[i].who, m->who))
			return true;
	return false;
}

/* Of a container that found it in the end only luck is known; a server needs no more than that. */
static const struct moment *missed(const struct timeline *t, const struct moment *m)
{
	if (!m->needs_gpu || m->has_gpu || (m->kind == MOMENT_SERVER && found_later(t, m)))
		return NULL;
	return too_late(t, m);
}

void timeline_finish(struct timeline *t, struct arena *a)
{
	sort(t);
	t->race_count = 0;
	t->race = arena_alloc(a, t->moment_count * sizeof(*t->race));
	for (size_t i = 0; i < t->moment_count; i++) {
		const struct moment *m = &t->moment[i];
		const struct moment *g = missed(t, m);
		if (g)
			t->race[t->race_count++] = (struct race){
				.early = m,
				.needed = g,
				.by_usec = g->usec - needed_at(m),
				.within_usec = g->within_usec + m->within_usec,
				.all_the_same = found_later(t, m),
			};
	}
}

const struct moment *timeline_first(const struct timeline *t, enum moment_kind kind)
{
	for (size_t i = 0; i < t->moment_count; i++)
		if (t->moment[i].kind == kind)
			return &t->moment[i];
	return NULL;
}

const struct race *timeline_race_of(const struct timeline *t, const struct moment *m)
{
	for (size_t i = 0; i < t->race_count; i++)
		if (t->race[i].early == m)
			return &t->race[i];
	return NULL;
}

bool timeline_can_tell(const struct timeline *t)
{
	if (!timeline_first(t, MOMENT_GPU))
		return false;
	for (size_t i = 0; i < t->moment_count; i++)
		if (t->moment[i].needs_gpu)
			return true;
	return false;
}
