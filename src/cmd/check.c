/* SPDX-License-Identifier: MIT */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "cmd/look.h"
#include "cmd/options.h"
#include "recording/recording.h"
#include "view/view.h"

struct options {
	const char *host; /* a recording; NULL: this machine */
	struct look_for look;
	bool json, list, timing, verbose;
};

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(json, "json", 0, FLAG),
	IN(list, "list", 0, FLAG),
	IN(timing, "timing", 0, FLAG),
	IN(verbose, "verbose", 'v', FLAG),
	IN(look.display, "display", 0, FLAG),
	IN(look.link, "link", 0, TEXT),
	IN(host, "host", 0, TEXT),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("check", takes, o, argc, argv, e);

	if (at >= 0 && at < argc)
		return usage(e, "check", "no argument '%s'", argv[at]);
	if (at >= 0 && o->look.link && !chain_link_of_id(o->look.link))
		return usage(e, "check", "no link '%s'; --list names them", o->look.link);
	return at < 0 ? at : 0;
}

static void list(void)
{
	const struct link *l;
	for (size_t i = 0; (l = chain_link(i)); i++) {
		printf("  %-13s", l->id);
		term_wrap(stdout, l->asks, "               ", term_columns(stdout));
	}
}

/* A link's collectors need not run one after the other. */
static size_t add_link(struct view_cost *cost, size_t first, size_t n, const struct look_cost *c)
{
	size_t i = first;

	while (i < n && !str_eq(cost[i].name, c->link))
		i++;
	if (i == n)
		cost[n++] = (struct view_cost){ "link", c->link, 0, 0 };
	cost[i].usec += c->usec;
	return n;
}

static size_t costs(const struct look *l, const struct host *h, struct view_cost *cost)
{
	size_t n = 0;

	for (size_t i = 0; i <= SOURCE_COUNT; i++)
		if (h->cost[i].count)
			cost[n++] = (struct view_cost){ "source", source_name((enum source)i),
							h->cost[i].count, h->cost[i].usec };
	const size_t first = n;
	for (size_t i = 0; i < l->cost_count; i++)
		n = add_link(cost, first, n, &l->cost[i]);
	return n;
}

static int show_json(const struct view *v, struct err *e)
{
	json_auto_t *j = view_json(v);
	if (json_dumpf(j, stdout, JSON_INDENT(2)) < 0)
		return err_set(e, -EIO, "write the verdict");
	putchar('\n');
	return 0;
}

static int check(const struct options *o, struct host *h, struct err *e)
{
	ARENA arena = { 0 };
	struct view_cost cost[SOURCE_COUNT + 1 + LINKS_MAX];
	const struct look *l = look_at(h, &arena, &o->look);
	struct view v = {
		.facts = &l->facts,
		.report = l->report,
		.host = h->name,
		.colour = term_colour(stdout),
		.columns = term_columns(stdout),
		.verbose = o->verbose,
		.cost = cost,
		.cost_count = o->timing ? costs(l, h, cost) : 0,
		.version = EGPU_VERSION,
	};
	int r = 0;

	if (o->json)
		r = show_json(&v, e);
	else
		view_text(stdout, &v);
	return r < 0 ? r : report_exit_status(l->report);
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	struct options o = { 0 };
	int r = parse(&o, argc, argv, e);
	if (r < 0)
		return r;
	if (o.list) {
		list();
		return 0;
	}
	HOST *h = o.host ? host_replay(o.host, e) : host_live(&env->host, e);
	return h ? check(&o, h, e) : e->code;
}

const struct cmd cmd_check = {
	.name = "check",
	.args = "[--json] [--verbose] [--timing] [--link ID] [--gpu BDF] [--host RECORDING]",
	.help = "judge every link of the chain, from the cable to the tokens",
	.options =
	    "  --json            the verdict as JSON (egpu-check(1) names its schema)\n"
	    "  --verbose         every fact too, with where it came from\n"
	    "  --timing          what each source and each link cost\n"
	    "  --link ID         one link only\n"
	    "  --list            the links, and what each asks\n"
	    "  --gpu BDF         this GPU, also an internal one; \"any\": the first there is\n"
	    "  --display         the GPU drives a monitor too (default: compute only)\n"
	    "  --host RECORDING  a recorded host instead of this one: a directory or .tar.zst\n",
	.run = run,
};
