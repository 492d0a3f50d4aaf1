/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/open.h"
#include "store/store.h"

/* Homes of the user "ollama": of Ollama's installer; of Arch's package, whose unit sets
 * OLLAMA_MODELS to it; of NixOS; of Gentoo's. */
static const char *const usual[] = {
	"/usr/share/ollama/.ollama/models",
	"/var/lib/ollama",
	"/var/lib/ollama/models",
	"/var/lib/ollama/.ollama/models",
};

static void add(struct arena *a, struct names *n, size_t *room, const char *dir)
{
	if (!names_have(n, dir))
		names_add(a, n, room, dir);
}

struct names store_ollama_dirs(struct arena *a, const struct store_places *p)
{
	struct names out = { 0 };
	size_t room = 0;
	const char *models = p->models ? str_unquoted(a, p->models) : "";

	if (*models)
		add(a, &out, &room, models);
	if (p->home && *p->home)
		add(a, &out, &room, arena_printf(a, "%s/.ollama/models", p->home));
	for (size_t i = 0; i < COUNT_OF(usual); i++)
		add(a, &out, &room, usual[i]);
	return out;
}

int store_ollama_is(struct arena *a, const char *dir, struct store_id *ret, struct err *e)
{
	const char *path = arena_printf(a, "%s/manifests", dir);
	struct stat st;

	if (stat(path, &st) < 0)
		return store_failed(a, path, -errno, e);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, -ENOTDIR, "read %s", store_brief(a, path));
	*ret = (struct store_id){ st.st_dev, st.st_ino };
	return access(path, R_OK | X_OK) < 0 ? store_failed(a, path, -errno, e) : 0;
}
