/* SPDX-License-Identifier: MIT */
#include "guard-world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEC INT64_C(1000000)

enum { LIVES_SEC = 900 };

uint64_t world_random(uint64_t *state, uint64_t below)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

static int64_t between(struct world *w, int64_t low, int64_t high)
{
	return low + (int64_t)world_random(&w->random, (uint64_t)(high - low + 1));
}

static bool chance(struct world *w, unsigned percent)
{
	return world_random(&w->random, 100) < percent;
}

/* What happens in this boot */

static void plan(struct world *w, enum happening what, int64_t usec, unsigned box)
{
	if (w->happening_count == HAPPENINGS_MAX)
		return;
	size_t at = w->happening_count++;
	for (; at > w->next && w->happening[at - 1].usec > usec; at--)
		w->happening[at] = w->happening[at - 1];
	w->happening[at].what = what;
	w->happening[at].usec = usec;
	w->happening[at].box = box;
}

static void plan_gpu(struct world *w, int64_t usec)
{
	plan(w, HAPPENS_GPU, usec, 0);
	plan(w, HAPPENS_READY, usec + between(w, SEC / 2, 5 * SEC), 0);
}

static void plan_fault(struct world *w)
{
	int64_t usec = between(w, 20 * SEC, 400 * SEC);
	unsigned box = (unsigned)world_random(&w->random, w->box_count);

	switch (world_random(&w->random, 8)) {
	case 0:
		plan(w, HAPPENS_LOST, usec, 0);
		break;
	case 1:
		plan(w, HAPPENS_UNPLUG, usec, 0);
		if (chance(w, 70))
			plan_gpu(w, usec + between(w, 2 * SEC, 120 * SEC));
		break;
	case 2:
		plan(w, HAPPENS_DOCKER, usec, 0);
		break;
	case 3:
		plan(w, HAPPENS_USER_STOP, usec, box);
		if (chance(w, 50))
			plan(w, HAPPENS_USER_START, usec + between(w, SEC, 60 * SEC), box);
		break;
	case 4:
		plan(w, HAPPENS_HANG, usec, 0);
		plan(w, HAPPENS_UNHANG, usec + between(w, SEC, 30 * SEC), 0);
		break;
	case 5:
		for (int i = 0; i < 8; i++)
			plan(w, HAPPENS_NOISE, usec + between(w, 0, 10 * SEC), 0);
		break;
	case 6:
		plan(w, HAPPENS_PAUSE, usec, 0);
		plan(w, HAPPENS_RESUME, usec + between(w, SEC, 60 * SEC), 0);
		break;
	default:
		plan(w, HAPPENS_RELOAD, usec, 0);
		break;
	}
}

static void plan_boot(struct world *w)
{
	bool never = chance(w, 5);
	int64_t gpu = between(w, 0, 120 * SEC), docker = between(w, 3 * SEC, 30 * SEC);

	if (!never)
		plan_gpu(w, gpu);
	if (w->kind.with_ready && !never)
		docker = gpu + 6 * SEC > docker ? gpu + 6 * SEC : docker;
	for (unsigned i = 0; i < w->box_count; i++)
		plan(w, HAPPENS_START, docker + between(w, 0, 3 * SEC), i);
	w->faults = w->kind.calm ? 0 : (int)world_random(&w->random, 4);
	for (int n = w->faults; n > 0; n--)
		plan_fault(w);
	w->guard_from_usec = between(w, SEC, 40 * SEC);
}

/* How containers behave */

static void box_start(struct world *w, struct box *b)
{
	b->by_user = false;
	if (w->gpu != GPU_READY && chance(w, 30)) {
		b->state = BOX_FAILED;
		return;
	}
	b->state = BOX_UP;
	b->has_nodes = b->has_cuda = w->gpu == GPU_READY;
	b->found_usec = w->now + between(w, SEC, 5 * SEC);
}

static void all_lose(struct world *w)
{
	for (unsigned i = 0; i < w->box_count; i++)
		w->box[i].has_nodes = false;
}

static bool has_found(const struct world *w, const struct box *b)
{
	return b->state == BOX_UP && w->now >= b->found_usec;
}

static enum works box_works(const struct world *w, const struct box *b)
{
	if (b->state != BOX_UP)
		return WORKS_NOT;
	if (!has_found(w, b))
		return WORKS_UNSURE;
	return b->has_nodes && b->has_cuda && w->gpu == GPU_READY ? WORKS : WORKS_NOT;
}

/*
 * Serves from the CPU although the GPU computes, and nobody says so. After looks that hung, the
 * guard looks rarely on purpose: that the driver answers again is told by no event.
 */
static bool is_silent(const struct world *w, const struct box *b)
{
	return !w->guard.blind && w->now >= w->guard_from_usec && w->gpu == GPU_READY &&
	       !w->hangs && !w->paused && has_found(w, b) && box_works(w, b) == WORKS_NOT;
}

/* What a look shows of it */

