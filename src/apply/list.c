/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "apply/transact.h"

enum { JOURNALS_MAX = 1000 };

int journals_read(int store, struct arena *a, struct journal **ret, size_t *ret_count,
		  struct err *e)
{
	struct names ids;
	int r = journals_list(store, a, &ids, e);

	if (r < 0)
		return r;
	struct err one, first = { 0 };
	size_t count = ids.count < JOURNALS_MAX ? ids.count : JOURNALS_MAX, read = 0;
	struct journal *out = arena_alloc(a, (count + 1) * sizeof(*out));
	for (size_t i = 0; i < count; i++) {
		r = journal_read(store, a, ids.name[ids.count - 1 - i], &out[read], &one);
		read += r == 0;
		if (r < 0 && r != -ENOENT && !first.code)
			first = one;
	}
	if (e && first.code)
		*e = first;
	*ret = out;
	*ret_count = read;
	return 0;
}

static bool counts(const struct journal *j)
{
	return j->state == TRANSACTION_WRITTEN || j->state == TRANSACTION_DONE;
}

/*
 * Nothing is written into the one that is taken back, so no crash can come between: that the later
 * one stands is all that says so. Each undoes one, so that this visits each at most once.
 */
bool journal_is_undone(const struct journal *all, const struct journal *j)
{
	if (j->state == TRANSACTION_UNDONE)
		return true;
	for (const struct journal *later = j; later-- > all;)
		if (counts(later) && str_eq(later->undoes, j->id) && !journal_is_undone(all, later))
			return true;
	return false;
}

static struct transaction shown(struct arena *a, const struct journal *j, bool undone)
{
	struct transaction t = { .id = j->id,
				 .command = j->command,
				 .undoes = j->undoes,
				 .state = undone ? TRANSACTION_UNDONE : j->state,
				 .usec = j->usec,
				 .note = j->note };
	size_t room = 0, file_room = 0;

	for (size_t i = 0; i < j->file_count; i++) {
		names_add(a, &t.what, &room, j->file[i].what);
		names_add(a, &t.files, &file_room, j->file[i].change.path);
	}
	for (size_t i = 0; i < j->step_count; i++)
		names_add(a, &t.what, &room, j->step[i].step.what);
	return t;
}

int transaction_list(const struct apply_to *to, struct arena *a, struct transaction **ret,
		     size_t *ret_count, struct err *e)
{
	WORK w = { .root = -1, .store = -1 };
	struct journal *j = NULL;
	size_t count = 0;

	int r = work_open(&w, to, a, false, e);
	if (r == 0)
		r = journals_read(w.store, a, &j, &count, e);
	else if (r == -ENOENT && w.root >= 0)
		r = 0;
	if (r < 0)
		return r;
	if (e && w.store < 0)
		*e = (struct err){ 0 };
	struct transaction *out = arena_alloc(a, (count + 1) * sizeof(*out));
	for (size_t i = 0; i < count; i++)
		out[i] = shown(a, &j[i], journal_is_undone(j, &j[i]));
	*ret = out;
	*ret_count = count;
	return 0;
}

int transaction_note(const struct apply_to *to, const char *id, const struct names *note,
		     struct err *e)
{
	ARENA a = { 0 };
	WORK w = { .root = -1, .store = -1 };
	struct journal j;

	if (!journals_is_id(id))
		return err_set(e, -ENOENT, "transaction '%s'", id);
	int r = work_open(&w, to, &a, false, e);
	if (r == 0)
		r = journal_read(w.store, &a, id, &j, e);
	if (r < 0)
		return r;
	size_t room = j.note.count;
	for (size_t i = 0; i < note->count; i++)
		names_add(&a, &j.note, &room, note->name[i]);
	return journal_write(w.store, &j, e);
}
