/* SPDX-License-Identifier: MIT */
#include "gguf/sat.h"
#include "gguf/size/place.h"
#include "gguf/size/size.h"

enum { CONTEXT_STEP = 256 };

static bool holds(const struct size *z, const struct size_room *gpu, bool high)
{
	for (uint32_t i = 0; i < z->gpu_count; i++) {
		const struct size_gpu *g = &z->gpu[i];
		uint64_t want = size_gpu_bytes(g);

		if (high)
			want = sat_add(sat_sub(want, g->overhead.likely), g->overhead.high);
		if (want > gpu[i].free_bytes)
			return false;
	}
	return z->gpu_count > 0;
}

/* Do they fit with so many layers? The compute buffer is much work, and mostly not needed to say
 * no.
 */
static bool fits(const struct model *m, const struct settings *s, uint32_t layers,
		 const struct size_room *gpu, uint32_t gpu_count)
{
	struct settings with = *s;
	struct size z;

	with.gpu_layers = layers;
	if (gpu_count > GPUS_MAX)
		gpu_count = GPUS_MAX;
	size_at_rest(m, &with, gpu, gpu_count, &z);
	if (!holds(&z, gpu, false))
		return false;
	size_of(NULL, m, &with, gpu, gpu_count, &z);
	return holds(&z, gpu, false);
}

static uint32_t most_layers(const struct model *m, const struct settings *s,
			    const struct size_room *gpu, uint32_t gpu_count)
{
	uint32_t all = place_layers(m) + 1, low = 0, high = all;

	if (!gpu_count)
		return 0;
	/* one layer in RAM brings its weights into the compute buffer: all may fit where one less
	 * does not */
	if (fits(m, s, all, gpu, gpu_count))
		return all;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (fits(m, s, middle, gpu, gpu_count))
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool in_ram(const struct size *z, uint64_t ram_bytes)
{
	uint64_t want = sat_add(sat_add(z->host.weights_bytes, z->host.kv_bytes),
				sat_add(z->host.state_bytes, z->host.compute_bytes));

	return !ram_bytes || want <= ram_bytes;
}

static enum fit judge(const struct settings *s, const struct size *z, const struct size_room *gpu,
		      uint64_t ram_bytes)
{
	bool whole = z->layers_gpu == z->layers_total && !s->cpu_moe;

	if (!holds(z, gpu, false) || !z->layers_gpu)
		return FIT_NONE;
	if (!whole)
		return in_ram(z, ram_bytes) ? FIT_PARTLY : FIT_NONE;
	return holds(z, gpu, true) ? FIT_WHOLE : FIT_TIGHT;
}

enum fit size_fit(struct arena *a, const struct model *m, struct settings *s,
		  const struct size_room *gpu, uint32_t gpu_count, uint64_t ram_bytes,
		  struct size *ret)
{
	if (gpu_count > GPUS_MAX)
		gpu_count = GPUS_MAX;
	if (!s->has_gpu_layers) {
		s->gpu_layers = most_layers(m, s, gpu, gpu_count);
		s->has_gpu_layers = true;
	}
	size_of(a, m, s, gpu, gpu_count, ret);
	return judge(s, ret, gpu, ram_bytes);
}

static bool whole_at(const struct model *m, const struct settings *s, uint64_t ctx,
		     const struct size_room *gpu, uint32_t gpu_count)
{
	struct settings with = *s;

	with.ctx = (uint32_t)least(ctx, UINT32_MAX);
	return fits(m, &with, place_layers(m) + 1, gpu, gpu_count);
}

uint32_t size_largest_context(struct arena *a, const struct model *m, const struct settings *s,
			      const struct size_room *gpu, uint32_t gpu_count)
{
	uint64_t low = 0, high = m->context_max / CONTEXT_STEP + 1;

	(void)a;
	while (gpu_count && high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (whole_at(m, s, middle * CONTEXT_STEP, gpu, gpu_count))
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)(low * CONTEXT_STEP);
}

static bool moe_fits(const struct model *m, const struct settings *s, uint32_t in_ram_layers,
		     const struct size_room *gpu, uint32_t gpu_count)
{
	struct settings with = *s;

	with.cpu_moe = in_ram_layers;
	return fits(m, &with, place_layers(m) + 1, gpu, gpu_count);
}

uint32_t size_cpu_moe(struct arena *a, const struct model *m, const struct settings *s,
		      const struct size_room *gpu, uint32_t gpu_count)
{
	uint32_t low = 0, high = m->layer_count;

	(void)a;
	if (!m->experts || !gpu_count || !moe_fits(m, s, high, gpu, gpu_count))
		return moe_fits(m, s, 0, gpu, gpu_count) && m->experts ? 0 : UINT32_MAX;
	if (moe_fits(m, s, 0, gpu, gpu_count))
		return 0;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (moe_fits(m, s, middle, gpu, gpu_count))
			high = middle;
		else
			low = middle;
	}
	return high;
}
