/* SPDX-License-Identifier: MIT */
#include "cmd/carry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/term.h"
#include "plan/boot/bootable.h"
#include "view/plan.h"
#include "view/view.h"

static bool is_for_others(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS;
}

static void leave_to_root(struct carry *c)
{
	c->dry_run = c->for_root = true;
	fprintf(stderr, "egpu: only shown, since changing this host is for root: sudo egpu %s\n",
		c->command);
}

/* Nothing was ever done here: then nothing can be cut off, and a look leaves no trace. */
static bool is_untouched(const struct carry *c, struct arena *a)
{
	const char *store = arena_printf(a, "%s/var/lib/egpu", c->root ? c->root : "");
	return access(store, F_OK) < 0 && errno == ENOENT;
}

static int lock_and_recover(struct carry *c, struct arena *a, struct err *e)
{
	const char *said = "";
	int r = apply_lock(&c->to, &c->lock, e);

	if (is_for_others(r)) {
		leave_to_root(c);
		return 0;
	}
	/* What failed and is about to be taken back need not be tried once more first. */
	struct apply_to recover = c->to;
	recover.files_only |= str_eq(c->command, "undo");
	if (r == 0)
		r = apply_recover(&recover, a, &said, e);
	if (r > 0)
		fprintf(stderr, "egpu: %s\n", said);
	return r < 0 ? r : 0;
}

int carry_begin(struct carry *c, struct env *env, struct arena *a, struct err *e)
{
	c->id = "";
	c->host = env->host;
	c->root = env->host.root;
	c->to = (struct apply_to){
		.root = env->host.root,
		.files_only = env->host.root && !str_eq(env->host.root, "/"),
		.docker = env->host.docker,
		.command = arena_printf(a, "egpu %s", c->command),
	};
	if (c->recording && !env->host.root)
		c->dry_run = true;
	if (c->dry_run)
		return 0;
	if (!is_untouched(c, a))
		return lock_and_recover(c, a, e);
	if (!c->root && geteuid() != 0)
		leave_to_root(c);
	return 0;
}

void carry_end(struct carry *c)
{
	apply_unlock(&c->lock);
}

bool plan_acts(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind != STEP_PERSON)
			return true;
	return false;
}

static void drop(struct plan *p, size_t i)
{
	p->count--;
	memmove(&p->step[i], &p->step[i + 1], (p->count - i) * sizeof(p->step[i]));
}

/* A yes that was given on the command line, or in /etc/egpu.conf: then the step does not ask. */
static bool is_agreed(const struct carry *c, const struct step *s)
{
	if (!s->asks)
		return true;
	switch (s->kind) {
	case STEP_PACKAGES:
		return c->packages;
	case STEP_ENCLOSURE:
		return c->enclosure && str_eq(c->enclosure, s->enclosure.uuid);
	case STEP_PROCESS:
		return c->kill;
	case STEP_FILE:
	case STEP_RUN:
	case STEP_UNIT:
	case STEP_CONTAINER:
	case STEP_DEVICE:
	case STEP_PERSON:
		return c->yes;
	}
	return false;
}

/* How a step is agreed to where nobody can be asked. */
static const char *how_to_agree(struct arena *a, const struct step *s)
{
	if (s->kind == STEP_PACKAGES)
		return "--packages";
	if (s->kind == STEP_ENCLOSURE)
		return arena_printf(a, "--enclosure %s", s->enclosure.uuid);
	if (s->kind == STEP_PROCESS)
		return "--kill";
	return "--yes";
}

static int ask_step(struct arena *a, struct plan *p, size_t *i, struct err *e)
{
	const struct step *s = &p->step[*i];
	const char *why = *s->why ? arena_printf(a, " (%s)", s->why) : "";
	bool yes = false;

	int r = term_ask(arena_printf(a, "%s%s?", s->what, why), &yes);
	if (r == -ENOTTY)
		return err_say(e, -ENOTTY, "%s: nobody can be asked here; %s agrees to it", s->what,
			       how_to_agree(a, s));
	if (r < 0)
		return err_set(e, r, "ask at the terminal");
	if (yes)
		++*i;
	else
		drop(p, *i);
	return 0;
}

