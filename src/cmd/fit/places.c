/* SPDX-License-Identifier: MIT */
/* Where Ollama may keep its models. Ollama: docs/faq, "Where are models stored"; its Linux
 * installer gives the service the home /usr/share/ollama, Arch's package /var/lib/ollama. */
#include "cmd/fit/fit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "facts/facts.h"

struct places {
	struct arena *a;
	struct fit_store *place;
	size_t count;
};

/* 0: it is a store; -EACCES: it may be one; -ENOENT: it is none. */
static int look_into(struct arena *a, const char *dir)
{
	struct stat st;

	if (stat(arena_printf(a, "%s/manifests", dir), &st) == 0)
		return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
	return errno == EACCES || errno == EPERM ? -EACCES : -ENOENT;
}

static void add(struct places *p, const char *dir, const char *container)
{
	int r = look_into(p->a, dir);

	if ((r < 0 && r != -EACCES) || p->count == FIT_STORES_MAX)
		return;
	for (size_t i = 0; i < p->count; i++)
		if (str_eq(p->place[i].dir, dir))
			return;
	p->place[p->count++] = (struct fit_store){ dir, container, r };
}

static void add_containers(struct places *p, const struct fit_host *h, const char *root)
{
	const struct docker *d = &h->facts->docker;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (c->kind == CONTAINER_OLLAMA && *c->model_store)
			add(p, arena_printf(p->a, "%s%s", root, c->model_store), c->name);
	}
}

/* Its drop-in or a file of its may have the models elsewhere. */
static void add_service(struct places *p, const struct fit_host *h, const char *root)
{
	const struct unit *u = services_unit(&h->facts->services, "ollama.service");
	const char *models = u ? env_value(&u->environment, "OLLAMA_MODELS") : NULL;

	if (models && *models == '/')
		add(p, arena_printf(p->a, "%s%s", root, models), NULL);
}

size_t fit_stores(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		  struct fit_store ret[FIT_STORES_MAX])
{
	const struct store_places usual = { getenv("OLLAMA_MODELS"), getenv("HOME"), { 0 } };
	const char *root = h->root ? h->root : "";
	struct places p = { a, ret, 0 };

	if (o->store) {
		ret[0] = (struct fit_store){ o->store, NULL, 0 };
		return 1;
	}
	if (!h->live || !h->facts)
		return 0;
	add_containers(&p, h, root);
	add_service(&p, h, root);
	const struct names dirs = store_ollama_dirs(a, &usual);
	for (size_t i = 0; i < dirs.count; i++)
		add(&p, arena_printf(a, "%s%s", root, dirs.name[i]), NULL);
	return p.count;
}
