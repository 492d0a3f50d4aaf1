/* SPDX-License-Identifier: MIT */
/* What was kept, as the files of a recording. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/kept.h"

enum {
	PASSES_MAX = 6, /* an error hides what is below it, which then needs lines of its own */
};

/* meta while it is written: new lines are appended, then sorted in. */
struct sheet {
	const struct recorder *recorder;
	struct arena *arena;
	struct meta meta;
	size_t room;
	bool has_new;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct meta_entry *)a)->key, ((const struct meta_entry *)b)->key);
}

static void add(struct sheet *s, struct meta_entry entry)
{
	if (s->meta.count == s->room) {
		size_t room = s->room ? 2 * s->room : 256;
		struct meta_entry *more = arena_alloc(s->arena, room * sizeof(*more));
		if (s->meta.count)
			memcpy(more, s->meta.entry, s->meta.count * sizeof(*more));
		s->meta.entry = more;
		s->room = room;
	}
	s->meta.entry[s->meta.count++] = entry;
}

/* Two lines on one path are one: its type and its error. True: that says more than before. */
static bool merge(struct meta_entry *to, const struct meta_entry *from)
{
	bool better_type =
	    from->has_type &&
	    (!to->has_type || (to->stat.type == STAT_OTHER && from->stat.type != STAT_OTHER));
	bool new_error = from->error && !to->error;

	if (better_type) {
		to->has_type = true;
		to->has_size = from->has_size;
		to->stat = from->stat;
	}
	if (new_error)
		to->error = from->error;
	return better_type || new_error;
}

/* Sorts in what was added behind the first `sorted` lines. */
static void sort_in(struct sheet *s, size_t sorted)
{
	struct meta_entry *entry = s->meta.entry;
	size_t kept = sorted;

	for (size_t i = sorted; i < s->meta.count; i++) {
		const struct meta old = { entry, sorted };
		const struct meta_entry *same = meta_find(&old, entry[i].key);
		if (same)
			s->has_new |= merge(&entry[same - entry], &entry[i]);
		else
			entry[kept++] = entry[i];
	}
	s->has_new |= kept > sorted;
	s->meta.count = kept;
	if (kept)
		qsort(entry, kept, sizeof(*entry), by_key);
	kept = 0;
	for (size_t i = 0; i < s->meta.count; i++) {
		if (kept && str_eq(entry[kept - 1].key, entry[i].key))
			merge(&entry[kept - 1], &entry[i]);
		else
			entry[kept++] = entry[i];
	}
	s->meta.count = kept;
}

static bool was_good(const struct sheet *s, enum verb verb, const char *path)
{
	const struct kept *k = kept_find(s->recorder, verb, SOURCE_COUNT, path);
	return k && !k->error;
}

static void add_error(struct sheet *s, const struct kept *k)
{
	add(s, (struct meta_entry){ .key = k->key, .error = k->error, .stat.target = "" });
}

static void check_error(struct sheet *s, const struct kept *k, int got)
{
	/* An error of one verb must not take away what another one got. */
	if (got != k->error && !was_good(s, VERB_READ, k->key) && !was_good(s, VERB_LIST, k->key))
		add_error(s, k);
}

static void add_type(struct sheet *s, const char *path, const struct host_stat *st)
{
	const struct kept *file = kept_find(s->recorder, VERB_READ, SOURCE_COUNT, path);
	uint64_t usual = st->type == STAT_FILE && file && !file->error ? file->bytes.size : 0;

	add(s, (struct meta_entry){
		   .key = path,
		   .has_type = true,
		   .has_size = st->size_bytes != usual,
		   .stat = *st,
	       });
}

static void check_list(struct sheet *s, const struct kept *k, int r, const struct names *got)
{
	static const struct host_stat dir = { .type = STAT_DIR, .mode = 0755, .target = "" };
	static const struct host_stat some = { .type = STAT_OTHER, .mode = 0644, .target = "" };

	if (r < 0 && k->names.count == 0 && !was_good(s, VERB_STAT, k->key))
		add_type(s, k->key, &dir);
	for (size_t i = 0, g = 0; i < k->names.count; i++) {
		const char *name = k->names.name[i];
		while (r == 0 && g < got->count && strcmp(got->name[g], name) < 0)
			g++;
		if (r == 0 && g < got->count && str_eq(got->name[g], name))
			continue;
		const char *path = arena_printf(s->arena, "%s/%s", k->key, name);
		if (!was_good(s, VERB_STAT, path))
			add_type(s, path, &some);
	}
}