/* First the plan as a whole, then each step that needs a yes of its own. */
static int agree(struct carry *c, struct arena *a, struct plan *p, struct err *e)
{
	bool yes = c->yes;
	int r = yes ? 0 : term_ask("Do this?", &yes);

	if (r == -ENOTTY)
		return err_say(e, r,
			       "nobody can be asked here; --yes agrees to the plan, --dry-run "
			       "only shows it");
	if (r < 0)
		return err_set(e, r, "ask at the terminal");
	if (!yes)
		p->count = 0;
	for (size_t i = 0; r == 0 && i < p->count;) {
		if (is_agreed(c, &p->step[i]))
			i++;
		else
			r = ask_step(a, p, &i, e);
	}
	return r;
}

static void tell(void *data, const struct step *s, bool again)
{
	(void)data;
	if (s->kind == STEP_FILE)
		return;
	if (again)
		fputc('.', stderr);
	else
		fprintf(stderr, "\n  %s ...", s->what);
	fflush(stderr);
}

static void show(const struct carry *c, struct arena *a, const struct plan *p)
{
	if (c->json) {
		json_auto_t *j = view_plan_json(a, p, EGPU_VERSION);
		json_dumpf(j, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		view_plan(stdout, a, p, c->verbose);
	}
	fflush(stdout);
}

static void say_done(const struct carry *c, const struct plan *p)
{
	size_t left = 0;

	for (size_t i = 0; c->to.files_only && i < p->count; i++)
		left += p->step[i].kind != STEP_FILE && p->step[i].kind != STEP_PERSON;
	fprintf(c->json ? stderr : stdout, "\nDone. To take it back: egpu undo %s\n", c->id);
	if (left)
		fprintf(
		    c->json ? stderr : stdout,
		    "Only files were written, since %s is not where this system runs: %zu step%s\n"
		    "above %s left, to be run there.\n",
		    c->root, left, left == 1 ? "" : "s", left == 1 ? "is" : "are");
}

/* Nobody is to learn at the next boot only that an entry lacks its kernel or its image. */
static const char *boot_trouble(const struct carry *c, struct arena *a, const struct plan *p)
{
	HOST *h = c->recording ? NULL : host_live(&c->host, NULL);
	return h ? bootable_trouble(a, h, p) : NULL;
}

int carry_out(struct carry *c, struct arena *a, struct plan *p, struct err *e)
{
	show(c, a, p);
	if (!plan_acts(p) || c->dry_run)
		return plan_acts(p) && c->for_root ? CARRIED_LEFT : CARRIED_NOTHING;
	int r = c->lock.fd ? 0 : apply_lock(&c->to, &c->lock, e);
	if (r == 0)
		r = agree(c, a, p, e);
	if (r < 0)
		return r;
	if (!plan_acts(p)) {
		fputs("Nothing was done.\n", stderr);
		return CARRIED_DECLINED;
	}
	bool was_in_trouble = boot_trouble(c, a, p);
	c->to.tell = tell;
	r = c->undoes ? transaction_apply_undo(&c->to, a, c->undoes, p, &c->id, e)
		      : apply_plan(&c->to, a, p, &c->id, e);
	fputc('\n', stderr);
	if (r < 0 && *c->id && c->undoes && p->once)
		return err_wrap(e, r, "cut off, and egpu undo %s tries again", c->undoes);
	if (r < 0 && *c->id)
		return err_wrap(e, r, "cut off at transaction %s, egpu undo %s takes it back",
				c->id, c->id);
	if (r < 0)
		return r;
	say_done(c, p);
	const char *trouble = was_in_trouble ? NULL : boot_trouble(c, a, p);
	if (trouble)
		return err_say(e, -ENOENT, "%s: do not reboot; egpu undo %s takes the change back",
			       trouble, c->id);
	return CARRIED_DONE;
}

int carry_prove(struct env *env, struct arena *a, const struct look_for *wanted, struct err *e)
{
	HOST *h = host_live(&env->host, e);

	if (!h)
		return e->code;
	const struct look *l = look_at(h, a, wanted);
	struct view v = {
		.facts = &l->facts,
		.report = l->report,
		.host = h->name,
		.colour = term_colour(stdout),
		.columns = term_columns(stdout),
		.version = EGPU_VERSION,
	};
	puts("\nLooked at again:\n");
	view_text(stdout, &v);
	return report_exit_status(l->report);
}
