/* SPDX-License-Identifier: MIT */
#include "store/split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/open.h"

void store_note(struct arena *a, struct stored *s, const char *text)
{
	size_t room = s->notes.count + 1;
	const char **more = arena_alloc(a, room * sizeof(*more));

	for (size_t i = 0; i < s->notes.count; i++)
		more[i] = s->notes.name[i];
	more[s->notes.count] = text;
	s->notes = (struct names){ more, room };
}

static bool five_digits(const char *s, uint64_t *ret)
{
	char digits[6] = "";

	for (size_t i = 0; i < 5; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		digits[i] = s[i];
	}
	return str_u64(digits, 10, SIZE_MAX, ret);
}

bool split_name(struct arena *a, const char *path, struct split_name *ret)
{
	const size_t tail = strlen("-00001-of-00005.gguf");
	size_t size = strlen(path);
	struct split_name out = { 0 };

	if (size <= tail || !str_ends(path, ".gguf"))
		return false;
	const char *at = path + size - tail;
	if (at[0] != '-' || strncmp(at + 6, "-of-", 4) != 0 || !five_digits(at + 1, &out.no) ||
	    !five_digits(at + 10, &out.count) || out.no == 0 || out.no > out.count)
		return false;
	out.no--;
	out.before = str_ndup(a, path, size - tail);
	*ret = out;
	return true;
}

const char *split_path(struct arena *a, const struct split_name *s, uint64_t no)
{
	return arena_printf(a, "%s-%05llu-of-%05llu.gguf", s->before, (unsigned long long)no + 1,
			    (unsigned long long)s->count);
}

void split_add(struct arena *a, struct split *s, const struct gguf *g, const char *where)
{
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 1;
		struct gguf *part = arena_alloc(a, room * sizeof(*part));
		const char **name = arena_alloc(a, room * sizeof(*name));
		for (size_t i = 0; i < s->count; i++) {
			part[i] = s->part[i];
			name[i] = s->where[i];
		}
		s->part = part;
		s->where = name;
		s->room = room;
	}
	s->part[s->count] = *g;
	s->where[s->count++] = where;
}

int split_bounds(const struct gguf *g, const char *where, struct err *e)
{
	if (g->split_count > SPLIT_MOST)
		return err_say(e, -EINVAL, "%s: part of %llu; %d are the most", where,
			       (unsigned long long)g->split_count, SPLIT_MOST);
	if (g->split_count > 1 && g->split_no >= g->split_count)
		return err_say(e, -EINVAL, "%s: part %llu of %llu", where,
			       (unsigned long long)g->split_no + 1,
			       (unsigned long long)g->split_count);
	return 0;
}

static int other_count(const struct split *s, size_t i, struct err *e)
{
	const char *first = store_base(s->where[0]), *name = store_base(s->where[i]);

	if (s->part[i].split_count == 0)
		return err_say(e, -EINVAL, "%s is no part of a model, as %s is", name, first);
	return err_say(e, -EINVAL, "%s is one of %llu parts, and %s one of %llu", first,
		       (unsigned long long)s->part[0].split_count, name,
		       (unsigned long long)s->part[i].split_count);
}

/* Which of them is which: at[no] is its place in s, or SIZE_MAX. */
static int sort_parts(const struct split *s, uint64_t of, size_t *at, struct err *e)
{
	for (uint64_t i = 0; i < of; i++)
		at[i] = SIZE_MAX;
	for (size_t i = 0; i < s->count; i++) {
		const struct gguf *g = &s->part[i];
		if (g->split_count != of)
			return other_count(s, i, e);
		int r = split_bounds(g, store_base(s->where[i]), e);
		if (r < 0)
			return r;
		if (at[g->split_no] != SIZE_MAX)
			return err_say(e, -EINVAL, "%s and %s are both part %llu of %llu",
				       store_base(s->where[at[g->split_no]]),
				       store_base(s->where[i]), (unsigned long long)g->split_no + 1,
				       (unsigned long long)of);
		at[g->split_no] = i;
	}
	return 0;
}

/* The first part says how many tensors there are in all. */
static int check_tensors(const struct split *s, const struct gguf *first, struct err *e)
{
	const struct gguf_key *all = gguf_key(first, "split.tensors.count");
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		count += s->part[i].tensor_count;
	if (!all || (all->whole >= 0 && (uint64_t)all->whole == count))
		return 0;
	return err_say(e, -EINVAL, "%s: its %zu parts have %zu tensors, and the first says %lld",
		       s->title, s->count, count, (long long)all->whole);
}

static void note_missing(struct arena *a, const size_t *at, uint64_t of, struct stored *ret)
{
	struct names no = { 0 };
	size_t room = 0;

	for (uint64_t i = 0; i < of; i++)
		if (at[i] == SIZE_MAX)
			names_add(a, &no, &room,
				  arena_printf(a, "%llu", (unsigned long long)i + 1));
	ret->parts_missing = no.count;
	if (no.count == 0)
		return;
	bool all = no.count <= 6;
	no.count = all ? no.count : 6;
	const char *list = names_join(a, &no, ", ");
	store_note(a, ret,
		   arena_printf(a, "part%s %s%s of %llu %s not there: what is in %s is not counted",
				no.count == 1 ? "" : "s", list, all ? "" : ", ...",
				(unsigned long long)of, no.count == 1 ? "is" : "are",
				no.count == 1 ? "it" : "them"));
}

int split_join(struct arena *a, struct split *s, struct stored *ret, struct err *e)
{
	uint64_t of = s->part[0].split_count;
	int r = split_bounds(&s->part[0], s->title, e);

	if (r < 0)
		return r;
	if (of <= 1 && s->count == 1) {
		ret->part = s->part;
		ret->part_count = 1;
		return 0;
	}
	size_t *at = arena_alloc(a, of * sizeof(*at));
	r = sort_parts(s, of, at, e);
	if (r < 0)
		return r;
	if (at[0] == SIZE_MAX)
		return err_say(
		    e, -ENOENT,
		    "%s: part 1 of %llu is not there, and only that says what the model is",
		    s->title, (unsigned long long)of);
	note_missing(a, at, of, ret);
	ret->where = s->where[at[0]];
	ret->part = arena_alloc(a, s->count * sizeof(*ret->part));
	for (uint64_t i = 0; i < of; i++)
		if (at[i] != SIZE_MAX)
			ret->part[ret->part_count++] = s->part[at[i]];
	return ret->parts_missing ? 0 : check_tensors(s, &ret->part[0], e);
}
