/* SPDX-License-Identifier: MIT */
#include "store/list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "store/open.h"
#include "store/store.h"

#define DIRECTORY __attribute__((cleanup(closedirp))) DIR
static void closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

struct walk {
	struct arena *arena;
	const struct ollama_name *like; /* NULL: all */
	struct ollama_name at;          /* the parts on the way down */
	struct name_list found;
	size_t room;
};

static bool is_file(DIR *d, const struct dirent *de)
{
	struct stat st;

	if (de->d_type != DT_LNK && de->d_type != DT_UNKNOWN)
		return de->d_type == DT_REG;
	return fstatat(dirfd(d), de->d_name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static int add(struct walk *w, const char *dir, struct err *e)
{
	struct name_list *f = &w->found;

	if (f->count == STORE_NAMES_MOST)
		return err_say(e, -EFBIG, "%s has more than %d models", store_brief(w->arena, dir),
			       STORE_NAMES_MOST);
	if (f->count == w->room) {
		w->room = w->room ? 2 * w->room : 64;
		struct ollama_name *more = arena_alloc(w->arena, w->room * sizeof(*more));
		if (f->count)
			memcpy(more, f->name, f->count * sizeof(*more));
		f->name = more;
	}
	f->name[f->count++] = w->at;
	return 0;
}

static bool wanted(const struct walk *w, int part, const char *text)
{
	return ollama_part_valid(part, text) &&
	       (!w->like || part == OLLAMA_TAG || strcasecmp(text, w->like->part[part]) == 0);
}

/* As deep as a name has parts: a link that leads back up ends there. */
static int walk(struct walk *w, const char *path, int part, struct err *e)
{
	DIRECTORY *d = opendir(path);
	int r = 0;

	/* a file where a folder should be, or what just went: no model lies there */
	if (!d && part > 0 && (errno == ENOTDIR || errno == ENOENT || errno == ELOOP))
		return 0;
	if (!d)
		return store_failed(w->arena, path, -errno, e);
	for (struct dirent *de; r == 0 && (de = readdir(d));) {
		if (!wanted(w, part, de->d_name))
			continue;
		w->at.part[part] = str_dup(w->arena, de->d_name);
		if (part < OLLAMA_TAG)
			r = walk(w, arena_printf(w->arena, "%s/%s", path, de->d_name), part + 1, e);
		else if (is_file(d, de))
			r = add(w, path, e);
	}
	return r;
}

int name_list(struct arena *a, const char *dir, const struct ollama_name *like,
	      struct name_list *ret, struct err *e)
{
	struct walk w = { .arena = a, .like = like };
	int r = walk(&w, arena_printf(a, "%s/manifests", dir), 0, e);

	if (r == -ENOENT)
		return err_say(e, r, "%s has no models of Ollama: no folder 'manifests' is in it",
			       store_brief(a, dir));
	if (r == 0)
		*ret = w.found;
	return r;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int store_list(struct arena *a, const char *dir, struct names *ret, struct err *e)
{
	struct name_list found = { 0 };
	int r = name_list(a, dir, NULL, &found, e);

	if (r < 0)
		return r;
	struct names out = { arena_alloc(a, found.count * sizeof(*out.name)), found.count };
	for (size_t i = 0; i < found.count; i++)
		out.name[i] = ollama_name_text(a, &found.name[i]);
	if (out.count)
		qsort(out.name, out.count, sizeof(*out.name), by_text);
	*ret = out;
	return 0;
}
