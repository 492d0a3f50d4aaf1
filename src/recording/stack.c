/* SPDX-License-Identifier: MIT */
/* What recordings on top of each other answer, the uppermost first. */
#include "recording/layer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOPS_MAX = 16, /* links followed for one question; the kernel's own limit is 40 */
	NOT_HERE = 1,  /* no layer says anything about this very path, or it is a link */
};

/* What one layer says about one path. */
struct claim {
	const struct meta_entry *typed; /* or NULL */
	bool is_file;                   /* its bytes are here */
	bool is_dir;                    /* something below it is here */
	bool is_last;                   /* layers below are hidden */
	int error;
	uint64_t size_bytes; /* of is_file */
};

/* A path that a line only says not to be there; with a type, there is at least a name. */
static bool is_absent(const struct meta_entry *m)
{
	return m->error == -ENOENT && !m->has_type;
}

static bool has_below(const struct meta *m, struct arena *tmp, const char *path)
{
	const char *dir = arena_printf(tmp, "%s/", path);

	for (size_t i = meta_first_below(m, dir); i < m->count; i++) {
		if (!str_starts(m->entry[i].key, dir))
			return false;
		if (!is_absent(&m->entry[i]))
			return true;
	}
	return false;
}

static struct claim claim(const struct layer *l, struct arena *tmp, const char *path)
{
	const struct meta_entry *m = meta_find(&l->meta, path);
	int exact = m ? m->error : 0, above = meta_error_above(&l->meta, path);
	struct layer_look look;
	bool have = l->ops->look(l, path_file(tmp, path), &look) == 0;
	struct claim c = {
		.typed = m && m->has_type ? m : NULL,
		.is_file = have && !look.is_dir,
		.is_dir = (have && look.is_dir) || has_below(&l->meta, tmp, path),
		.is_last = exact || above,
		.size_bytes = have ? look.size_bytes : 0,
	};

	/* "not there", with files below it, is a directory that replaces the base's. */
	if (exact && !(exact == -ENOENT && c.is_dir))
		c.error = exact;
	else if (!m && !c.is_file && !c.is_dir)
		c.error = above;
	return c;
}

static int error_of_type(enum stat_type type)
{
	switch (type) {
	case STAT_LINK:
		return NOT_HERE;
	case STAT_DIR:
		return -EISDIR;
	case STAT_CHAR:
	case STAT_BLOCK:
	case STAT_SOCKET:
		return -EINVAL;
	case STAT_FILE:
	case STAT_OTHER:
		break;
	}
	return 0; /* its bytes may be kept further down */
}

static int exact_read(const struct stack *s, struct arena *a, const char *path, struct bytes *ret)
{
	ARENA tmp = { 0 };
	bool is_dir = false;
	int otherwise = NOT_HERE;

	for (size_t i = 0; i < s->count; i++) {
		const struct layer *l = s->layer[i];
		struct claim c = claim(l, &tmp, path);
		if (c.error)
			return is_dir ? -EISDIR : otherwise < 0 ? otherwise : c.error;
		if (c.is_file && !is_dir)
			return l->ops->read(l, a, path_file(&tmp, path), RECORDING_TREE_MAX, ret);
		int r = c.typed ? error_of_type(c.typed->stat.type) : 0;
		if (r)
			return r;
		is_dir |= c.is_dir;
		if (c.typed && otherwise == NOT_HERE)
			otherwise =
			    c.typed->stat.size_bytes > RECORDING_TREE_MAX ? -EFBIG : -ENODATA;
		if (c.is_last)
			break;
	}
	return is_dir ? -EISDIR : otherwise;
}

static struct host_stat plain_stat(enum stat_type type, unsigned mode, uint64_t size_bytes)
{
	return (
	    struct host_stat){ .type = type, .mode = mode, .size_bytes = size_bytes, .target = "" };
}

/* Size of a plain file whose line does not tell it: of its bytes, here or further down. */
static uint64_t size_below(const struct stack *s, size_t from, struct arena *tmp, const char *path)
{
	for (size_t i = from; i < s->count; i++) {
		struct claim c = claim(s->layer[i], tmp, path);
		if (c.is_file || (c.is_last && !c.typed))
			return c.size_bytes;
	}
	return 0;
}

static struct host_stat typed_stat(const struct stack *s, size_t i, struct arena *tmp,
				   struct arena *a, const char *path, const struct meta_entry *m)
{
	struct host_stat st = m->stat;

	if (st.type == STAT_FILE && !m->has_size)
		st.size_bytes = size_below(s, i, tmp, path);
	st.target = str_dup(a, st.target);
	return st;
}

