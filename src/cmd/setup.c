/* SPDX-License-Identifier: MIT */
/* From what is wanted to a plan, and from the plan to the deed. */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>

#include "base/term.h"
#include "cmd/carry.h"
#include "cmd/options.h"
#include "cmd/wait.h"
#include "plan/experiment.h"
#include "plan/theme.h"
#include "recording/recording.h"

enum {
	AGAIN_MAX = 4, /* plans: packages and an enclosure each bring what the next one is about */
	ARRIVE_SEC = 20, /* for the GPU of an enclosure that was just authorised */
};

struct options {
	struct carry carry;
	struct look_for look;
	const struct theme *only;
	const struct experiment *experiment;
	bool list, experiments;
};

static int take_only(void *to, const char *id, struct err *e)
{
	const struct theme **only = to;

	*only = theme_of_id(id);
	return *only ? 0 : usage(e, "setup", "no theme '%s'; --list names them", id);
}

static int take_experiment(void *to, const char *id, struct err *e)
{
	const struct experiment **experiment = to;

	*experiment = experiment_of_id(id);
	return *experiment ? 0
			   : usage(e, "setup", "no experiment '%s'; --experiments names them", id);
}

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(carry.dry_run, "dry-run", 'n', FLAG),
	IN(carry.yes, "yes", 'y', FLAG),
	IN(carry.packages, "packages", 0, FLAG),
	IN(carry.enclosure, "enclosure", 0, TEXT),
	IN(carry.json, "json", 0, FLAG),
	IN(carry.verbose, "verbose", 'v', FLAG),
	IN(carry.recording, "host", 0, TEXT),
	IN(look.display, "display", 0, FLAG),
	IN(list, "list", 0, FLAG),
	IN(experiments, "experiments", 0, FLAG),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	OPTION_BY(struct options, only, "only", take_only),
	OPTION_BY(struct options, experiment, "experiment", take_experiment),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("setup", takes, o, argc, argv, e);

	if (at >= 0 && at < argc)
		return usage(e, "setup", "no argument '%s'; --only %s sets up one theme", argv[at],
			     argv[at]);
	return at < 0 ? at : 0;
}

static void list_themes(void)
{
	const struct theme *t;
	for (size_t i = 0; (t = theme_at(i)); i++) {
		printf("  %-13s", t->id);
		term_wrap(stdout, t->sets, "               ", term_columns(stdout));
	}
}

static void list_experiments(void)
{
	const struct experiment *x;

	puts("Kernel parameters that help one machine and break another: one at a time.\n");
	for (size_t i = 0; (x = experiment_at(i)); i++) {
		printf("  %-16s%s\n", x->id, x->add);
		fputs("    helped: ", stdout);
		term_wrap(stdout, x->helped, "            ", term_columns(stdout));
		fputs("    hurt:   ", stdout);
		term_wrap(stdout, x->hurt, "            ", term_columns(stdout));
	}
	puts("\n  egpu setup --experiment ID    tries one; egpu undo takes it back");
}

/* Experiments */

static const char *noted(const struct transaction *t, const char *key)
{
	size_t n = 0;

	while (key[n])
		n++;
	for (size_t i = 0; i < t->note.count; i++)
		if (str_starts(t->note.name[i], key) && t->note.name[i][n] == '=')
			return t->note.name[i] + n + 1;
	return NULL;
}

/* The experiment that is on; NULL: none. */
static const struct transaction *running(struct carry *c, struct arena *a)
{
	struct transaction *t = NULL;
	size_t count = 0;

	transaction_list(&c->to, a, &t, &count, NULL);
	for (size_t i = 0; i < count; i++)
		if (t[i].state != TRANSACTION_UNDONE && noted(&t[i], "experiment"))
			return &t[i];
	return NULL;
}

/* What was seen before it, beside what is seen now. */
static void show_compared(struct arena *a, const struct transaction *t, const struct facts *f)
{
	const struct experiment *x = experiment_of_id(noted(t, "experiment"));
	struct names now = experiment_seen(a, f, x ? x : experiment_at(0));

	printf("The experiment %s is on, since transaction %s.\n\n  %-18s%-24s%s\n",
	       noted(t, "experiment"), t->id, "", "before", "now");
	for (size_t i = 1; i < now.count; i++) {
		struct names part = str_split(a, now.name[i], "=", 2);
		const char *before = part.count ? noted(t, part.name[0]) : NULL;
		if (part.count == 2)
			printf("  %-18s%-24s%s\n", part.name[0], before ? before : "-",
			       part.name[1]);
	}
	printf("\nIt counts from the boot after it on. To take it back: egpu undo %s\n", t->id);
}

static int experiment(struct options *o, struct arena *a, const struct look *l, struct host *h,
		      struct err *e)
{
	struct carry *c = &o->carry;
	const struct transaction *on = running(c, a);

	if (on && str_eq(noted(on, "experiment"), o->experiment->id)) {
		show_compared(a, on, &l->facts);
		return 0;
	}
	if (on)
		return err_say(e, -EBUSY, "the experiment %s is on; one at a time: egpu undo %s",
			       noted(on, "experiment"), on->id);
	struct names seen = experiment_seen(a, &l->facts, o->experiment);
	struct plan *p = plan_experiment(a, &l->facts, h, o->experiment);
	int r = carry_out(c, a, p, e);
	/* Also of one whose tools failed: its files stand. */
	int noted_r = *c->id ? transaction_note(&c->to, c->id, &seen, r < 0 ? NULL : e) : 0;
	if (r == CARRIED_DONE && noted_r == 0)
		printf("After the next boot, egpu setup --experiment %s shows before and after.\n",
		       o->experiment->id);
	return r < 0 ? r : noted_r < 0 ? noted_r : r == CARRIED_DECLINED || r == CARRIED_LEFT;
}

