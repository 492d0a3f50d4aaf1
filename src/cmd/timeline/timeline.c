/* SPDX-License-Identifier: MIT */
/* This boot as a picture: what came when, and what started before what it needed. */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/term.h"
#include "cmd/look.h"
#include "cmd/options.h"
#include "collect/timeline/timeline.h"
#include "recording/recording.h"
#include "view/timeline/timeline.h"

struct options {
	const char *host; /* a recording; NULL: this machine */
	const char *svg;  /* file to write; "-": stdout; NULL: none */
	struct look_for look;
	bool json;
};

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(svg, "svg", 0, TEXT),
	IN(json, "json", 0, FLAG),
	IN(host, "host", 0, TEXT),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("timeline", takes, o, argc, argv, e);

	if (at >= 0 && at < argc)
		return usage(e, "timeline", "no argument '%s'", argv[at]);
	if (at >= 0 && o->svg && !*o->svg)
		return usage(e, "timeline", "--svg needs a name, or - for the output");
	if (at >= 0 && o->json && str_eq(o->svg, "-"))
		return usage(e, "timeline", "--json and --svg - both go to the output");
	return at < 0 ? at : 0;
}

/* As whoever makes a file there would have it, or as the one that it replaces. */
static mode_t mode_of(const char *file)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	return stat(file, &st) == 0 && S_ISREG(st.st_mode) ? st.st_mode & 0777 : 0666 & ~mask;
}

static int write_svg(const char *file, const struct timeline_view *v, struct err *e)
{
	struct stat st;
	char *text = NULL;
	size_t size = 0;

	/* "/dev/stdout", a pipe: what is no file is not replaced by one. */
	if (stat(file, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST,
			       "write %s: it is no plain file; --svg - writes to the output", file);
	FILE *f = open_memstream(&text, &size);
	if (!f)
		return err_set(e, -errno, "write %s", file);
	timeline_svg(f, v);
	int r = fclose(f) != 0 ? err_set(e, -errno, "write %s", file)
			       : file_replace(file, (struct bytes){ text, size }, mode_of(file), e);
	free(text);
	return r;
}

static int show_json(const struct timeline_view *v, struct err *e)
{
	json_auto_t *j = timeline_json(v);
	if (json_dumpf(j, stdout, JSON_INDENT(2)) < 0)
		return err_set(e, -EIO, "write the timeline");
	putchar('\n');
	return 0;
}

static int show(const struct options *o, const struct timeline_view *v, struct err *e)
{
	int r = 0;

	if (str_eq(o->svg, "-")) {
		timeline_svg(stdout, v);
		return 0;
	}
	if (o->svg)
		r = write_svg(o->svg, v, e);
	if (r < 0)
		return r;
	if (o->json)
		return show_json(v, e);
	timeline_text(stdout, v);
	return 0;
}

static int draw(const struct options *o, struct host *h, struct err *e)
{
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	struct timeline t;

	f->arena = &arena;
	look_outside(f, h, &o->look);
	collect_timeline(f, h, &t);
	const struct timeline_view v = {
		.arena = &arena,
		.t = &t,
		.host = h->name,
		.colour = term_colour(stdout),
		.columns = term_columns(stdout),
		.version = EGPU_VERSION,
	};
	int r = show(o, &v, e);
	return r < 0 ? r : timeline_exit_status(&t);
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	struct options o = { 0 };
	int r = parse(&o, argc, argv, e);
	if (r < 0)
		return r;
	HOST *h = o.host ? host_replay(o.host, e) : host_live(&env->host, e);
	return h ? draw(&o, h, e) : e->code;
}

const struct cmd cmd_timeline = {
	.name = "timeline",
	.args = "[--svg FILE] [--json] [--gpu BDF] [--host RECORDING]",
	.help = "this boot as a picture: what came when, and what came too early",
	.options =
	    "  --svg FILE        the picture as SVG too; \"-\": only that, to the output\n"
	    "  --json            as JSON (egpu-timeline(1) names its schema)\n"
	    "  --gpu BDF         this GPU, also an internal one; \"any\": the first there is\n"
	    "  --host RECORDING  a recorded host instead of this one: a directory or .tar.zst\n",
	.run = run,
};
