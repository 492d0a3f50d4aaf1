/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "apply/file/target.h"
#include "apply/transact.h"

/* One plan that takes a transaction back, as it is made. */
struct undoing {
	struct work *work;
	const struct journal *all;
	struct journal *j;
	struct planner planner;
	struct file_change *edited;
	size_t edited_count;
};

/* A later transaction that changed this file and still stands. */
static const char *changed_by(const struct undoing *u, const char *path)
{
	for (const struct journal *k = u->j; k-- > u->all;)
		for (size_t i = 0; i < k->file_count; i++)
			if (str_eq(k->file[i].change.path, path) && !*k->undoes &&
			    !journal_is_undone(u->all, k))
				return k->id;
	return NULL;
}

static void refuse_edited(struct undoing *u, size_t i, const struct look *now)
{
	const struct file_change *c = &u->j->file[i].change;
	struct planner *p = &u->planner;
	const char *path = str_quoted(p->arena, c->path), *later = changed_by(u, c->path);

	u->edited[u->edited_count++] = (struct file_change){ .path = c->path,
							     .existed = !c->removed,
							     .removed = !now->exists,
							     .before = c->after,
							     .after = now->bytes };
	struct refusal *r =
	    planner_refuse(p, "%s was edited since transaction %s", c->path, u->j->id);
	if (later) {
		r->text = arena_printf(p->arena, "%s was changed again by transaction %s", c->path,
				       later);
		refusal_shell(p, r, "sudo egpu undo %s", later);
	} else if (c->existed) {
		refusal_shell(p, r, "sudo cp " STORE "/%s/old.%zu %s", u->j->id, i, path);
	} else {
		refusal_shell(p, r, "sudo rm %s", path);
	}
}

static void undo_file(struct undoing *u, size_t i)
{
	const struct kept_file *f = &u->j->file[i];
	const struct file_change *c = &f->change;
	struct planner *p = &u->planner;
	struct look now;
	struct err e = { 0 };

	p->theme = f->theme;
	if (look_below(u->work->root, p->arena, c->path, &now, &e) < 0) {
		planner_refuse(p, "%s", e.text);
		u->edited[u->edited_count++] = (struct file_change){ .path = c->path,
								     .existed = !c->removed,
								     .removed = true,
								     .before = c->after,
								     .after = { "", 0 } };
		return;
	}
	if (look_is(&now, c->existed, c->before))
		return;
	if (!look_is(&now, !c->removed, c->after)) {
		refuse_edited(u, i, &now);
		return;
	}
	struct step *s =
	    planner_add(p, STEP_FILE, "%s %s", c->existed ? "put back" : "remove", c->path);
	s->file = (struct file_change){ .path = c->path,
					.existed = !c->removed,
					.removed = !c->existed,
					.before = c->after,
					.after = c->before,
					.mode = c->existed ? f->had.mode : 0 };
}

/* A tool that failed in its middle is undone too: half an image is no image. */
static bool was_done(const struct kept_step *k)
{
	return k->doing == DOING_DONE || (k->doing == DOING_STARTED &&
					  (k->step.kind == STEP_RUN || k->step.kind == STEP_UNIT ||
					   k->step.kind == STEP_DEVICE));
}

enum turn { BEFORE_FILES, AFTER_FILES, LAST };

/* A unit is stopped while its file is there, and systemd reads its files before it is asked more.
 */
static enum turn turn_of(const struct step *s)
{
	if (s->kind != STEP_UNIT)
		return LAST;
	if (str_eq(s->unit.verb, "stop") || str_eq(s->unit.verb, "disable"))
		return BEFORE_FILES;
	return str_eq(s->unit.verb, "daemon-reload") ? AFTER_FILES : LAST;
}

