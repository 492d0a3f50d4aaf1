/* SPDX-License-Identifier: MIT */
#include "gguf/speed/cost.h"

static const double usual_disk_gb_s = 2; /* an NVMe drive, read by one thread */

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

static struct pace pace_of(const struct cost *c, double tokens, double low, double high)
{
	double seconds = cost_seconds(c);

	if (!c->known || seconds <= 0)
		return (struct pace){ .bound = cost_bound(c) };
	return (struct pace){
		.value = { low * tokens / seconds, tokens / seconds, high * tokens / seconds },
		.bound = cost_bound(c),
	};
}

static struct pace load_of(const struct size *z, const struct rig *rig)
{
	double gpu = 0;

	for (uint32_t i = 0; i < z->gpu_count && i < GPUS_MAX; i++)
		gpu += (double)z->gpu[i].weights_bytes + (double)z->gpu[i].projector_bytes;
	double all = gpu + (double)z->host.weights_bytes;
	double link = gpu / (cost_link_gb_s(rig) * 1e9);
	double disk = all / ((rig->disk_gb_s > 0 ? rig->disk_gb_s : usual_disk_gb_s) * 1e9);

	return (struct pace){
		.value = { link, link > disk ? link : disk, link + disk },
		.bound = link > disk ? BOUND_LINK : BOUND_DISK,
	};
}

void speed_of(struct arena *a, const struct model *m, const struct settings *s,
	      const struct size *z, const struct rig *rig, uint32_t depth, struct speed *ret)
{
	struct cost token = cost_of_token(m, s, z, rig, depth);
	struct cost batch = cost_of_batch(m, s, z, rig, depth);
	size_t room = 0;

	*ret = (struct speed){
		.token = pace_of(&token, 1, 0.8, 1.2),
		.prompt = pace_of(&batch, s->ubatch > 0 ? s->ubatch : 512, 0.7, 1.5),
		.load = load_of(z, rig),
		.sure =
		    token.known && batch.known && (rig->ram_gb_s > 0 || z->active_host_bytes == 0),
	};
	if (!token.known || !batch.known)
		names_add(a, &ret->notes, &room,
			  "the card is not a known one, so its speed is not known either");
	if (rig->ram_gb_s <= 0 && z->active_host_bytes > 0)
		names_add(a, &ret->notes, &room,
			  "how fast the RAM is could not be read: two usual channels are assumed");
}