static int exact_stat(const struct stack *s, struct arena *a, const char *path,
		      struct host_stat *ret)
{
	ARENA tmp = { 0 };
	bool is_dir = false;

	for (size_t i = 0; i < s->count; i++) {
		struct claim c = claim(s->layer[i], &tmp, path);
		if (c.typed) {
			*ret = typed_stat(s, i, &tmp, a, path, c.typed);
			return 0;
		}
		if (c.error && !is_dir)
			return c.error;
		if (c.is_file && !is_dir) {
			*ret = plain_stat(STAT_FILE, 0644, c.size_bytes);
			return 0;
		}
		is_dir |= c.is_dir;
		if (c.is_last)
			break;
	}
	if (!is_dir)
		return NOT_HERE;
	*ret = plain_stat(STAT_DIR, 0755, 0);
	return 0;
}

/* Names while they are gathered: with repetitions, in no order. */
struct gathered {
	struct arena *arena;
	struct names names;
	size_t room;
};

static void gather(struct gathered *g, const char *name, size_t size)
{
	if (g->names.count == g->room) {
		size_t room = g->room ? 2 * g->room : 64;
		const char **more = arena_alloc(g->arena, room * sizeof(*more));
		if (g->names.count)
			memcpy(more, g->names.name, g->names.count * sizeof(*more));
		g->names.name = more;
		g->room = room;
	}
	g->names.name[g->names.count++] = str_ndup(g->arena, name, size);
}

/* A layer that replaces a directory gives its name itself. */
static bool hidden_above(const struct stack *s, size_t below, const char *path)
{
	for (size_t i = 0; i < below; i++) {
		const struct meta_entry *m = meta_find(&s->layer[i]->meta, path);
		if (m && is_absent(m))
			return true;
	}
	return false;
}

/* The names in the directory that layer i itself knows. */
static void gather_layer(const struct stack *s, size_t i, struct gathered *g, const char *path)
{
	ARENA tmp = { 0 };
	const struct layer *l = s->layer[i];
	const char *dir = arena_printf(&tmp, "%s/", path);
	struct names own = { 0 };

	l->ops->list(l, &tmp, path_file(&tmp, path), &own);
	for (size_t n = 0; n < own.count; n++)
		if (!hidden_above(s, i, arena_printf(&tmp, "%s%s", dir, own.name[n])))
			gather(g, own.name[n], strlen(own.name[n]));

	for (size_t n = meta_first_below(&l->meta, dir); n < l->meta.count; n++) {
		const struct meta_entry *m = &l->meta.entry[n];
		if (!str_starts(m->key, dir))
			break;
		const char *name = m->key + strlen(dir);
		size_t size = strcspn(name, "/");
		const char *child = str_ndup(&tmp, m->key, strlen(dir) + size);
		if (!is_absent(m) && !hidden_above(s, i, child))
			gather(g, name, size);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct names sorted_once(struct names n)
{
	size_t kept = 0;

	if (n.count)
		qsort(n.name, n.count, sizeof(*n.name), by_name);
	for (size_t i = 0; i < n.count; i++)
		if ((kept == 0 || !str_eq(n.name[kept - 1], n.name[i])) &&
		    !str_eq(n.name[i], "%2E%2E") && !str_eq(n.name[i], ".."))
			n.name[kept++] = n.name[i];
	n.count = kept;
	return n;
}

/* 0: it is a directory, and g has its names. NOT_HERE with names: it is a link with more behind it.
 */
static int exact_list(const struct stack *s, struct gathered *g, const char *path)
{
	ARENA tmp = { 0 };
	int known = NOT_HERE;

	for (size_t i = 0; i < s->count; i++) {
		struct claim c = claim(s->layer[i], &tmp, path);
		enum stat_type type = c.typed ? c.typed->stat.type : STAT_OTHER;
		if (c.error)
			return known == NOT_HERE ? c.error : known;
		if (c.is_dir)
			gather_layer(s, i, g, path);
		if (c.is_dir || type == STAT_DIR)
			known = 0;
		if (type == STAT_LINK)
			return NOT_HERE;
		if (known != 0 && (c.is_file || (c.typed && type != STAT_OTHER)))
			return -ENOTDIR;
		if (known != 0 && c.typed)
			known = -ENODATA;
		if (c.is_last || c.is_file)
			break;
	}
	return known;
}

/* The target that the uppermost layer which knows the path gives for it, or NULL. */
static const char *link_target(const struct stack *s, const char *path)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct meta_entry *m = meta_find(&s->layer[i]->meta, path);
		if (m && m->has_type)
			return m->stat.type == STAT_LINK ? m->stat.target : NULL;
		if (m || meta_error_above(&s->layer[i]->meta, path))
			return NULL;
	}
	return NULL;
}

