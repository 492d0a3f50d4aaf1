/* SPDX-License-Identifier: MIT */
/*
 * Ten thousand boots. GUARD_BOOTS=N makes it so many, GUARD_SEED=N begins with that one.
 */
#include "guard-world.h"

#include "tap.h"

#define SEC INT64_C(1000000)

enum {
	BOOTS = 10000,
	/* The longest time between two looks while the GPU is coming, a look that had just begun,
	   another one, and a restart. */
	ONE_SEC = 8 + 2 + 2 + 10,
	/* Who stands behind another one waits for that one's restart, and for the first one's
	   proof. */
	EACH_SEC = 10 + 1 + 2,
	PROOF_SEC = 5 + 4 + 2,
};

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);
	return s ? strtoull(s, NULL, 10) : otherwise;
}

struct sum {
	uint64_t boots, acts, looks, wrong, slow, gave_up;
	int64_t silent_usec, longest_usec;
};

/* A fault that falls into the mending of another one makes it begin anew. */
static int64_t bound(const struct world *w)
{
	int64_t others = (int64_t)w->box_count * (1 + w->faults) - 1;
	return (ONE_SEC + others * EACH_SEC + (others ? PROOF_SEC : 0)) * SEC;
}

static void add(struct sum *s, const struct world *w)
{
	/* An act that fails is tried again later, by budget; that costs what it costs. */
	bool slow =
	    !w->acts_fail && !w->guard.kept.budget.breaker_count && w->longest_usec > bound(w);

	s->boots++;
	s->acts += w->acts;
	s->looks += w->looks;
	s->wrong += w->wrong;
	s->slow += slow;
	s->gave_up += w->guard.kept.budget.breaker_count > 0;
	s->silent_usec += w->silent_usec;
	if (!w->acts_fail && w->longest_usec > s->longest_usec)
		s->longest_usec = w->longest_usec;
	if (w->wrong)
		printf("# GUARD_SEED=%llu GUARD_BOOTS=1: %s\n", (unsigned long long)w->seed,
		       w->wrong_why);
	if (slow)
		printf("# GUARD_SEED=%llu GUARD_BOOTS=1: %.1f s on the CPU\n",
		       (unsigned long long)w->seed, (double)w->longest_usec / 1e6);
}

static struct sum live(struct world_kind kind)
{
	static struct world w;
	struct sum s = { 0 };
	uint64_t first = number("GUARD_SEED", 1), count = number("GUARD_BOOTS", BOOTS);

	for (uint64_t seed = first; seed < first + count; seed++) {
		world_live(&w, seed, kind);
		add(&s, &w);
	}
	printf(
	    "# %llu boots, %llu acts, %llu looks, %llu gave up; silent CPU seconds: %.2f a boot, "
	    "longest %.1f\n",
	    (unsigned long long)s.boots, (unsigned long long)s.acts, (unsigned long long)s.looks,
	    (unsigned long long)s.gave_up, (double)s.silent_usec / 1e6 / (double)s.boots,
	    (double)s.longest_usec / 1e6);
	return s;
}

TEST(no_wrong_act_and_never_long_on_the_cpu)
{
	struct sum s = live((struct world_kind){ 0 });
	CHECK_INT((long long)s.wrong, 0);
	CHECK_INT((long long)s.slow, 0);
	CHECK(s.acts > s.boots / 4);
}

TEST(nor_where_containers_start_after_the_gpu)
{
	struct sum s = live((struct world_kind){ .with_ready = true });
	CHECK_INT((long long)s.wrong, 0);
	CHECK_INT((long long)s.slow, 0);
}

/* Settling and one restart, and not a moment more. */
TEST(one_container_that_came_too_early_is_restarted_once)
{
	struct sum s = live((struct world_kind){ .calm = true, .one = true });
	CHECK_INT((long long)s.wrong, 0);
	CHECK(s.acts <= s.boots);
	CHECK(s.longest_usec <= ONE_SEC * SEC);
}

TEST(behind_egpu_ready_nothing_is_left_to_do)
{
	struct sum s = live((struct world_kind){ .calm = true, .with_ready = true });
	CHECK_INT((long long)s.acts, 0);
	CHECK_INT((long long)s.silent_usec, 0);
}
