/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "cmd/look.h"
#include "cmd/options.h"
#include "recording/recording.h"
#include "view/metrics.h"
#include "watch/keep.h"

struct options {
	const char *host; /* a recording; NULL: this machine */
	const char *textfile;
	struct look_for look;
};

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(textfile, "textfile", 0, TEXT),
	IN(host, "host", 0, TEXT),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

static int to_file(const struct options *o, const struct view *v, const struct upkeep *u,
		   struct err *e)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return err_set(e, -errno, "write %s", o->textfile);
	view_metrics_textfile(f, v, u);
	int r = fclose(f) != 0 ? err_set(e, -errno, "write %s", o->textfile)
			       : file_replace(o->textfile, (struct bytes){ text, size }, 0644, e);
	free(text);
	return r;
}

static int metrics(const struct options *o, struct env *env, struct host *h, struct err *e)
{
	ARENA arena = { 0 };
	uint64_t since = clock_usec();
	const struct look *l = look_at(h, &arena, &o->look);
	struct view v = { .facts = &l->facts, .report = l->report, .version = EGPU_VERSION };

	struct upkeep u = { .know = NOT_LOOKED };

	if (!o->host) { /* of a recording, when it was looked at says nothing */
		v.took_usec = clock_usec() - since;
		v.at_usec = clock_wall_usec();
		u = keep_upkeep_read(env->host.root);
	}
	if (o->textfile)
		return to_file(o, &v, &u, e);
	view_metrics(stdout, &v, &u);
	return 0;
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	struct options o = { 0 };
	int at = options_parse("metrics", takes, &o, argc, argv, e);

	if (at < 0)
		return at;
	if (at < argc)
		return usage(e, "metrics", "no argument '%s'", argv[at]);
	if (o.textfile && (!*o.textfile || str_ends(o.textfile, "/")))
		return err_set(e, -EINVAL, "--textfile takes a file, not the directory '%s'",
			       o.textfile);
	HOST *h = o.host ? host_replay(o.host, e) : host_live(&env->host, e);
	return h ? metrics(&o, env, h, e) : e->code;
}

const struct cmd cmd_metrics = {
	.name = "metrics",
	.args = "[--textfile FILE] [--gpu BDF] [--host RECORDING]",
	.help = "the state of the chain as metrics, for Prometheus",
	.options =
	    "  --textfile FILE   into this file, for node_exporter, instead of to stdout\n"
	    "  --gpu BDF         this GPU, also an internal one; \"any\": the first there is\n"
	    "  --host RECORDING  a recorded host instead of this one: a directory or .tar.zst\n",
	.run = run,
};