/*
 * Where a path leads when its links are followed, as the kernel does it. What
 * was asked for through a link may be kept by that path too, hence two looks
 * for each part: by the path so far as asked, and by where we really are.
 */
static int resolve(const struct stack *s, struct arena *a, const char *path, bool follow_last,
		   unsigned *hops, const char **ret)
{
	char *real = str_dup(a, "");

	for (const char *part = path; *part;) {
		size_t n = strcspn(part + 1, "/") + 1;
		const char *asked = str_ndup(a, path, (size_t)(part + n - path));
		char *next = arena_printf(a, "%s%.*s", real, (int)n, part);
		bool is_last = part[n] == '\0';
		if (n == 3 && strncmp(part, "/..", n) == 0) {
			char *slash = strrchr(real, '/');
			if (slash)
				*slash = '\0';
			part += n;
			continue;
		}
		part += n;
		const char *target = is_last && !follow_last ? NULL : link_target(s, asked);
		if (!target && (!is_last || follow_last))
			target = link_target(s, next);
		if (!target) {
			real = next;
			continue;
		}
		if ((*hops)++ == HOPS_MAX)
			return -ELOOP;
		const char *to = *target == '/' ? target : arena_printf(a, "%s/%s", real, target);
		int r = resolve(s, a, path_tidy(a, to), true, hops, &to);
		if (r < 0)
			return r;
		real = str_dup(a, to);
	}
	*ret = real;
	return 0;
}

/* NULL in *ret where following links leads nowhere else. */
static int elsewhere(const struct stack *s, struct arena *a, const char *path, bool follow_last,
		     const char **ret)
{
	unsigned hops = 0;
	const char *real = "";
	int r = resolve(s, a, path, follow_last, &hops, &real);

	*ret = r < 0 || str_eq(real, path) ? NULL : real;
	return r;
}

int stack_read(const struct stack *s, struct arena *a, const char *path, struct bytes *ret)
{
	ARENA tmp = { 0 };
	const char *tidy = path_tidy(&tmp, path), *real;
	int r = exact_read(s, a, tidy, ret);

	if (r != NOT_HERE)
		return r;
	r = elsewhere(s, &tmp, tidy, true, &real);
	if (r == 0 && real)
		r = exact_read(s, a, real, ret);
	else if (r == 0)
		r = -ENOENT;
	return r == NOT_HERE ? -ENOENT : r;
}

int stack_stat(const struct stack *s, struct arena *a, const char *path, struct host_stat *ret)
{
	ARENA tmp = { 0 };
	const char *tidy = path_tidy(&tmp, path), *real;
	int r = exact_stat(s, a, tidy, ret);

	if (r != NOT_HERE)
		return r;
	r = elsewhere(s, &tmp, tidy, false, &real);
	if (r == 0 && real)
		r = exact_stat(s, a, real, ret);
	else if (r == 0)
		r = -ENOENT;
	return r == NOT_HERE ? -ENOENT : r;
}

int stack_list(const struct stack *s, struct arena *a, const char *dir, struct names *ret)
{
	ARENA tmp = { 0 };
	struct gathered g = { .arena = a };
	const char *tidy = path_tidy(&tmp, dir), *real;
	int r = exact_list(s, &g, tidy);

	if (r == NOT_HERE) {
		r = elsewhere(s, &tmp, tidy, true, &real);
		r = r < 0 ? r : real ? exact_list(s, &g, real) : -ENOENT;
		if (r == NOT_HERE)
			r = -ENOENT;
		if (g.names.count)
			r = 0;
	}
	if (r == 0)
		*ret = sorted_once(g.names);
	return r;
}

int stack_ask(const struct stack *s, struct arena *a, enum source who, const char *question,
	      struct bytes *ret)
{
	ARENA tmp = { 0 };
	const char *file = question_file(&tmp, who, question);
	const char *key = question_key(&tmp, who, question);
	const char *all = question_key(&tmp, who, "");

	for (size_t i = 0; i < s->count; i++) {
		const struct layer *l = s->layer[i];
		struct layer_look look;
		if (l->ops->look(l, file, &look) == 0 && !look.is_dir)
			return l->ops->read(l, a, file, RECORDING_ANSWER_MAX, ret);
		const struct meta_entry *m = meta_find(&l->meta, key);
		if (!m)
			m = meta_find(&l->meta, all);
		if (m)
			return m->error;
	}
	return -ENOENT;
}
