/* SPDX-License-Identifier: MIT */
/* What is broken now, mended: the causes that a look finds, or one by name. */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/carry.h"
#include "cmd/options.h"
#include "plan/fix.h"
#include "recording/recording.h"

struct options {
	struct carry carry;
	struct look_for look;
	const char *what; /* id of a cause or of a link; NULL: all that is broken */
};

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
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("fix", takes, o, argc, argv, e);

	if (at < 0)
		return at;
	o->what = at < argc ? argv[at++] : NULL;
	if (at < argc)
		return usage(e, "fix", "one cause or link at a time, not '%s' too", argv[at]);
	if (o->what && !cause_of_id(o->what) && !chain_link_of_id(o->what))
		return usage(e, "fix",
			     "no cause and no link '%s'; egpu explain --list names causes",
			     o->what);
	return 0;
}

static bool is_meant(const struct options *o, const struct finding *f)
{
	if (!f->cause)
		return false;
	if (!o->what)
		return f->status == STATUS_BROKEN;
	return str_eq(o->what, f->cause->id) || str_eq(o->what, f->link);
}

/* In the order of the chain, so the root comes first. */
static size_t targets(const struct options *o, const struct report *r, struct fix_target *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < r->verdict.count; i++) {
		const struct finding *f = &r->verdict.finding[i];
		if (is_meant(o, f))
			ret[count++] = (struct fix_target){ f->cause, f->subject };
	}
	return count;
}

/* A cause that was named, and that the look does not find. */
static int say_not_here(const struct options *o, const struct report *r)
{
	if (o->carry.json)
		puts("{\"version\": 1, \"steps\": [], \"refusals\": [], \"nothing_to_do\": true}");
	else if (o->what && chain_link_of_id(o->what))
		printf("Nothing to mend: link %s neither warns nor is broken on this host.\n",
		       o->what);
	else if (o->what)
		printf(
		    "Nothing to mend: %s is not found on this host. egpu explain %s tells of it.\n",
		    o->what, o->what);
	else if (r->worst == STATUS_WARNING)
		puts("Nothing is broken. egpu check tells the warnings, egpu fix LINK mends one.");
	else if (r->worst == STATUS_UNKNOWN)
		puts("Nothing is known to be broken, and not all could be read: egpu check");
	else
		puts("Nothing is broken.");
	return 0;
}

/* What was broken and is not any more. */
static int prove(const struct options *o, struct env *env, struct arena *a, struct err *e)
{
	int status = carry_prove(env, a, &o->look, e);
	return status < 0 ? status : status == 2;
}

static int fix(struct options *o, struct env *env, struct arena *a, struct err *e)
{
	struct fix_target target[FINDINGS_MAX];
	struct carry *c = &o->carry;
	HOST *h = c->recording ? host_replay(c->recording, e) : host_live(&env->host, e);

	if (!h)
		return e->code;
	const struct look *l = look_at(h, a, &o->look);
	size_t count = targets(o, l->report, target);
	if (!count)
		return say_not_here(o, l->report);
	struct plan *p = plan_fix_report(a, &l->facts, h, target, count);
	int r = carry_out(c, a, p, e);
	if (r == CARRIED_DONE && !c->to.files_only && !c->json)
		return prove(o, env, a, e);
	return r < 0 ? r : r != CARRIED_DONE && (!c->dry_run || r == CARRIED_LEFT);
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	ARENA arena = { 0 };
	struct options o = { .carry.command = "fix" };
	int r = parse(&o, argc, argv, e);

	if (r == 0)
		r = carry_begin(&o.carry, env, &arena, e);
	if (r == 0)
		r = fix(&o, env, &arena, e);
	carry_end(&o.carry);
	return r;
}

const struct cmd cmd_fix = {
	.name = "fix",
	.args = "[CAUSE|LINK] [--dry-run] [--yes] [--json] [--host RECORDING]",
	.help = "mend what is broken now: shown as a plan, asked, done, proved",
	.options =
	    "  CAUSE|LINK         only this cause, or what breaks this link; warnings too\n"
	    "  --dry-run          only show the plan\n"
	    "  --yes              agree to the plan; packages and enclosures need more:\n"
	    "  --packages         agree to packages being installed\n"
	    "  --enclosure UUID   agree to this enclosure being authorised\n"
	    "  --json             the plan as JSON (egpu-setup(1) names its schema)\n"
	    "  --verbose          whole files and diffs\n"
	    "  --gpu BDF          this GPU, also an internal one; \"any\": the first there is\n"
	    "  --display          the GPU drives a monitor too (default: compute only)\n"
	    "  --host RECORDING   show what would mend a recorded host\n",
	.run = run,
};
