/* SPDX-License-Identifier: MIT */
/* The GPU let go of, so that its cable may be pulled while the machine runs. */
#include "cmd/cmd.h"

#include <stdio.h>

#include "cmd/eject/end.h"
#include "cmd/options.h"
#include "recording/recording.h"

struct options {
	struct carry carry;
	struct look_for look;
};

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(carry.dry_run, "dry-run", 'n', FLAG),
	IN(carry.yes, "yes", 'y', FLAG),
	IN(carry.kill, "kill", 0, FLAG),
	IN(carry.json, "json", 0, FLAG),
	IN(carry.recording, "host", 0, TEXT),
	IN(look.display, "display", 0, FLAG),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("eject", takes, o, argc, argv, e);

	if (at < 0)
		return at;
	return at < argc ? usage(e, "eject", "no argument '%s'", argv[at]) : 0;
}

static int no_gpu(const struct options *o)
{
	if (o->carry.json)
		puts("{\"version\": 1, \"steps\": [], \"refusals\": [], \"nothing_to_do\": true}");
	else
		puts("No external NVIDIA GPU is here, so there is nothing to eject.");
	return EJECT_NO_GPU;
}

/* Something stands against it, or it is let go of already. */
static int nothing_done(struct options *o, const struct facts *f, struct plan *p, struct err *e)
{
	struct eject_end end = eject_end(f, f);
	int r = eject_is_refused(p) || o->carry.json ? carry_out(&o->carry, f->arena, p, e) : 0;

	if (r < 0)
		return r;
	if (!eject_is_refused(p))
		return eject_tell(&o->carry, f, &end);
	fputs("\nDo not pull the cable.\n", o->carry.json ? stderr : stdout);
	return EJECT_NOT_SAFE;
}

/* Cut off in the middle. What hangs is not touched by a look either. */
static int cut_off(const struct facts *f, struct err *e)
{
	fprintf(stderr, "egpu: %s\n\nDo not pull the cable of %s.\n", e->text, eject_title(f));
	return EJECT_NOT_SAFE;
}

static int eject(struct options *o, struct env *env, struct arena *a, struct err *e)
{
	struct facts f = { .arena = a };
	struct carry *c = &o->carry;
	HOST *h = c->recording ? host_replay(c->recording, e) : host_live(&env->host, e);

	if (!h)
		return e->code;
	look_to_eject(&f, h, &o->look);
	const struct eject_way way = eject_way(&f);
	if (!way.gpu && !way.box)
		return no_gpu(o);
	struct plan *p = plan_eject(&f, c->kill);
	if (p->count == 0)
		return nothing_done(o, &f, p, e);
	int r = carry_out(c, a, p, e);
	if (r < 0 && *c->id)
		return cut_off(&f, e);
	if (r == CARRIED_DONE)
		return eject_prove(c, env, &f, e);
	return r < 0 ? r : r != CARRIED_NOTHING || c->for_root;
}

/* Below another root no kernel listens. */
static void only_show(struct options *o, const struct env *env)
{
	if (!env->host.root || str_eq(env->host.root, "/"))
		return;
	o->carry.dry_run = true;
	fprintf(stderr, "egpu: only shown, since %s is not where this system runs\n",
		env->host.root);
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	ARENA arena = { 0 };
	struct options o = { .carry.command = "eject" };
	int r = parse(&o, argc, argv, e);

	if (r == 0) {
		only_show(&o, env);
		r = carry_begin(&o.carry, env, &arena, e);
	}
	if (r == 0)
		r = eject(&o, env, &arena, e);
	carry_end(&o.carry);
	return r;
}

const struct cmd cmd_eject = {
	.name = "eject",
	.args = "[--dry-run] [--yes] [--kill] [--json] [--gpu BDF] [--host RECORDING]",
	.help = "let go of the GPU, so that its cable may be pulled",
	.options = "  --dry-run          only show the plan\n"
		   "  --yes              agree to all but the end of processes; that needs:\n"
		   "  --kill             agree to the end of those that have the GPU open, and\n"
		   "                     kill what does not end within 10 s\n"
		   "  --json             the plan as JSON (egpu-setup(1) names its schema)\n"
		   "  --gpu BDF          this GPU, where there are several\n"
		   "  --display          the GPU drives a monitor too: ask once more\n"
		   "  --host RECORDING   show what would be done on a recorded host\n",
	.run = run,
};