static void trouble(struct sight *s, const char *cause, const char *subject)
{
	struct trouble *t = &s->trouble[s->trouble_count++];
	*t = (struct trouble){ .broken = true };
	snprintf(t->cause, sizeof(t->cause), "%s", cause);
	snprintf(t->subject, sizeof(t->subject), "%s", subject);
}

static void box_trouble(const struct world *w, const struct box *b, const char *name,
			struct sight *s)
{
	if (w->gpu != GPU_READY)
		return; /* it waits for an earlier link */
	if (b->state == BOX_FAILED)
		trouble(s, "container-not-started", name);
	else if (has_found(w, b) && !b->has_nodes && b->has_cuda)
		trouble(s, "container-devices-lost", name);
	else if (has_found(w, b) && !b->has_cuda)
		trouble(s, "ollama-started-before-gpu", name);
}

static void sight_now(const struct world *w, struct sight *s)
{
	*s =
	    (struct sight){ .gpu = w->gpu, .gate_open = w->gpu != GPU_LOST, .workers_known = true };
	if (w->gpu == GPU_LOST)
		trouble(s, "gpu-fallen-off-bus", "");
	if (w->gpu == GPU_ABSENT)
		trouble(s, w->was_here ? "gpu-disconnected" : "enclosure-not-seen", "");
	for (unsigned i = 0; i < w->box_count; i++) {
		struct worker *k = &s->worker[s->worker_count++];
		*k = (struct worker){ .runs = w->box[i].state == BOX_UP,
				      .failed = w->box[i].state == BOX_FAILED,
				      .works = box_works(w, &w->box[i]),
				      .rank = i };
		snprintf(k->id, sizeof(k->id), "%u", i);
		snprintf(k->name, sizeof(k->name), "box%u", i);
		box_trouble(w, &w->box[i], k->name, s);
	}
}

/* The guard in it */

static void wrong(struct world *w, const char *why)
{
	w->wrong++;
	w->wrong_why = why;
}

static void judge(struct world *w, const struct guard_order *o)
{
	const struct worker *k = sight_worker(&w->sight, o->doing.on);
	const struct box *b = k ? &w->box[atoi(k->id)] : NULL;

	w->acts++;
	if (w->paused)
		wrong(w, "acts while it is paused");
	if (o->doing.deed == DEED_STOP && w->sight.gpu == GPU_READY)
		wrong(w, "stops a container of a GPU that computes");
	if (o->doing.deed != DEED_STOP && w->sight.gpu != GPU_READY)
		wrong(w, "starts a container without a GPU");
	if (o->doing.deed != DEED_STOP && k && k->works == WORKS)
		wrong(w, "restarts one that computes");
	if (o->doing.deed != DEED_STOP && b && b->by_user && !k->runs)
		wrong(w, "starts one that a person has stopped");
	if (w->act_until_usec)
		wrong(w, "two at a time");
}

static void obey(struct world *w, const struct guard_order *o)
{
	if (o->look) {
		w->looks++;
		w->look_until_usec = w->now + between(w, SEC / 20, 2 * SEC);
		w->blind = w->hangs;
		sight_now(w, &w->sight);
	}
	if (o->act) {
		judge(w, o);
		w->order = *o;
		w->act_until_usec = w->now + between(w, SEC / 2, 10 * SEC);
	}
}

static void step(struct world *w, struct guard_event e)
{
	struct guard_rules rules = { &w->want, !w->paused };
	struct guard_order o;

	e.now_usec = w->now;
	if (w->now < w->guard_from_usec)
		return;
	guard_step(&w->guard, &rules, &e, &o);
	obey(w, &o);
}

static void notice(struct world *w, bool urgent)
{
	step(w, (struct guard_event){ GUARD_NOTICED, .urgent = urgent });
}

static void look_ends(struct world *w)
{
	w->look_until_usec = 0;
	step(w, (struct guard_event){ w->blind ? GUARD_BLIND : GUARD_SAW, .sight = &w->sight });
}

/* Who acts looks first; what is not as it was is left alone. */
static bool is_still_so(const struct world *w, const struct box *b)
{
	bool runs = b->state == BOX_UP;
	return w->order.doing.deed == DEED_STOP ? runs && w->gpu != GPU_READY
						: w->gpu == GPU_READY && !b->by_user;
}

static void act_ends(struct world *w)
{
	const struct worker *k = sight_worker(&w->guard.seen, w->order.doing.on);
	struct box *b = &w->box[atoi(k->id)];
	enum acted acted = ACTED_DONE;

	w->act_until_usec = 0;
	if (!is_still_so(w, b))
		acted = ACTED_BUSY;
	else if (w->acts_fail && chance(w, 20))
		acted = ACTED_FAILED;
	else if (w->order.doing.deed == DEED_STOP)
		b->state = BOX_DOWN;
	else
		box_start(w, b);
	notice(w, false); /* the engine tells of it, too */
	step(w, (struct guard_event){ GUARD_ACTED, .acted = acted, .why = "it would not" });
}

