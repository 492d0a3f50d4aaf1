/* SPDX-License-Identifier: MIT */
/*
 * The guard among events in any order, with sights that no machine shows: whatever comes, it keeps
 * its budget, leaves alone what must be left alone, and comes to rest.
 */
#include "guard/pick.h"

#include "guard-world.h"
#include "tap.h"

#define SEC INT64_C(1000000)

enum { RUNS = 4000, STEPS = 400, RESTS_WITHIN = 400 };

static const char *const causes[] = {
	"container-devices-lost",
	"ollama-started-before-gpu",
	"container-not-started",
	"cdi-spec-stale",
	"persistenced-start-limit",
	"gpu-fallen-off-bus",
	"gpu-disconnected",
	"xid-31",
	"xid-reset",
	"docker-runtime-missing",
	"enclosure-not-seen",
	"no-such-cause",
	"ollama-cuda-init-failed",
};
static const char *const names[] = { "ollama", "vllm", "box", "ollama.service", "" };

struct run {
	uint64_t random;
	struct guard guard;
	struct want_guard want;
	struct guard_rules rules;
	struct sight sight;
	int64_t now;
	struct {
		char key[SIGHT_KEY];
		int64_t usec;
	} acts[STEPS];
	size_t act_count;
	bool looking, acting;
	uint64_t looks_at_act; /* looks that had come when it last acted */
};

static uint64_t pick(struct run *r, uint64_t below)
{
	return world_random(&r->random, below);
}

static void make_worker(struct run *r, size_t i)
{
	struct worker *w = &r->sight.worker[i];
	*w = (struct worker){ .runs = pick(r, 2),
			      .failed = pick(r, 2),
			      .works = (enum works)pick(r, 3),
			      .rank = (unsigned)pick(r, 3) };
	w->failed &= !w->runs;
	snprintf(w->name, sizeof(w->name), "%s", names[i]);
	snprintf(w->id, sizeof(w->id), "%zu", i);
}

static void make_sight(struct run *r)
{
	r->sight = (struct sight){ .gpu = (enum sight_gpu)pick(r, 5),
				   .gate_open = pick(r, 2),
				   .workers_known = pick(r, 4) };
	r->sight.worker_count = pick(r, COUNT_OF(names));
	for (size_t i = 0; i < r->sight.worker_count; i++)
		make_worker(r, i);
	for (uint64_t n = pick(r, 5); n > 0; n--) {
		struct trouble *t = &r->sight.trouble[r->sight.trouble_count++];
		*t = (struct trouble){ .broken = pick(r, 3), .stamp = pick(r, 3) };
		snprintf(t->cause, sizeof(t->cause), "%s", causes[pick(r, COUNT_OF(causes))]);
		snprintf(t->subject, sizeof(t->subject), "%s", names[pick(r, COUNT_OF(names))]);
	}
}

static void within_budget(struct run *r, const char *key)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->act_count; i++)
		n += str_eq(r->acts[i].key, key) &&
		     r->now - r->acts[i].usec < (int64_t)r->want.window_sec * SEC;
	CHECK(n <= r->want.tries);
}

static void judge(struct run *r, const struct guard_order *o)
{
	const struct worker *w = sight_worker(&r->sight, o->doing.on);

	CHECK(!r->acting && !r->looking); /* one thing at a time */
	CHECK(r->rules.act && o->keep);
	CHECK(r->guard.kept.counts.looks > r->looks_at_act); /* never twice without a look */
	if (o->doing.deed == DEED_STOP)
		CHECK(r->sight.gpu == GPU_LOST || r->sight.gpu == GPU_ABSENT);
	else if (o->doing.deed < DEED_START)
		CHECK(r->sight.gate_open && r->sight.gpu != GPU_LOST && r->sight.gpu != GPU_ABSENT);
	else
		CHECK(r->sight.gpu == GPU_READY && w);
	CHECK(o->doing.deed > DEED_TELL);
	r->looks_at_act = r->guard.kept.counts.looks;
	struct guard_key key = guard_key(&r->guard, o->doing.deed, o->doing.cause, o->doing.on);
	snprintf(r->acts[r->act_count].key, SIGHT_KEY, "%s", key.text);
	r->acts[r->act_count++].usec = r->now;
	within_budget(r, r->acts[r->act_count - 1].key);
}

static struct guard_order step(struct run *r, struct guard_event e)
{
	struct guard_order o;

	e.now_usec = r->now;
	guard_step(&r->guard, &r->rules, &e, &o);
	CHECK(!(o.look && o.act));
	if (o.look) {
		CHECK(!r->looking && !r->acting);
		r->looking = true;
	}
	if (o.act) {
		judge(r, &o);
		r->acting = true;
	}
	return o;
}

static struct guard_order end_act(struct run *r, enum acted acted)
{
	r->acting = false;
	if (acted == ACTED_BUSY)
		r->act_count--; /* no try */
	return step(r, (struct guard_event){ GUARD_ACTED, .acted = acted, .why = "no" });
}

static struct guard_order end_look(struct run *r, bool blind)
{
	r->looking = false;
	return step(r, (struct guard_event){ blind ? GUARD_BLIND : GUARD_SAW, .sight = &r->sight });
}

static void anything(struct run *r)
{
	r->now += (int64_t)pick(r, 20 * SEC) + 1;
	switch (pick(r, 6)) {
	case 0:
		step(r, (struct guard_event){ GUARD_NOTICED, .urgent = pick(r, 2) });
		break;
	case 1:
		r->rules.act = pick(r, 4);
		break;
	case 2:
		if (r->acting)
			end_act(r, (enum acted)pick(r, 4));
		break;
	case 3:
	case 4:
		if (r->looking) {
			if (pick(r, 2))
				make_sight(r);
			end_look(r, pick(r, 8) == 0);
		}
		break;
	default:
		step(r, (struct guard_event){ GUARD_TIMER });
		break;
	}
}

static void begin(struct run *r, uint64_t seed)
{
	*r = (struct run){ .random = seed, .now = SEC };
	r->want = (struct want_guard){
		.act = true, .tries = 1 + pick(r, 3), .window_sec = 600, .hook = "", .listen = ""
	};
	r->rules = (struct guard_rules){ &r->want, true };
	make_sight(r);
}

TEST(any_order_of_events_keeps_the_budget_and_the_gate)
{
	static struct run r;

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		begin(&r, seed);
		for (unsigned i = 0; i < STEPS; i++)
			anything(&r);
	}
}

/* Nothing changes and nothing helps: true once it only waits for events. */
static bool comes_to_rest(struct run *r)
{
	struct guard_order o = step(r, (struct guard_event){ GUARD_NOTICED, .urgent = true });

	for (unsigned i = 0; i < RESTS_WITHIN; i++) {
		r->act_count = r->act_count < STEPS - 1 ? r->act_count : 0;
		if (r->acting) {
			r->now += 3 * SEC;
			o = end_act(r, (enum acted)pick(r, 3));
		} else if (r->looking) {
			r->now += SEC;
			o = end_look(r, false);
		} else if (!r->guard.wake_usec) {
			return o.wake_usec == 0;
		} else {
			r->now = r->guard.wake_usec > r->now ? r->guard.wake_usec : r->now;
			o = step(r, (struct guard_event){ GUARD_TIMER });
		}
	}
	return false;
}

TEST(what_does_not_change_comes_to_an_end)
{
	static struct run r;

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		begin(&r, seed);
		if (!comes_to_rest(&r))
			TAP_FAIL("seed %llu does not come to rest", (unsigned long long)seed);
	}
}
