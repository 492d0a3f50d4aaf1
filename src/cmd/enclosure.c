/* SPDX-License-Identifier: MIT */
/* The devices on Thunderbolt and USB4, and what boltd shall do with them. */
#include "cmd/enclosure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "cmd/look.h"
#include "cmd/options.h"
#include "recording/recording.h"

static const struct verb {
	const char *name;
	bool takes_device, takes_json, takes_host, takes_policy;
} verbs[] = {
	{ "list", .takes_json = true, .takes_host = true },
	{ "authorize", .takes_device = true },
	{ "enroll", .takes_device = true, .takes_policy = true },
	{ "forget", .takes_device = true },
	{ "monitor", .takes_json = true },
};

static const struct verb *verb_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (str_eq(name, verbs[i].name))
			return &verbs[i];
	return NULL;
}

static int take_policy(void *to, const char *policy, struct err *e)
{
	if (!str_eq(policy, "auto") && !str_eq(policy, "iommu") && !str_eq(policy, "manual"))
		return usage(e, "enclosure", "--policy takes auto, iommu or manual, not '%s'",
			     policy);
	*(const char **)to = policy;
	return 0;
}

/* The verb, its device, and no option that is for another verb. */
static int take_words(struct enclosure_options *o, int count, char *word[], struct err *e)
{
	const struct verb *v = verb_of(count ? word[0] : "list");
	int wanted = v && v->takes_device ? 2 : 1;

	if (!v)
		return usage(e, "enclosure", "no verb '%s'", word[0]);
	if (v->takes_device && count < 2)
		return usage(e, "enclosure", "%s needs the UUID or the name of a device", v->name);
	if (count > wanted)
		return usage(e, "enclosure", "no argument '%s'", word[wanted]);
	if ((o->json && !v->takes_json) || (o->host && !v->takes_host) ||
	    (o->policy && !v->takes_policy))
		return usage(e, "enclosure", "%s is not for %s",
			     o->policy && !v->takes_policy ? "--policy"
			     : o->host && !v->takes_host   ? "--host"
							   : "--json",
			     v->name);
	o->verb = v->name;
	o->what = v->takes_device ? word[1] : NULL;
	return 0;
}

static const struct cmd_option takes[] = {
	OPTION_IN(struct enclosure_options, json, "json", 0, FLAG),
	OPTION_IN(struct enclosure_options, host, "host", 0, TEXT),
	OPTION_BY(struct enclosure_options, policy, "policy", take_policy),
	{ 0 },
};

static int parse(struct enclosure_options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("enclosure", takes, o, argc, argv, e);
	return at < 0 ? at : take_words(o, argc - at, argv + at, e);
}

struct enclosure_rows enclosure_look(struct host *h, struct facts *f)
{
	collect_thunderbolt(f, h);
	collect_bolt(f, h);
	if (f->thunderbolt.bolt_know == ABSENT)
		collect_machine(f, h);
	return enclosure_rows(f);
}

static int list(const struct enclosure_options *o, struct host *h, struct err *e)
{
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));

	f->arena = &arena;
	const struct enclosure_rows rows = enclosure_look(h, f);
	const struct enclosure_view v = {
		.facts = f,
		.rows = &rows,
		.host = str_clean(&arena, h->name, strlen(h->name), SIZE_MAX),
		.colour = term_colour(stdout),
		.columns = term_columns(stdout),
		.version = EGPU_VERSION,
	};
	if (!o->json) {
		enclosure_text(stdout, &v);
		return 0;
	}
	json_auto_t *j = enclosure_json(&v);
	if (json_dumpf(j, stdout, JSON_INDENT(2)) < 0)
		return err_set(e, -EIO, "write the list");
	putchar('\n');
	return 0;
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	struct enclosure_options o = { 0 };
	int r = parse(&o, argc, argv, e);
	if (r < 0)
		return r;
	HOST *h = o.host ? host_replay(o.host, e) : host_live(&env->host, e);
	if (!h)
		return e->code;
	if (str_eq(o.verb, "list"))
		return list(&o, h, e);
	if (str_eq(o.verb, "monitor"))
		return enclosure_monitor(&o, h, e);
	return enclosure_change(&o, env, h, e);
}

const struct cmd cmd_enclosure = {
	.name = "enclosure",
	.args =
	    "[list|monitor] [--json] [--host RECORDING]\n"
	    "       egpu enclosure authorize|enroll|forget UUID|NAME [--policy auto|iommu|manual]",
	.help = "list, authorise, enrol and forget devices on Thunderbolt and USB4",
	.options =
	    "  list              what is connected or stored (without a verb, too)\n"
	    "  authorize DEVICE  let it onto the PCI bus, until it is unplugged\n"
	    "  enroll DEVICE     the same, and at every connection from now on\n"
	    "  forget DEVICE     take it out of boltd's store\n"
	    "  monitor           what comes, goes and changes, until Ctrl-C\n\n"
	    "  --policy POLICY   of enroll: auto, iommu (only where an IOMMU protects memory),\n"
	    "                    manual; without it boltd chooses\n"
	    "  --json            of list and monitor: as JSON (egpu-enclosure(1) names its "
	    "schema)\n"
	    "  --host RECORDING  of list: a recorded host: a directory or .tar.zst\n",
	.run = run,
};
