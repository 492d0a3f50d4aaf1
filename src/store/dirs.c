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

/* Where in a mount the models are: the whole is a store, a folder ".ollama", or a home. */
static const char *const below[] = { "models", ".ollama/models", "" };

static void add(struct arena *a, struct names *n, size_t *room, const char *dir)
{
	if (!names_have(n, dir))
		names_add(a, n, room, dir);
}

/* Blanks and quotes around it go, as Ollama has it (envconfig). */
static const char *unquoted(struct arena *a, const char *text)
{
	const char *s = str_trim(a, text, strlen(text));
	while (*s == '"' || *s == '\'')
		s++;
	size_t n = strlen(s);
	while (n && (s[n - 1] == '"' || s[n - 1] == '\''))
		n--;
	return str_ndup(a, s, n);
}

struct names store_ollama_dirs(struct arena *a, const struct store_places *p)
{
	struct names out = { 0 };
	size_t room = 0;
	const char *models = p->models ? unquoted(a, p->models) : "";

	if (*models)
		add(a, &out, &room, models);
	for (size_t i = 0; i < p->mounts.count; i++)
		for (size_t k = 0; k < COUNT_OF(below); k++)
			add(a, &out, &room,
			    *below[k] ? arena_printf(a, "%s/%s", p->mounts.name[i], below[k])
				      : p->mounts.name[i]);
	if (p->home && *p->home)
		add(a, &out, &room, arena_printf(a, "%s/.ollama/models", p->home));
	for (size_t i = 0; i < COUNT_OF(usual); i++)
		add(a, &out, &room, usual[i]);
	return out;
}

/* Its manifests, to look into. */
static int look(struct arena *a, const char *dir, struct stat *st, struct err *e)
{
	const char *path = arena_printf(a, "%s/manifests", dir);

	if (stat(path, st) < 0)
		return store_failed(a, path, -errno, e);
	if (!S_ISDIR(st->st_mode))
		return err_set(e, -ENOTDIR, "read %s", store_brief(a, path));
	if (access(path, R_OK | X_OK) < 0)
		return store_failed(a, path, -errno, e);
	return 0;
}

static bool seen_before(const struct stat *seen, size_t count, const struct stat *st)
{
	for (size_t i = 0; i < count; i++)
		if (seen[i].st_dev == st->st_dev && seen[i].st_ino == st->st_ino)
			return true;
	return false;
}

int store_ollama_find(struct arena *a, const struct names *dirs, struct names *ret, struct err *e)
{
	struct stat *seen = arena_alloc(a, dirs->count * sizeof(*seen));
	struct err closed = { 0 };
	struct names out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < dirs->count; i++) {
		struct err why = { 0 };
		struct stat st;
		int r = look(a, dirs->name[i], &st, &why);
		if (r == -EACCES && !closed.code)
			closed = why;
		if (r < 0 || seen_before(seen, out.count, &st))
			continue;
		seen[out.count] = st;
		names_add(a, &out, &room, dirs->name[i]);
	}
	*ret = out;
	if (closed.code)
		return err_say(e, closed.code, "%s", closed.text);
	if (!out.count)
		return err_say(e, -ENOENT,
			       "no store of Ollama: none of %zu folders has models in it",
			       dirs->count);
	return 0;
}

int store_ollama_any(struct arena *a, const struct names *dirs, const char *name,
		     struct stored *ret, struct err *e)
{
	struct err told = { 0 }, closed = { 0 }, why = { 0 };
	struct names stores;
	int r = store_ollama_find(a, dirs, &stores, &closed);

	if (r == -ENOENT)
		return err_say(e, r, "%s", closed.text);
	for (size_t i = 0; i < stores.count; i++) {
		r = store_ollama(a, stores.name[i], name, ret, &why);
		if (r == 0)
			return 0;
		if (r != -ENOENT && !told.code)
			told = why;
	}
	if (told.code || closed.code)
		return err_say(e, told.code ? told.code : closed.code, "%s",
			       told.code ? told.text : closed.text);
	if (stores.count == 1)
		return err_say(e, r, "%s", why.text);
	return err_say(e, r, "no model %s in %s", store_brief(a, name),
		       names_join(a, &stores, " or "));
}
