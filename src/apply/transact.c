/* SPDX-License-Identifier: MIT */
#include "apply/transact.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/file/replace.h"

/* What apply_plan() knows besides the journal. */
struct making {
	struct work work;
	struct journal journal;
	const struct step *step_of[STEPS_MAX];  /* of each file */
	const struct kept_file *was[STEPS_MAX]; /* in the transaction that is taken back, or NULL */
	struct target target[STEPS_MAX];
};

int work_open(struct work *w, const struct apply_to *to, struct arena *a, bool make, struct err *e)
{
	*w = (struct work){ to, a, -1, -1, NULL };
	w->root = place_root(to->root, e);
	if (w->root < 0)
		return w->root;
	w->store = journals_open(w->root, make, e);
	return w->store < 0 ? w->store : 0;
}

void work_done(struct work *w)
{
	place_close_fd(&w->root);
	place_close_fd(&w->store);
}

static void tell(const struct work *w, const struct step *s)
{
	if (w->to->tell)
		w->to->tell(w->to->data, s, false);
}

static int run_step(struct work *w, struct kept_step *k, struct err *e)
{
	k->doing = DOING_STARTED;
	int r = journal_write(w->store, w->journal, e);
	if (r < 0)
		return r;
	tell(w, &k->step);
	r = apply_act(w->to, w->arena, &k->step, e);
	if (r < 0)
		return err_wrap(e, r, "%s", k->step.what);
	k->doing = DOING_DONE;
	return journal_write(w->store, w->journal, e);
}

/* False: some are left, since nobody here can do them. */
static bool all_done(const struct journal *j)
{
	for (size_t i = 0; i < j->step_count; i++)
		if (j->step[i].doing != DOING_DONE)
			return false;
	return true;
}

static int run_steps(struct work *w, bool early, struct err *e)
{
	struct journal *j = w->journal;
	int r = 0;

	for (size_t i = 0; r == 0 && !w->to->files_only && i < j->step_count; i++)
		if (j->step[i].early == early && j->step[i].doing != DOING_DONE)
			r = run_step(w, &j->step[i], e);
	return r;
}

/* The old files, and the directories that stood for them only. */
static int clear_away(struct work *w, struct err *e)
{
	const struct journal *j = w->journal;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->file_count; i++) {
		PLACE p = { -1 };
		r = place_open(w->root, w->arena, j->file[i].change.path, &p, e);
		if (r == 0)
			r = replace_drop(&p, replace_temp(w->arena, j->id, i), e);
		else if (r == -ENOENT)
			r = 0;
	}
	for (size_t i = j->file_count; r == 0 && i-- > 0;)
		place_unmake(w->root, w->arena, &j->file[i].gone);
	return r;
}

int transact_finish(struct work *w, struct err *e)
{
	int r = clear_away(w, e);
	/* Early ones are left where a root was written that did not run. */
	if (r == 0)
		r = run_steps(w, true, e);
	if (r == 0)
		r = run_steps(w, false, e);
	if (r < 0 || !all_done(w->journal))
		return r;
	w->journal->state = TRANSACTION_DONE;
	return journal_write(w->store, w->journal, e);
}

int transact_close(struct work *w, int r)
{
	/* Half a taking back is none: it is tried again by whoever still wants it. */
	w->journal->state = *w->journal->undoes ? TRANSACTION_UNDONE : TRANSACTION_DONE;
	int closed = journal_write(w->store, w->journal, NULL);
	return r < 0 ? r : closed;
}

static const struct kept_file *find(const struct journal *j, const char *path)
{
	for (size_t i = 0; j && i < j->file_count; i++)
		if (str_eq(j->file[i].change.path, path))
			return &j->file[i];
	return NULL;
}

static void add_file(struct making *m, const struct step *s, const struct kept_file *was)
{
	struct journal *j = &m->journal;
	struct kept_file *f = &j->file[j->file_count];

	/* What comes before the first file is done before it: files of packages that are not
	 * there yet cannot be edited. */
	for (size_t i = 0; j->file_count == 0 && i < j->step_count; i++)
		j->step[i].early = true;
	*f = (struct kept_file){ .change = s->file, .theme = s->theme, .what = s->what };
	if (was && !was->change.existed)
		f->gone = was->missing;
	m->step_of[j->file_count] = s;
	m->was[j->file_count++] = was;
}

static void add_step(struct making *m, const struct step *s, const struct journal *undoes)
{
	struct journal *j = &m->journal;

	if (s->kind == STEP_FILE)
		add_file(m, s, find(undoes, s->file.path));
	else if (s->kind != STEP_PERSON)
		j->step[j->step_count++] = (struct kept_step){ .step = *s };
}

