/* SPDX-License-Identifier: MIT */
#include "recording/layer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct memory {
	struct layer layer;
	const struct memory_file *file; /* sorted by name */
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct memory_file *)a)->name, ((const struct memory_file *)b)->name);
}

static size_t first_from(const struct memory *m, const char *name)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(m->file[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct memory_file *find(const struct memory *m, const char *name)
{
	size_t i = first_from(m, name);
	return i < m->count && str_eq(m->file[i].name, name) ? &m->file[i] : NULL;
}

static int memory_look(const struct layer *l, const char *name, struct layer_look *ret)
{
	const struct memory *m = (const struct memory *)l;
	const struct memory_file *file = find(m, name);
	ARENA tmp = { 0 };

	if (file) {
		*ret = (struct layer_look){ file->is_dir, file->bytes.size };
		return 0;
	}
	const char *dir = arena_printf(&tmp, "%s/", name);
	size_t i = first_from(m, dir);
	if (i == m->count || !str_starts(m->file[i].name, dir))
		return -ENOENT;
	*ret = (struct layer_look){ .is_dir = true };
	return 0;
}

static int memory_read(const struct layer *l, struct arena *a, const char *name, size_t max,
		       struct bytes *ret)
{
	const struct memory_file *file = find((const struct memory *)l, name);
	struct layer_look look;

	if (memory_look(l, name, &look) < 0)
		return -ENOENT;
	if (look.is_dir)
		return -EISDIR;
	if (file->bytes.size > max)
		return -EFBIG;
	*ret = (struct bytes){ str_ndup(a, file->bytes.data, file->bytes.size), file->bytes.size };
	return 0;
}

static int memory_list(const struct layer *l, struct arena *a, const char *dir, struct names *ret)
{
	const struct memory *m = (const struct memory *)l;
	const char *prefix = arena_printf(a, "%s/", dir);
	size_t size = strlen(prefix), from = first_from(m, prefix), to = from, last = 0;

	while (to < m->count && str_starts(m->file[to].name, prefix))
		to++;
	struct names out = { arena_alloc(a, (to - from) * sizeof(*out.name)), 0 };
	for (size_t i = from; i < to; i++) {
		const char *name = m->file[i].name + size;
		size_t n = strcspn(name, "/");
		if (n == 0 ||
		    (out.count && n == last && !strncmp(out.name[out.count - 1], name, n)))
			continue;
		out.name[out.count++] = str_ndup(a, name, n);
		last = n;
	}
	*ret = out;
	return 0;
}

static void memory_close(struct layer *l)
{
	free(l);
}

static const struct layer_ops memory_ops = {
	.look = memory_look,
	.read = memory_read,
	.list = memory_list,
	.close = memory_close,
};

struct layer *layer_memory(const char *path, struct memory_file *file, size_t count, struct err *e)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (!m) {
		err_set(e, -ENOMEM, "recording %s", path);
		return NULL;
	}
	if (count)
		qsort(file, count, sizeof(*file), by_name);
	for (size_t i = 1; i < count; i++)
		if (str_eq(file[i - 1].name, file[i].name)) {
			err_set(e, -EINVAL, "recording %s: '%s' stands twice", path, file[i].name);
			free(m);
			return NULL;
		}
	m->file = file;
	m->count = count;
	m->layer.ops = &memory_ops;
	m->layer.path = str_dup(&m->layer.arena, path);
	m->layer.base = "";
	return &m->layer;
}
