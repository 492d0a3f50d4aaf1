/* SPDX-License-Identifier: MIT */
#include "guard/sight.h"

#include <string.h>

#include "cause/xid.h"
#include "facts/gate.h"

const char *sight_gpu_name(enum sight_gpu g)
{
	static const char *const names[] = { "unsure", "absent", "coming", "ready", "lost" };
	return names[g];
}

static void put(struct arena *a, char *to, size_t size, const char *text)
{
	const char *clean = text ? str_clean(a, text, strlen(text), size - 1) : "";
	size_t n = strnlen(clean, size - 1);

	memcpy(to, clean, n);
	to[n] = '\0';
}

/* Slow once is not lost: if it hangs, the next look finds the probe stuck in the driver. */
static bool was_slow(const struct facts *f)
{
	return f->nvml.end == PROBE_ABANDONED || f->cuda.end == PROBE_ABANDONED;
}

static bool is_wedged(const struct facts *f)
{
	/* behind an open gate: NVML calls it lost */
	return driver_down(&f->driver) || (f->gate.open && driver_shut(f) && !was_slow(f)) ||
	       u64_or(f->driver.stuck_count, 0) > 0 ||
	       (f->pci.chosen && pci_is_silent(f->pci.chosen));
}

static enum sight_gpu gpu_of(const struct facts *f)
{
	if (is_wedged(f))
		return GPU_LOST;
	if (!f->pci.chosen)
		return f->pci.know == KNOWN ? GPU_ABSENT : GPU_UNSURE;
	if (is_u64(f->cuda.result, 0))
		return driver_shut(f) ? GPU_UNSURE : GPU_READY;
	return was_slow(f) ? GPU_UNSURE : GPU_COMING;
}

/* Workers */

static const struct ollama *server_of(const struct facts *f, const char *container)
{
	for (size_t i = 0; i < f->ollama.server_count; i++)
		if (str_eq(f->ollama.server[i].container, container))
			return &f->ollama.server[i];
	return NULL;
}

static enum works server_works(const struct ollama *o)
{
	switch (o->backend) {
	case BACKEND_CUDA:
		return WORKS;
	case BACKEND_UNKNOWN:
		return WORKS_UNSURE;
	case BACKEND_CPU:
	case BACKEND_VULKAN:
	case BACKEND_ROCM:
	case BACKEND_OTHER:
		return WORKS_NOT;
	}
	return WORKS_UNSURE;
}

static enum works nodes_work(const struct container *c)
{
	enum works w = c->node_count ? WORKS : WORKS_UNSURE;

	for (size_t i = 0; i < c->node_count; i++) {
		if (c->node[i].result.know != KNOWN)
			return WORKS_UNSURE;
		if (!is_text(c->node[i].result, "ok"))
			w = WORKS_NOT;
	}
	return w;
}

static enum works container_works(const struct facts *f, const struct container *c)
{
	const struct ollama *o = server_of(f, c->name);
	enum works w = nodes_work(c);

	if (!container_runs(c))
		return WORKS_NOT;
	return o && w == WORKS ? server_works(o) : w;
}

static const struct container *service_of(const struct docker *d, const struct container *c,
					  const char *service)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (str_eq(d->container[i].compose_service, service) &&
		    str_eq(d->container[i].compose_project, c->compose_project))
			return &d->container[i];
	return NULL;
}

enum { RANK_MAX = 4 };

/* One more than the highest of those that it needs. */
static unsigned rank_over(const struct docker *d, const struct container *c, const unsigned *rank)
{
	unsigned above = 0;

	for (size_t i = 0; i < c->compose_needs.count; i++) {
		const struct container *needed = service_of(d, c, c->compose_needs.name[i]);
		if (needed && needed != c && rank[needed - d->container] >= above)
			above = rank[needed - d->container] + 1;
	}
	return above < RANK_MAX ? above : RANK_MAX;
}

/*
 * How many stand before each; those that wait for each other in a ring end at the highest. In
 * rounds and not from one to the next: who needs whom comes from outside, and may branch.
 */
static const unsigned *ranks(const struct facts *f)
{
	const struct docker *d = &f->docker;
	unsigned *rank = arena_alloc(f->arena, (d->container_count + 1) * sizeof(*rank));

	for (unsigned round = 0; round < RANK_MAX; round++)
		for (size_t i = 0; i < d->container_count; i++)
			if (d->container[i].compose_needs.count)
				rank[i] = rank_over(d, &d->container[i], rank);
	return rank;
}

static void add_container(const struct facts *f, const struct container *c, unsigned rank,
			  struct sight *s)
{
	struct worker *w = &s->worker[s->worker_count++];

	*w = (struct worker){
		.runs = container_runs(c),
		.failed = !container_runs(c) && container_failed_for_gpu(c),
		.works = container_works(f, c),
		.rank = rank,
	};
	put(f->arena, w->id, sizeof(w->id), c->id);
	put(f->arena, w->name, sizeof(w->name), c->name);
}

static void add_service(const struct facts *f, const struct ollama *o, struct sight *s)
{
	struct worker *w = &s->worker[s->worker_count++];

	*w = (struct worker){ .runs = true, .works = server_works(o) };
	put(f->arena, w->name, sizeof(w->name), o->where);
}

/* Old ones that were never removed may be many: who runs, or should, does not go for them. */
static bool comes_first(const struct container *c)
{
	return container_runs(c) || container_failed_for_gpu(c);
}

