/* SPDX-License-Identifier: MIT */
/* What of the host the answer rests on. */
#include "cmd/fit/fit.h"

#include "collect/collect.h"
#include "facts/gate.h"

/* One that is named by its place, or by none. */
bool fit_wants_own_gpus(const struct fit_options *o)
{
	if (o->vram_bytes && o->gpu_count == 0)
		return false;
	for (uint32_t i = 0; i < o->gpu_count; i++)
		if (!want_takes_gpu(o->gpu[i]))
			return false;
	return true;
}

static bool wants_store(const struct fit_options *o)
{
	bool named = o->all;

	for (size_t i = 0; i < o->name_count; i++)
		named = named || fit_is_name(o->name[i]);
	return named && !o->store;
}

/* An external GPU, or, where there is none and none was asked for, any. */
static void look_for_gpu_here(struct facts *f, struct host *h, const char *asked)
{
	if (asked)
		f->want.gpu = asked;
	else if (str_eq(f->want.gpu, "external"))
		f->want.gpu = "any";
	collect_machine(f, h);
	collect_thunderbolt(f, h);
	collect_pci(f, h);
	collect_driver_log(f, h);
	collect_driver(f, h);
	f->gate = gate_of(f);
	expect_nvml(f, h);
	collect_nvml(f, h);
}

static void look_for_ollama(struct facts *f, struct host *h)
{
	collect_services(f, h);
	collect_docker(f, h);
	collect_containers(f, h);
	expect_ollama(f, h);
	collect_ollama(f, h);
}

static void look(struct fit_host *h, struct arena *a, const struct fit_options *o, bool own)
{
	struct facts *f = arena_alloc(a, sizeof(*f));

	f->arena = a;
	f->want = want_default();
	collect_want(f, h->host);
	if (own)
		look_for_gpu_here(f, h->host, o->gpu_count ? o->gpu[0] : NULL);
	look_for_ollama(f, h->host);
	h->facts = f;
}

void fit_look(struct fit_host *h, struct arena *a, const struct fit_options *o)
{
	const bool own = fit_wants_own_gpus(o);

	if (own || wants_store(o))
		look(h, a, o, own);
	fit_look_for_stores(h, a, o);
}

const struct ollama *fit_ollama(const struct fit_host *h, const char *container)
{
	const struct ollama_list *l = h->facts ? &h->facts->ollama : NULL;

	for (size_t i = 0; l && i < l->server_count; i++)
		if (!container || str_eq(l->server[i].container, container))
			return &l->server[i];
	return NULL;
}
