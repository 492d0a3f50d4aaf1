/* SPDX-License-Identifier: MIT */
/* Keeps it up: egpu-guard(1). */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cause/cause.h"
#include "cmd/guard/child.h"
#include "cmd/options.h"
#include "watch/keep.h"
#include "watch/watch.h"

enum {
	LOOK_SEC = 60,
	HISTORY_SHOWN = 50,
	TAKEN_TRIES = 50, /* one second in all */
	TAKEN_USEC = 20000,
};

struct options {
	struct look_for look;
	bool observe, pause, resume, history, json;
};

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(observe, "observe", 0, FLAG),
	IN(pause, "pause", 0, FLAG),
	IN(resume, "resume", 0, FLAG),
	IN(history, "history", 0, FLAG),
	IN(json, "json", 0, FLAG),
	IN(look.display, "display", 0, FLAG),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

static int parse(struct options *o, int argc, char *argv[], struct err *e)
{
	int at = options_parse("guard", takes, o, argc, argv, e);

	if (at < 0)
		return at;
	if (at < argc)
		return usage(e, "guard", "no argument '%s'", argv[at]);
	if (o->observe + o->pause + o->resume + o->history > 1)
		return usage(e, "guard",
			     "one of --observe, --pause, --resume and --history at a time");
	if (o->json && !o->history)
		return usage(e, "guard", "--json goes with --history");
	return 0;
}

/* Switches */

/* Whether a guard took it: then one runs. */
static bool is_taken(int dir)
{
	for (int i = 0; keep_resume_waits(dir); i++) {
		if (i == TAKEN_TRIES)
			return false;
		usleep(TAKEN_USEC);
	}
	return true;
}

static const char *what_follows(const struct options *o, int dir)
{
	if (o->pause)
		return "From now on the guard looks and tells, and acts on nothing. To have it act "
		       "again:\n  sudo egpu guard --resume";
	if (is_taken(dir))
		return "The guard that runs may act again, and has forgotten what it tried.";
	return "A guard may act again, but none took it up, so none seems to run. The next one "
	       "that\nstarts forgets what was tried. To start it:\n"
	       "  sudo systemctl start egpu-guard";
}

static int flip(struct env *env, const struct options *o, struct err *e)
{
	int dir = keep_open(env->host.root, true, e);

	if (dir < 0)
		return dir;
	int r = keep_set_off(dir, o->pause, e);
	if (r == 0 && o->resume)
		r = keep_ask_resume(dir, e);
	if (r == 0)
		puts(what_follows(o, dir));
	close(dir);
	return r;
}

/* History */

static void say_line(struct arena *a, const json_t *j)
{
	const char *time = json_text(a, json_object_get(j, "time"));
	const char *text = json_text(a, json_object_get(j, "text"));

	printf("%.16s  %-9s %s\n", str_clean(a, time, strlen(time), 20),
	       json_text(a, json_object_get(j, "result")), str_clean(a, text, strlen(text), 600));
}

static size_t count_lines(struct bytes all)
{
	struct bytes line;
	size_t n = 0;

	while (bytes_line(&all, &line))
		n += line.size > 0;
	return n;
}

static int history(struct env *env, const struct options *o, struct arena *a, struct err *e)
{
	int dir = keep_open(env->host.root, false, e);
	struct bytes all, line;
	int r = dir < 0 ? dir : keep_history_read(dir, a, &all, e);

	if (dir >= 0)
		close(dir);
	if (r == -ENOENT) {
		if (!o->json)
			puts("No incident yet.");
		return 0;
	}
	if (r < 0)
		return r;
	size_t count = count_lines(all), n = 0;
	size_t from = o->json || count < HISTORY_SHOWN ? 0 : count - HISTORY_SHOWN;
	while (bytes_line(&all, &line)) {
		json_auto_t *j = n++ < from ? NULL : json_parse(line, "history", NULL);
		if (!j)
			continue; /* too old to be shown, or cut off by a crash */
		if (o->json)
			printf("%.*s\n", (int)line.size, line.data);
		else
			say_line(a, j);
	}
	return 0;
}

/* The daemon */

static void check_policies(struct guard_child *c)
{
	ARENA a = { 0 };
	struct want_guard w = guard_child_want(c, &a);

	for (size_t i = 0; i < w.policy_count; i++)
		if (!cause_of_id(w.policy[i].cause))
			fprintf(stderr,
				"egpu: /etc/egpu.conf: [policy] names no cause: %s; egpu explain "
				"--list has them\n",
				w.policy[i].cause);
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	ARENA arena = { 0 };
	struct options o = { 0 };
	int r = parse(&o, argc, argv, e);

	if (r < 0)
		return r;
	if (o.pause || o.resume)
		return flip(env, &o, e);
	if (o.history)
		return history(env, &o, &arena, e);
	struct guard_child child = { env, o.look };
	check_policies(&child);
	child.look.quiet = true;
	if (!env->host.probe_msec)
		env->host.probe_msec = PROBE_COLD_MSEC;
	return watch_run(
	    &(struct watch){ .root = env->host.root,
			     .docker = env->host.docker,
			     .observe = o.observe,
			     .to_stderr = isatty(STDERR_FILENO) || !getenv("JOURNAL_STREAM"),
			     .look_usec = (uint64_t)LOOK_SEC * 1000000,
			     .want = guard_child_want,
			     .look = guard_child_look,
			     .act = guard_child_act,
			     .data = &child },
	    e);
}

const struct cmd cmd_guard = {
	.name = "guard",
	.args = "[--observe] [--pause|--resume] [--history [--json]] [--gpu BDF]",
	.help = "keep the GPU working: look when something happens, and mend what it may",
	.options =
	    "  --observe          look and tell, and act on nothing\n"
	    "  --pause            have the running guard act on nothing, until --resume\n"
	    "  --resume           have it act again, and forget what it tried\n"
	    "  --history          the last incidents, and what became of them\n"
	    "  --json             the history as JSON, a line for each\n"
	    "  --gpu BDF          this GPU, also an internal one; \"any\": the first there is\n"
	    "  --display          the GPU drives a monitor too (default: compute only)\n",
	.run = run,
};
