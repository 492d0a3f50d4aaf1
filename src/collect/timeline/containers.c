/* SPDX-License-Identifier: MIT */
/* When containers started, and what the logs of Ollama say. Docker Engine API: State.StartedAt. */
#include "collect/timeline/part.h"

#include <string.h>

#include "collect/docker/ollama-log.h"

enum {
	CONTAINERS_SHOWN = 48,
	SERVERS_MAX = 8,
};

static bool needs_gpu(const struct container *c)
{
	return c->asks || container_is_llm(c);
}

/* Of the others only those that this boot started are of interest. */
static void miss(struct timing *s, const struct container *c)
{
	const char *error = *c->error ? arena_printf(s->arena, ": %s", c->error) : "";

	if (!needs_gpu(c))
		return;
	if (c->started_usec.know != KNOWN || *c->error)
		timing_miss(s, MOMENT_CONTAINER, c->name,
			    arena_printf(s->arena, "it was not started%s", error));
	else
		timing_miss(s, MOMENT_CONTAINER, c->name, timing_no_clock(s));
}

static bool add(struct timing *s, const struct container *c)
{
	const struct moment m = {
		.kind = MOMENT_CONTAINER,
		.who = c->name,
		.note = container_runs(c) ? "" : c->state,
		.usec = c->started_usec.v,
		.from = "docker:/containers/*/json StartedAt",
		.needs_gpu = needs_gpu(c),
		.lasts = container_runs(c),
		.depth = 1,
	};
	return c->started_usec.know == KNOWN && timing_add_wall(s, m, 0);
}

static void read_log(struct timing *s, const struct container *c)
{
	if (c->kind == CONTAINER_OLLAMA && container_runs(c))
		timing_log(s, SOURCE_DOCKER, arena_printf(s->arena, "/log-start/%s", c->id),
			   c->name, 2);
}

/* Those that need the GPU first, so that thousands of others do not push them out. */
static void add_those(struct timing *s, bool needing, size_t *shown)
{
	const struct docker *d = &s->f->docker;
	size_t servers = 0;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (needs_gpu(c) != needing)
			continue;
		if (*shown == CONTAINERS_SHOWN) {
			s->t->left_out++;
			continue;
		}
		if (!add(s, c)) {
			miss(s, c);
			continue;
		}
		++*shown;
		if (servers++ < SERVERS_MAX)
			read_log(s, c);
	}
}

void timing_containers(struct timing *s)
{
	enum know know = s->f->docker.containers_know;
	size_t shown = 0;

	if (know != KNOWN && know != ABSENT && know != NOT_LOOKED)
		timing_miss(s, MOMENT_CONTAINER, "",
			    arena_printf(s->arena, "the container engine: %s", know_why(know)));
	add_those(s, true, &shown);
	add_those(s, false, &shown);
}

void timing_server(struct timing *s)
{
	const char *log = ollama_unit_log(s->arena, &s->f->services);

	if (log)
		timing_log(s, SOURCE_JOURNAL, log, "ollama.service", 1);
}
