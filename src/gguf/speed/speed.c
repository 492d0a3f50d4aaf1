/* SPDX-License-Identifier: MIT */
#include "gguf/speed/speed.h"

#include "gguf/speed/cost.h"

const char *bound_name(enum bound b)
{
	switch (b) {
	case BOUND_GPU_MEMORY:
		return "the GPU's memory";
	case BOUND_RAM:
		return "system RAM";
	case BOUND_LINK:
		return "the link";
	case BOUND_GPU_ARITHMETIC:
		return "the GPU's arithmetic";
	case BOUND_CPU_ARITHMETIC:
		return "the CPU's arithmetic";
	case BOUND_LATENCY:
		return "the time each step takes to start";
	case BOUND_DISK:
		return "the disk";
	}
	return "";
}

/* What one would see of it: nine of ten measurements lie between (tests/property/speed-score). */
struct error {
	double low, high;
};
static const struct error token_error = { 0.77, 1.25 };
static const struct error spilled_error = { 0.68, 1.35 }; /* threads and channels differ more */
static const struct error prompt_error = { 0.68, 1.45 };

typedef struct cost costing(const struct model *m, const struct settings *s, const struct size *z,
			    const struct rig *rig, uint32_t depth);

struct case_of {
	const struct model *m;
	const struct settings *s;
	const struct size *z;
	const struct rig *rig;
	uint32_t depth;
};

/* Of a build that is not known, the slowest one is an old one, without flash attention. */
static struct settings settings_at(const struct settings *s, enum guess how)
{
	struct settings r = *s;

	if (s->build.number > 0 || s->build.version > 0 || how == GUESS_LIKELY)
		return r;
	r.build.number = r.build.version = how == GUESS_LOW ? 1 : UINT32_MAX;
	if (how == GUESS_LOW && s->flash == FLASH_AUTO)
		r.flash = FLASH_OFF;
	return r;
}

static struct cost cost_at(const struct case_of *c, costing *of, enum guess how)
{
	struct rig rig = cost_rig(c->rig, how);
	struct settings s = settings_at(c->s, how);

	return of(c->m, &s, c->z, &rig, c->depth);
}

static double per_second(const struct case_of *c, costing *of, enum guess how, double tokens)
{
	struct cost cost = cost_at(c, of, how);
	double seconds = cost_seconds(&cost);

	return cost.known && seconds > 0 ? tokens / seconds : 0;
}

/* What is slow on most cards is not on all. */
static struct range ordered(double low, double likely, double high)
{
	return (struct range){
		.low = low < likely ? low : likely,
		.likely = likely,
		.high = high > likely ? high : likely,
	};
}

static struct pace pace_of(const struct case_of *c, costing *of, double tokens, struct error e)
{
	struct cost likely = cost_at(c, of, GUESS_LIKELY);

	return (struct pace){
		.value = ordered(e.low * per_second(c, of, GUESS_LOW, tokens),
				 per_second(c, of, GUESS_LIKELY, tokens),
				 e.high * per_second(c, of, GUESS_HIGH, tokens)),
		.bound = cost_bound(&likely),
	};
}

/* A SATA SSD; an NVMe drive read by one thread; what lies in the page cache already. */
static const double usual_disk_gb_s[] = { 0.5, 2, 50 };

static double load_seconds(const struct case_of *c, enum guess how, double *disk, double *link)
{
	struct rig rig = cost_rig(c->rig, how);
	double gpu = 0;

	for (uint32_t i = 0; i < c->z->gpu_count && i < GPUS_MAX; i++)
		gpu += (double)c->z->gpu[i].weights_bytes + (double)c->z->gpu[i].projector_bytes;
	double all = gpu + (double)c->z->host.weights_bytes;
	*link = gpu / (rig.link_gb_s * 1e9);
	*disk = all / ((rig.disk_gb_s > 0 ? rig.disk_gb_s : usual_disk_gb_s[how]) * 1e9);
	/* reading ahead goes on while the link works, unless it does not */
	return how == GUESS_LOW ? *link + *disk : *link > *disk ? *link : *disk;
}

static struct pace load_of(const struct case_of *c)
{
	double disk, link;
	double fast = load_seconds(c, GUESS_HIGH, &disk, &link);
	double slow = load_seconds(c, GUESS_LOW, &disk, &link);
	double likely = load_seconds(c, GUESS_LIKELY, &disk, &link);

	return (struct pace){
		.value = ordered(fast, likely, slow),
		.bound = link > disk ? BOUND_LINK : BOUND_DISK,
	};
}

/* Whether the RAM, a usual one, takes a tenth of a token's time. */
static bool ram_matters(const struct case_of *c)
{
	struct cost t = cost_at(c, cost_of_token, GUESS_LIKELY);

	return t.second[BOUND_RAM] > cost_seconds(&t) / 10;
}

static void note_cards(struct arena *a, const struct case_of *c, struct speed *ret, size_t *room)
{
	for (uint32_t i = 0; i < c->z->gpu_count && i < c->rig->gpu_count && i < GPUS_MAX; i++) {
		const struct rig_gpu *g = &c->rig->gpu[i];
		if (c->z->gpu[i].weights_bytes == 0 || (g->card && g->memory_gb_s > 0))
			continue;
		ret->sure = false;
		names_add(a, &ret->notes, room,
			  arena_printf(a,
				       g->memory_gb_s > 0
					   ? "%s is not in the table of cards: how fast it reads "
					     "a prompt is not known"
					   : "%s is not in the table of cards: how fast it is is "
					     "not known",
				       g->name ? g->name : "the GPU"));
	}
}

static void note_ram(struct arena *a, const struct case_of *c, struct speed *ret, size_t *room)
{
	if (c->rig->ram_gb_s > 0 || !ram_matters(c))
		return;
	ret->sure = false;
	names_add(a, &ret->notes, room,
		  arena_printf(a,
			       "the RAM's speed is not known: %.0f GB/s are taken, which two "
			       "channels of DDR4 have, at least %.0f and at most %.0f",
			       cost_rig(c->rig, GUESS_LIKELY).ram_gb_s,
			       cost_rig(c->rig, GUESS_LOW).ram_gb_s,
			       cost_rig(c->rig, GUESS_HIGH).ram_gb_s));
}

void speed_of(struct arena *a, const struct model *m, const struct settings *s,
	      const struct size *z, const struct rig *rig, uint32_t depth, struct speed *ret)
{
	const struct case_of c = { m, s, z, rig, depth };
	size_t room = 0;

	*ret = (struct speed){
		.prompt = pace_of(&c, cost_of_batch, s->ubatch > 0 ? s->ubatch : 512, prompt_error),
		.load = load_of(&c),
		.sure = true,
	};
	if (m->encoder)
		names_add(a, &ret->notes, &room,
			  "the model is an encoder: it answers with numbers, not with tokens");
	else
		ret->token = pace_of(&c, cost_of_token, 1,
				     z->active_host_bytes > 0 ? spilled_error : token_error);
	note_cards(a, &c, ret, &room);
	note_ram(a, &c, ret, &room);
}
