/* SPDX-License-Identifier: MIT */
/* Where Ollama may keep its models. Ollama: docs/faq, "Where are models stored"; its Linux
 * installer gives the service the home /usr/share/ollama, Arch's package /var/lib/ollama. */
#include "cmd/fit/fit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts/facts.h"

static bool is_same(const struct fit_store *s, const char *dir, const struct store_id *id)
{
	return str_eq(s->dir, dir) ||
	       (id->inode && s->id.inode == id->inode && s->id.device == id->device);
}

static void add(struct arena *a, struct fit_host *h, const char *dir, const char *container)
{
	struct store_id id = { 0 };
	int r = store_ollama_is(a, dir, &id, NULL);

	if ((r < 0 && r != -EACCES) || h->store_count == FIT_STORES_MAX)
		return;
	for (size_t i = 0; i < h->store_count; i++)
		if (is_same(&h->store[i], dir, &id))
			return;
	h->store[h->store_count++] = (struct fit_store){ dir, container, r, id };
}

static void add_containers(struct arena *a, struct fit_host *h, const char *root)
{
	const struct docker *d = &h->facts->docker;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (c->kind == CONTAINER_OLLAMA && *c->model_store)
			add(a, h, arena_printf(a, "%s%s", root, c->model_store), c->name);
	}
}

/* Its drop-in or a file of its may have the models elsewhere. */
static void add_service(struct arena *a, struct fit_host *h, const char *root)
{
	const struct unit *u = services_unit(&h->facts->services, "ollama.service");
	const char *models = u ? env_value(&u->environment, "OLLAMA_MODELS") : NULL;

	if (models && *models == '/')
		add(a, h, arena_printf(a, "%s%s", root, models), NULL);
}

void fit_look_for_stores(struct fit_host *h, struct arena *a, const struct fit_options *o)
{
	const struct store_places usual = { getenv("OLLAMA_MODELS"), getenv("HOME") };
	const char *root = h->root ? h->root : "";

	h->store_count = 0;
	if (o->store)
		h->store[h->store_count++] = (struct fit_store){ .dir = o->store };
	if (o->store || !h->live || !h->facts)
		return;
	add_containers(a, h, root);
	add_service(a, h, root);
	const struct names dirs = store_ollama_dirs(a, &usual);
	for (size_t i = 0; i < dirs.count; i++)
		add(a, h, arena_printf(a, "%s%s", root, dirs.name[i]), NULL);
}