static bool same_stat(const struct host_stat *a, const struct host_stat *b)
{
	return a->type == b->type && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
	       a->major == b->major && a->minor == b->minor && a->size_bytes == b->size_bytes &&
	       a->mtime_sec == b->mtime_sec && str_eq(a->target, b->target);
}

/* Adds the lines that make the recording answer this question as the host did. */
static void check(struct sheet *s, const struct stack *stack, const struct kept *k)
{
	ARENA tmp = { 0 };
	struct bytes bytes;
	struct names names;
	struct host_stat st;
	int r;

	switch (k->verb) {
	case VERB_READ:
		r = stack_read(stack, &tmp, k->key, &bytes);
		if (k->error)
			check_error(s, k, r);
		break;
	case VERB_LIST:
		r = stack_list(stack, &tmp, k->key, &names);
		if (k->error)
			check_error(s, k, r);
		else
			check_list(s, k, r, &names);
		break;
	case VERB_STAT:
		r = stack_stat(stack, &tmp, k->key, &st);
		if (k->error)
			check_error(s, k, r);
		else if (r < 0 || !same_stat(&st, &k->stat))
			add_type(s, k->key, &k->stat);
		break;
	case VERB_ASK:
		r = stack_ask(stack, &tmp, k->who, k->key, &bytes);
		if (r != k->error)
			add(s, (struct meta_entry){
				   .key = question_key(s->arena, k->who, k->key),
				   .error = k->error,
				   .stat.target = "",
			       });
		break;
	}
}

static struct draft make_files(const struct recorder *r, struct arena *a)
{
	/* Room for egpu-recording and meta too. */
	struct draft d = { arena_alloc(a, (r->count + 2) * sizeof(*d.file)), 0 };

	for (size_t i = 0; i < r->count; i++) {
		const struct kept *k = r->kept[i];
		if (k->error || (k->verb != VERB_READ && k->verb != VERB_ASK))
			continue;
		d.file[d.count++] = (struct memory_file){
			.name = k->verb == VERB_READ ? path_file(a, k->key)
						     : question_file(a, k->who, k->key),
			.bytes = k->bytes,
		};
	}
	return d;
}

static int make_sheet(struct sheet *s, struct draft *d, struct err *e)
{
	struct layer *l = layer_memory("of this host", d->file, d->count, e);
	if (!l)
		return e ? e->code : -EINVAL;

	const struct stack stack = { { l }, 1 };
	for (int pass = 0; pass < PASSES_MAX; pass++) {
		size_t sorted = s->meta.count;
		l->meta = s->meta;
		for (size_t i = 0; i < s->recorder->count; i++)
			check(s, &stack, s->recorder->kept[i]);
		s->has_new = false;
		sort_in(s, sorted);
		if (!s->has_new)
			break;
	}
	layer_close(l);
	return 0;
}

static struct bytes meta_text(struct sheet *s)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	for (size_t i = 0; i < s->meta.count; i++) {
		ARENA tmp = { 0 };
		fputs(meta_line(&tmp, &s->meta.entry[i]), f);
	}
	if (fclose(f) != 0)
		abort();
	struct bytes out = { str_ndup(s->arena, text, size), size };
	free(text);
	return out;
}

int draft_make(const struct recorder *r, struct arena *a, struct draft *ret, struct err *e)
{
	static const char self[] = "version=1\nnote=recorded by egpu " EGPU_VERSION "\n";
	struct sheet s = { .recorder = r, .arena = a };
	struct draft d = make_files(r, a);
	int code = make_sheet(&s, &d, e);

	if (code < 0)
		return code;
	d.file[d.count++] = (struct memory_file){ "egpu-recording", false, bytes_of(self) };
	d.file[d.count++] = (struct memory_file){ "meta", false, meta_text(&s) };
	*ret = d;
	return 0;
}