static void lay_out(struct making *m, struct arena *a, const struct plan *p,
		    const struct journal *undoes)
{
	struct journal *j = &m->journal;

	j->command = m->work.to->command ? m->work.to->command : "egpu";
	j->undoes = undoes ? undoes->id : "";
	j->once = p->once;
	j->file = arena_alloc(a, STEPS_MAX * sizeof(*j->file));
	j->step = arena_alloc(a, STEPS_MAX * sizeof(*j->step));
	for (size_t i = 0; i < p->count; i++)
		add_step(m, &p->step[i], undoes);
}

static int check_targets(struct making *m, struct err *e)
{
	struct journal *j = &m->journal;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->file_count; i++) {
		struct kept_file *f = &j->file[i];
		r = target_check(m->work.root, m->work.arena, &f->change, &m->target[i], e);
		f->had = m->target[i].now.attrs;
		f->missing = m->target[i].missing;
	}
	return r < 0 ? r : targets_room(m->work.arena, m->target, j->file_count, e);
}

/* Beside each file its new bytes. It is looked at once more: the steps before may have changed it.
 */
static int stage(struct making *m, size_t i, struct err *e)
{
	struct work *w = &m->work;
	const struct kept_file *f = &m->journal.file[i], *was = m->was[i];
	struct target now;
	PLACE p = { -1 };

	tell(w, m->step_of[i]);
	int r = target_check(w->root, w->arena, &f->change, &now, e);
	if (r == 0)
		r = place_make(w->root, w->arena, &now.missing, e);
	if (r == 0)
		r = place_open(w->root, w->arena, f->change.path, &p, e);
	if (r < 0)
		return r;
	const struct attrs *had = now.now.exists               ? &now.now.attrs
				  : was && was->change.existed ? &was->had
							       : NULL;
	return replace_stage(&p, replace_temp(w->arena, m->journal.id, i), &f->change, had, e);
}

static int swap(struct making *m, size_t i, struct err *e)
{
	struct work *w = &m->work;
	const struct file_change *c = &m->journal.file[i].change;
	PLACE p = { -1 };
	int r = place_open(w->root, w->arena, c->path, &p, e);

	return r < 0 ? r : replace_swap(&p, replace_temp(w->arena, m->journal.id, i), c, e);
}

static int write_files(struct making *m, struct err *e)
{
	struct journal *j = &m->journal;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->file_count; i++)
		r = stage(m, i, e);
	for (size_t i = 0; r == 0 && i < j->file_count; i++)
		r = swap(m, i, e);
	if (r < 0)
		return r;
	j->state = TRANSACTION_WRITTEN;
	r = journal_write(m->work.store, j, e);
	if (r < 0) {
		/* It may say so already, and what is taken back must not be finished. */
		j->state = TRANSACTION_PREPARED;
		journal_write(m->work.store, j, NULL);
	}
	return r;
}

/* Failed before all files stood. */
static int give_up(struct making *m, int r, const char **ret_id, struct err *e)
{
	struct err second = { 0 };
	bool kept = true;

	if (transact_back(&m->work, &kept, &second) < 0 && e) {
		size_t n = strlen(e->text);
		snprintf(e->text + n, sizeof(e->text) - n, "; and not all could be taken back: %s",
			 second.text);
	}
	*ret_id = kept ? m->journal.id : "";
	return r;
}

static int carry_out(struct making *m, const char **ret_id, struct err *e)
{
	struct work *w = &m->work;
	struct journal *j = &m->journal;

	int r = journals_next_id(w->store, w->arena, &j->id, &j->usec, e);
	if (r == 0)
		r = journal_create(w->store, j, e);
	if (r < 0)
		return r;
	r = run_steps(w, true, e);
	if (r == 0)
		r = write_files(m, e);
	if (r < 0)
		return give_up(m, r, ret_id, e);
	*ret_id = j->id;
	r = transact_finish(w, e);
	return r < 0 && j->once ? transact_close(w, r) : r;
}

int transact(const struct apply_to *to, struct arena *a, const struct plan *p,
	     const struct journal *undoes, const char **ret_id, struct err *e)
{
	struct making *m = arena_alloc(a, sizeof(*m));
	WORK work = { .root = -1, .store = -1 };

	*ret_id = "";
	m->work.to = to;
	lay_out(m, a, p, undoes);
	if (m->journal.file_count + m->journal.step_count == 0 && !undoes)
		return 0;
	int r = work_open(&work, to, a, true, e);
	m->work = work;
	m->work.journal = &m->journal;
	if (r == 0)
		r = check_targets(m, e);
	return r < 0 ? r : carry_out(m, ret_id, e);
}

int apply_plan(const struct apply_to *to, struct arena *a, const struct plan *p,
	       const char **ret_id, struct err *e)
{
	return transact(to, a, p, NULL, ret_id, e);
}