static void gpu_is(struct world *w, enum sight_gpu gpu)
{
	if (w->gpu == GPU_LOST)
		return; /* until the next boot */
	w->gpu = gpu;
	w->was_here |= gpu == GPU_READY;
	if (gpu == GPU_ABSENT || gpu == GPU_LOST)
		all_lose(w);
}

static void happens(struct world *w, enum happening what, struct box *b)
{
	bool urgent = true;

	switch (what) {
	case HAPPENS_GPU:
		gpu_is(w, GPU_COMING);
		break;
	case HAPPENS_READY:
		gpu_is(w, w->gpu == GPU_COMING ? GPU_READY : w->gpu);
		return; /* nobody tells that CUDA answers */
	case HAPPENS_UNPLUG:
		gpu_is(w, GPU_ABSENT);
		break;
	case HAPPENS_LOST:
		gpu_is(w, w->gpu == GPU_READY ? GPU_LOST : w->gpu);
		break;
	case HAPPENS_RELOAD:
		all_lose(w);
		break;
	case HAPPENS_DOCKER:
		for (unsigned i = 0; i < w->box_count; i++)
			if (w->box[i].state == BOX_UP)
				box_start(w, &w->box[i]);
		urgent = false;
		break;
	case HAPPENS_USER_START:
	case HAPPENS_START:
		if (b->state != BOX_UP)
			box_start(w, b);
		urgent = false;
		break;
	case HAPPENS_USER_STOP:
		if (b->state == BOX_UP) {
			b->state = BOX_DOWN;
			b->by_user = true;
		}
		urgent = false;
		break;
	case HAPPENS_HANG:
	case HAPPENS_UNHANG:
		w->hangs = what == HAPPENS_HANG;
		return; /* nobody tells */
	case HAPPENS_NOISE:
		urgent = false;
		break;
	case HAPPENS_PAUSE:
		w->paused = true;
		break;
	case HAPPENS_RESUME:
		w->paused = false;
		step(w, (struct guard_event){ GUARD_RESUMED });
		return;
	}
	notice(w, urgent);
}

/* Its clock */

static void measure(struct world *w)
{
	for (unsigned i = 0; i < w->box_count; i++) {
		struct box *b = &w->box[i];
		bool silent = is_silent(w, b);
		if (silent && !b->silent_since_usec)
			b->silent_since_usec = w->now;
		if (silent || !b->silent_since_usec)
			continue;
		int64_t usec = w->now - b->silent_since_usec;
		b->silent_since_usec = 0;
		w->silent_usec += usec;
		w->longest_usec = usec > w->longest_usec ? usec : w->longest_usec;
	}
}

static void sooner(int64_t *next, int64_t usec)
{
	if (usec && usec < *next)
		*next = usec;
}

static int64_t next_moment(const struct world *w)
{
	int64_t next = LIVES_SEC * SEC;

	if (w->next < w->happening_count)
		sooner(&next, w->happening[w->next].usec);
	if (w->guard.phase == GUARD_RESTING || w->guard.phase == GUARD_SETTLING)
		sooner(&next, w->guard.wake_usec > w->now ? w->guard.wake_usec : 0);
	sooner(&next, w->look_until_usec);
	sooner(&next, w->act_until_usec);
	for (unsigned i = 0; i < w->box_count; i++)
		if (w->box[i].state == BOX_UP && w->box[i].found_usec > w->now)
			sooner(&next, w->box[i].found_usec);
	if (w->now < w->guard_from_usec)
		sooner(&next, w->guard_from_usec);
	return next;
}

static void turn(struct world *w)
{
	bool begins = w->now < w->guard_from_usec;

	w->now = next_moment(w);
	if (begins && w->now >= w->guard_from_usec)
		notice(w, true);
	while (w->next < w->happening_count && w->happening[w->next].usec <= w->now) {
		size_t n = w->next++;
		happens(w, w->happening[n].what, &w->box[w->happening[n].box]);
	}
	if (w->look_until_usec && w->look_until_usec <= w->now)
		look_ends(w);
	if (w->act_until_usec && w->act_until_usec <= w->now)
		act_ends(w);
	step(w, (struct guard_event){ GUARD_TIMER });
	measure(w);
}

void world_live(struct world *w, uint64_t seed, struct world_kind kind)
{
	*w = (struct world){ .seed = seed, .random = seed, .kind = kind, .gpu = GPU_ABSENT };
	w->want = (struct want_guard){
		.act = true, .tries = 3, .window_sec = 600, .stop_sec = 10, .hook = "", .listen = ""
	};
	w->box_count = w->kind.one ? 1 : 1 + (unsigned)world_random(&w->random, BOXES_MAX);
	w->acts_fail = !w->kind.calm && chance(w, 20);
	plan_boot(w);
	while (w->now < LIVES_SEC * SEC)
		turn(w);
}