/* Setting up */

static bool has_kind(const struct plan *p, enum step_kind kind)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == kind)
			return true;
	return false;
}

/* A GPU that an enclosure brought needs more than the enclosure did. */
static void wait_for_arrival(struct options *o, struct env *env, struct arena *a)
{
	const struct wait_for gpu = { o->look.gpu, READY_PCI, ARRIVE_SEC };
	struct waited waited;

	fputs("Waiting for the GPU of the enclosure ...\n", stderr);
	wait_for_gpu(env, a, &gpu, &waited, NULL);
}

/* What packages bring decides the rest, so they go alone and the host is looked at again. */
static void keep_packages(struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == STEP_PACKAGES)
			p->step[n++] = p->step[i];
	p->count = n;
	p->refusal_count = 0;
}

/* Nothing is planned for a machine that has none, and "all is as it should be" would mislead. */
static bool has_nothing_to_set_up(const struct options *o, const struct look *l,
				  const struct plan *p)
{
	bool nothing = l->report->no_gpu && !p->count && !p->refusal_count && !o->carry.json;

	if (nothing)
		puts("No external NVIDIA GPU here, and nothing to set up without one. Connect the "
		     "enclosure,\nswitch it on, and run egpu setup again.");
	return nothing;
}

/* Whether there is more to plan after it, from what it brought. */
static bool brings_more(struct options *o, struct env *env, struct arena *a, const struct plan *p)
{
	if (has_kind(p, STEP_ENCLOSURE) && !o->carry.to.files_only)
		wait_for_arrival(o, env, a);
	return has_kind(p, STEP_ENCLOSURE) || has_kind(p, STEP_PACKAGES);
}

static int set_up_once(struct options *o, struct env *env, struct arena *a, bool *again,
		       struct err *e)
{
	struct carry *c = &o->carry;
	HOST *h = c->recording ? host_replay(c->recording, e) : host_live(&env->host, e);
	bool later = *c->id;

	*again = false;
	if (!h)
		return e->code;
	const struct look *l = look_at(h, a, &o->look);
	if (*l->facts.want.error)
		return err_say(e, -EBADMSG, "nothing is set up from a file that is not understood");
	if (o->experiment)
		return experiment(o, a, l, h, e);
	struct plan *p = plan_setup(a, &l->facts, h, o->only);
	size_t refused = p->refusal_count;
	if ((later && !p->count && !refused) || has_nothing_to_set_up(o, l, p))
		return 0;
	if (has_kind(p, STEP_PACKAGES) && !c->dry_run)
		keep_packages(p);
	int r = carry_out(c, a, p, e);
	if (r < 0)
		return r;
	*again = r == CARRIED_DONE && !c->recording && brings_more(o, env, a, p);
	return r == CARRIED_DECLINED || r == CARRIED_LEFT || refused;
}

static int set_up(struct options *o, struct env *env, struct err *e)
{
	ARENA arena = { 0 };
	struct carry *c = &o->carry;
	bool again = true;

	c->command = "setup";
	int r = carry_begin(c, env, &arena, e);
	for (int i = 0; r >= 0 && again && i < AGAIN_MAX; i++)
		r = set_up_once(o, env, &arena, &again, e);
	carry_end(c);
	if (r >= 0 && *c->id && !c->to.files_only && !c->json)
		carry_prove(env, &arena, &o->look, e);
	return r;
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	struct options o = { 0 };
	int r = parse(&o, argc, argv, e);

	if (r < 0)
		return r;
	if (o.list)
		list_themes();
	if (o.experiments)
		list_experiments();
	return o.list || o.experiments ? 0 : set_up(&o, env, e);
}

const struct cmd cmd_setup = {
	.name = "setup",
	.args = "[--dry-run] [--yes] [--only THEME] [--json] [--experiment ID] [--host RECORDING]",
	.help = "bring this host to what is wanted: shown as a plan, asked, done, proved",
	.options =
	    "  --dry-run          only show the plan\n"
	    "  --yes              agree to the plan; packages and enclosures need more:\n"
	    "  --packages         agree to packages being installed\n"
	    "  --enclosure UUID   agree to this enclosure being enrolled\n"
	    "  --only THEME       set up one theme only\n"
	    "  --list             the themes, and what each sets up\n"
	    "  --experiment ID    try kernel parameters that help some machines, or show\n"
	    "                     what they changed\n"
	    "  --experiments      the experiments, whom they helped and whom they hurt\n"
	    "  --json             the plan as JSON (egpu-setup(1) names its schema)\n"
	    "  --verbose          whole files and diffs\n"
	    "  --gpu BDF          this GPU, also an internal one; \"any\": the first there is\n"
	    "  --display          the GPU drives a monitor too (default: compute only)\n"
	    "  --host RECORDING   plan for a recorded host; with egpu --root DIR its files\n"
	    "                     are written below DIR\n",
	.run = run,
};
