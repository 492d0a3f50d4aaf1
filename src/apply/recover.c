/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "apply/file/replace.h"
#include "apply/transact.h"

static int file_back(struct work *w, size_t i, struct err *e)
{
	const struct kept_file *f = &w->journal->file[i];
	const char *path = f->change.path;
	struct names missing;
	PLACE p = { -1 };

	int r = place_missing(w->root, w->arena, path, &missing, e);
	if (r < 0 || (missing.count && !f->change.existed))
		return r;
	r = place_make(w->root, w->arena, &missing, e);
	if (r == 0)
		r = place_open(w->root, w->arena, path, &p, e);
	if (r == 0)
		r = replace_back(&p, replace_temp(w->arena, w->journal->id, i), &f->change, &f->had,
				 e);
	if (r == -ESTALE && f->change.existed)
		return err_say(e, r,
			       "%s was edited by somebody else meanwhile, and is left; what stood "
			       "before is in " STORE "/%s/old.%zu",
			       path, w->journal->id, i);
	return r;
}

static int step_back(struct work *w, struct kept_step *k, struct err *e)
{
	struct step inverse;

	if (!k->early || k->doing == DOING_LEFT || w->to->files_only ||
	    !step_inverse(w->arena, &k->step, &inverse))
		return 0;
	int r = apply_act(w->to, w->arena, &inverse, e);
	return r < 0 ? err_wrap(e, r, "%s", inverse.what) : 0;
}

/* The first error is the one that is told; a file that cannot be had does not keep the others. */
static int files_back(struct work *w, int *ret_edited, struct err *e)
{
	int r = 0;
	for (size_t i = w->journal->file_count; i-- > 0;) {
		int one = file_back(w, i, *ret_edited || r ? NULL : e);
		if (one == -ESTALE)
			*ret_edited = one;
		else if (one < 0 && r == 0)
			r = one;
	}
	for (size_t i = w->journal->file_count; r == 0 && i-- > 0;)
		place_unmake(w->root, w->arena, &w->journal->file[i].missing);
	return r;
}

static bool any_early(const struct journal *j)
{
	for (size_t i = 0; i < j->step_count; i++)
		if (j->step[i].early && j->step[i].doing != DOING_LEFT)
			return true;
	return false;
}

int transact_back(struct work *w, bool *ret_kept, struct err *e)
{
	struct journal *j = w->journal;
	int edited = 0, undone = 0;

	*ret_kept = true;
	int r = files_back(w, &edited, e);
	if (r < 0)
		return r;
	for (size_t i = j->step_count; i-- > 0 && undone == 0;)
		undone = step_back(w, &j->step[i], edited ? NULL : e);
	if (edited || any_early(j)) {
		j->state = TRANSACTION_UNDONE;
		r = journal_write(w->store, j, e);
		return r < 0 ? r : edited ? edited : undone;
	}
	*ret_kept = false;
	return journals_drop(w->store, j->id, e);
}

static const char *when_of(struct arena *a, uint64_t usec)
{
	time_t sec = (time_t)(usec / 1000000);
	struct tm local;
	char text[32];

	localtime_r(&sec, &local);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local);
	return str_dup(a, text);
}

static void say(struct work *w, const char *fmt, const char **said)
{
	const struct journal *j = w->journal;
	const char *one = arena_printf(w->arena, "%s what '%s' had begun at %s and was cut off",
				       fmt, j->command, when_of(w->arena, j->usec));
	*said = *said ? arena_printf(w->arena, "%s; %s", *said, one) : one;
}

static int recover_prepared(struct work *w, const char **said, struct err *e)
{
	bool kept;
	int r = journal_bytes(w->store, w->arena, w->journal, e);

	if (r == 0)
		r = transact_back(w, &kept, e);
	if (r < 0)
		return err_wrap(e, r, "take back %s", w->journal->id);
	say(w, "took back", said);
	return 0;
}

/* Files only: what is left waits for whoever can do it. */
static int recover_written(struct work *w, const char **said, struct err *e)
{
	if (w->journal->once) {
		say(w, "left as it is", said);
		return transact_close(w, 0);
	}
	int r = transact_finish(w, e);

	if (r < 0)
		return err_wrap(e, r, "finish %s", w->journal->id);
	if (w->journal->state == TRANSACTION_DONE)
		say(w, "finished", said);
	return 0;
}

/* Of a directory without a journal nothing was done. */
static int sweep(struct work *w, struct err *e)
{
	struct names ids;
	int r = journals_list(w->store, w->arena, &ids, e);

	for (size_t i = 0; r == 0 && i < ids.count; i++)
		if (!journals_have(w->store, ids.name[i]))
			r = journals_drop(w->store, ids.name[i], e);
	return r;
}

static int recover_all(struct work *w, struct journal *j, size_t count, const char **said,
		       struct err *e)
{
	int r = 0;

	/* What was cut off last is what stands on top. */
	for (size_t i = 0; i < count && r == 0; i++) {
		w->journal = &j[i];
		if (j[i].state == TRANSACTION_PREPARED)
			r = recover_prepared(w, said, e);
	}
	for (size_t i = count; i-- > 0 && r == 0;) {
		w->journal = &j[i];
		if (j[i].state == TRANSACTION_WRITTEN && !journal_is_undone(j, &j[i]))
			r = recover_written(w, said, e);
	}
	return r;
}

int apply_recover(const struct apply_to *to, struct arena *a, const char **said, struct err *e)
{
	WORK w = { .root = -1, .store = -1 };
	struct journal *j;
	struct err damaged = { 0 };
	size_t count;

	*said = NULL;
	int r = work_open(&w, to, a, false, e);
	if (r == -ENOENT && w.root >= 0)
		r = 0;
	else if (r == 0)
		r = sweep(&w, e);
	if (r < 0 || w.store < 0)
		return r;
	r = journals_read(w.store, a, &j, &count, &damaged);
	if (r == 0)
		r = recover_all(&w, j, count, said, e);
	if (r < 0)
		return r;
	/* It may have been cut off, and nobody can tell. */
	if (damaged.code)
		return err_say(e, damaged.code,
			       "%s; when you have looked after its files, move it away",
			       damaged.text);
	r = *said != NULL;
	*said = *said ? *said : "";
	return r;
}