static void add_containers(const struct facts *f, const unsigned *rank, bool first, struct sight *s)
{
	const struct docker *d = &f->docker;

	for (size_t i = 0; i < d->container_count && s->worker_count < WORKERS_MAX; i++)
		if (d->container[i].asks && comes_first(&d->container[i]) == first)
			add_container(f, &d->container[i], rank[i], s);
}

static void add_workers(const struct facts *f, struct sight *s)
{
	const unsigned *rank = ranks(f);
	enum know know = f->docker.containers_know;

	s->workers_known = know == KNOWN || know == ABSENT;
	for (size_t i = 0; i < f->ollama.server_count && s->worker_count < WORKERS_MAX; i++)
		if (!*f->ollama.server[i].container)
			add_service(f, &f->ollama.server[i], s);
	add_containers(f, rank, true, s);
	add_containers(f, rank, false, s);
}

/* Troubles */

static bool is_xid(const char *cause)
{
	return str_starts(cause, "xid-");
}

/* The last line of the log that is of this cause; NULL: none is. */
static const struct driver_event *xid_event(const struct driver *d, const char *cause)
{
	for (size_t i = d->event_count; i > 0; i--)
		if (d->event[i - 1].kind == EVENT_XID &&
		    str_eq(xid_of_code(d->event[i - 1].code)->cause, cause))
			return &d->event[i - 1];
	return NULL;
}

/*
 * Whose program it was: the line ends in "name=ollama" or so. A worker of that name, else one whose
 * name begins so, else the only one that runs; "": it cannot be told.
 */
static const char *xid_worker(const struct sight *s, const struct driver_event *e)
{
	const char *named = strstr(e->line, "name="), *only = "", *begins = "";
	size_t n = named ? strcspn(named + 5, ", \t") : 0, running = 0;

	for (size_t i = 0; i < s->worker_count; i++) {
		const struct worker *w = &s->worker[i];
		bool same = n && strncmp(w->name, named + 5, n) == 0;
		if (same && !w->name[n])
			return w->name;
		begins = same && !*begins ? w->name : begins;
		running += w->runs;
		only = w->runs ? w->name : only;
	}
	return *begins ? begins : running == 1 ? only : "";
}

static void add_trouble(const struct facts *f, const struct finding *found, struct sight *s)
{
	const struct driver_event *xid =
	    is_xid(found->cause->id) ? xid_event(&f->driver, found->cause->id) : NULL;
	struct trouble *t = &s->trouble[s->trouble_count];

	*t = (struct trouble){ .broken = found->status == STATUS_BROKEN };
	put(f->arena, t->cause, sizeof(t->cause), found->cause->id);
	put(f->arena, t->text, sizeof(t->text), found->text);
	put(f->arena, t->subject, sizeof(t->subject), found->subject);
	if (xid) {
		t->stamp = xid->last_usec ? xid->last_usec : xid->usec;
		put(f->arena, t->subject, sizeof(t->subject), xid_worker(s, xid));
	}
	if (!sight_trouble(s, t->cause, t->subject))
		s->trouble_count++;
}

static void add_troubles(const struct facts *f, const struct report *r, struct sight *s)
{
	if (r->root)
		add_trouble(f, r->root, s);
	for (size_t i = 0; i < r->verdict.count && s->trouble_count < TROUBLES_MAX; i++)
		if (r->verdict.finding[i].cause && r->verdict.finding[i].status >= STATUS_WARNING)
			add_trouble(f, &r->verdict.finding[i], s);
}

void sight_of(const struct facts *f, const struct report *r, struct sight *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->gpu = gpu_of(f);
	ret->gate_open = f->gate.open;
	if (ret->gpu == GPU_LOST)
		put(f->arena, ret->gpu_why, sizeof(ret->gpu_why), driver_shut(f));
	add_workers(f, ret);
	add_troubles(f, r, ret);
}

/* Of one that was made */

const struct worker *sight_worker(const struct sight *s, const char *name)
{
	for (size_t i = 0; i < s->worker_count; i++)
		if (str_eq(s->worker[i].name, name))
			return &s->worker[i];
	return NULL;
}

const struct trouble *sight_trouble(const struct sight *s, const char *cause, const char *subject)
{
	for (size_t i = 0; i < s->trouble_count; i++)
		if (str_eq(s->trouble[i].cause, cause) && str_eq(s->trouble[i].subject, subject))
			return &s->trouble[i];
	return NULL;
}

static bool worker_same(const struct worker *a, const struct worker *b)
{
	return str_eq(a->id, b->id) && str_eq(a->name, b->name) && a->runs == b->runs &&
	       a->failed == b->failed && a->works == b->works;
}

static bool trouble_same(const struct trouble *a, const struct trouble *b)
{
	return str_eq(a->cause, b->cause) && str_eq(a->subject, b->subject) && a->stamp == b->stamp;
}

bool sight_same(const struct sight *a, const struct sight *b)
{
	bool same = a->gpu == b->gpu && a->gate_open == b->gate_open &&
		    a->worker_count == b->worker_count && a->trouble_count == b->trouble_count;

	for (size_t i = 0; same && i < a->worker_count; i++)
		same = worker_same(&a->worker[i], &b->worker[i]);
	for (size_t i = 0; same && i < a->trouble_count; i++)
		same = trouble_same(&a->trouble[i], &b->trouble[i]);
	return same;
}