static void add_shell(struct planner *p, struct step *s)
{
	const char *line = s->what;

	if (s->kind == STEP_UNIT)
		line = unit_line(p->arena, &s->unit);
	else if (s->kind == STEP_ENCLOSURE)
		line =
		    arena_printf(p->arena, "boltctl %s %s", s->enclosure.verb, s->enclosure.uuid);
	else if (s->kind == STEP_CONTAINER)
		line = container_line(p->arena, &s->container);
	else if (s->kind == STEP_DEVICE) {
		step_shell(p, s, "%s", device_line(p->arena, &s->device));
		return;
	} else if (str_starts(line, "run "))
		line += strlen("run ");
	step_shell(p, s, "sudo %s", line);
}

static bool has_reload(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == STEP_UNIT && str_eq(p->step[i].unit.verb, "daemon-reload"))
			return true;
	return false;
}

static void undo_steps(struct undoing *u, enum turn turn)
{
	struct planner *p = &u->planner;

	for (size_t i = u->j->step_count; i-- > 0;) {
		const struct kept_step *k = &u->j->step[i];
		struct step inverse;
		if (!was_done(k) || !step_inverse(p->arena, &k->step, &inverse) ||
		    turn_of(&inverse) != turn || (turn == AFTER_FILES && has_reload(p->plan)))
			continue;
		p->theme = inverse.theme;
		struct step *s = planner_add(p, inverse.kind, "%s", inverse.what);
		*s = inverse;
		add_shell(p, s);
	}
}

/* The journal of that one, with its bytes, among all. */
static int find(struct work *w, const char *id, struct journal **all, size_t *count,
		struct journal **ret, struct err *e)
{
	int r = journals_read(w->store, w->arena, all, count, NULL);

	for (size_t i = 0; r == 0 && i < *count; i++) {
		struct journal *j = &(*all)[i];
		if (!str_eq(j->id, id))
			continue;
		if (journal_is_undone(*all, j))
			return err_say(e, -EALREADY, "transaction %s is undone already", id);
		if (j->state == TRANSACTION_PREPARED)
			return err_say(e, -EBUSY, "transaction %s is at work, or was cut off", id);
		*ret = j;
		return journal_bytes(w->store, w->arena, j, e);
	}
	return r < 0 ? r : err_say(e, -ENOENT, "there is no transaction '%s'", id);
}

static int open_and_find(struct work *w, const struct apply_to *to, struct arena *a, const char *id,
			 struct journal **all, size_t *count, struct journal **ret, struct err *e)
{
	int r = work_open(w, to, a, false, e);

	if (r == -ENOENT && w->root >= 0)
		return err_say(e, r, "there is no transaction '%s'", id);
	return r < 0 ? r : find(w, id, all, count, ret, e);
}

int transaction_undo(const struct apply_to *to, struct arena *a, const char *id, struct plan *ret,
		     struct file_change **edited, size_t *edited_count, struct err *e)
{
	WORK w = { .root = -1, .store = -1 };
	struct journal *all, *j;
	size_t count;

	int r = open_and_find(&w, to, a, id, &all, &count, &j, e);
	if (r < 0)
		return r;
	struct undoing u = { &w,
			     all,
			     j,
			     { .arena = a, .plan = ret, .theme = "" },
			     arena_alloc(a, (j->file_count + 1) * sizeof(*u.edited)),
			     0 };
	ret->count = ret->refusal_count = 0;
	ret->once = j->once;
	undo_steps(&u, BEFORE_FILES);
	for (size_t i = 0; i < j->file_count; i++)
		undo_file(&u, i);
	undo_steps(&u, AFTER_FILES);
	undo_steps(&u, LAST);
	*edited = u.edited;
	*edited_count = u.edited_count;
	return 0;
}

int transaction_apply_undo(const struct apply_to *to, struct arena *a, const char *id,
			   const struct plan *p, const char **ret_id, struct err *e)
{
	WORK w = { .root = -1, .store = -1 };
	struct journal *all, *j;
	size_t count;

	*ret_id = "";
	int r = open_and_find(&w, to, a, id, &all, &count, &j, e);
	if (r < 0)
		return r;
	if (p->refusal_count)
		return err_say(e, -ESTALE, "%s", p->refusal[0].text);
	return transact(to, a, p, j, ret_id, e);
}
