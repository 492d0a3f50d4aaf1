/* SPDX-License-Identifier: MIT */
/* A draft model: a second, smaller one, whole on the GPU, with a context as long. */
#include "cmd/fit/fit.h"

#include <string.h>

static uint64_t bytes_of_draft(struct arena *a, const struct model *draft,
			       const struct settings *with)
{
	const struct size_room all = { .name = "",
				       .total_bytes = UINT64_MAX / 2,
				       .free_bytes = UINT64_MAX / 2 };
	struct settings s = *with;
	struct size z;

	s.has_gpu_layers = true;
	s.gpu_layers = GGUF_LAYERS_MAX + 1;
	s.cpu_moe = 0;
	size_of(a, draft, &s, &all, 1, &z);
	return z.gpu[0].weights_bytes + z.gpu[0].kv_bytes + z.gpu[0].state_bytes +
	       z.gpu[0].compute_bytes;
}

int fit_add_draft(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		  const struct fit_found *found, struct fit_model *m, struct err *e)
{
	struct fit_found draft = { 0 };
	size_t room = m->notes.count;
	int r = 0;

	if (o->draft)
		r = fit_find(a, o, h, o->draft, &draft, e);
	else if (found->draft)
		r = model_of(a, "its draft model", found->draft, 1, &draft.model, e);
	else
		return 0;
	if (r < 0)
		return err_wrap(e, r, "draft model");
	uint64_t bytes = bytes_of_draft(a, &draft.model, &m->settings);
	m->model.draft_bytes += bytes;
	names_add(a, &m->notes, &room,
		  arena_printf(a, "The draft model, %s %s, takes %s of it.", draft.model.name,
			       draft.model.quant, str_bytes(a, bytes)));
	return 0;
}
