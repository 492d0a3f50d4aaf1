/* SPDX-License-Identifier: MIT */
#include "cmd/wait.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/options.h"
#include "cmd/wait/revive.h"

enum {
	TIMEOUT_SEC = 180, /* the latest GPU that was heard of came after 104 s */
	TIMEOUT_MAX_SEC = 86400,
};

struct options {
	struct look_for look;
	struct wait_for wait;
	bool quiet, units;
};

static int take_for(void *to, const char *value, struct err *e)
{
	static const char *const words[] = { "pci", "driver", "cuda" };

	for (unsigned i = 0; i < COUNT_OF(words); i++)
		if (str_eq(value, words[i])) {
			*(enum ready_for *)to = (enum ready_for)i;
			return 0;
		}
	return usage(e, "wait", "--for takes pci, driver or cuda, not '%s'", value);
}

static int take_timeout(void *to, const char *value, struct err *e)
{
	if (!str_u64(value, 10, TIMEOUT_MAX_SEC, to))
		return usage(e, "wait", "--timeout takes seconds up to %d, not '%s'",
			     TIMEOUT_MAX_SEC, value);
	return 0;
}

#define IN(member, name, letter, kind) OPTION_IN(struct options, member, name, letter, kind)

static const struct cmd_option takes[] = {
	IN(quiet, "quiet", 'q', FLAG),
	IN(units, "units", 0, FLAG),
	OPTION_BY(struct options, wait.what, "for", take_for),
	OPTION_BY(struct options, wait.timeout_sec, "timeout", take_timeout),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

/* The first line tells, the second is to be pasted. */
static void tell(int status, const struct waited *w, double sec)
{
	if (status == WAITED_READY)
		printf("The GPU is ready after %.1f s.\n", sec);
	else if (status == WAITED_ABSENT)
		printf("No GPU to wait for: %s.\n", w->why);
	else if (status == WAITED_BROKEN)
		printf("The GPU will not be ready by waiting: %s", w->why);
	else
		printf("Not ready after %.1f s: %s", sec, w->why);
	if (status != WAITED_TIMEOUT && status != WAITED_BROKEN)
		return;
	if (*w->cause)
		printf(" (%s).\nTo mend it: egpu fix\n", w->cause);
	else
		printf(".\nTo see why: egpu check\n");
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	ARENA arena = { 0 };
	struct options o = { .wait = { .what = READY_CUDA, .timeout_sec = TIMEOUT_SEC } };
	struct waited waited;
	uint64_t since = clock_usec();
	int at = options_parse("wait", takes, &o, argc, argv, e);

	if (at < 0)
		return at;
	if (at < argc)
		return usage(e, "wait", "no argument '%s'", argv[at]);
	if (o.units && geteuid() != 0)
		return err_set(e, -EPERM, "wait: --units starts services, which is for root");
	o.wait.gpu = o.look.gpu;
	int r = wait_for_gpu(env, &arena, &o.wait, &waited, e);
	if (r >= 0 && !o.quiet)
		tell(r, &waited, (double)(clock_usec() - since) / 1000000);
	if (r == WAITED_READY && o.units)
		wait_revive(env, &arena, o.quiet);
	return r;
}

const struct cmd cmd_wait = {
	.name = "wait",
	.args = "[--timeout SEC] [--for pci|driver|cuda] [--units] [--quiet] [--gpu BDF]",
	.help = "wait until the GPU computes; for units that start after it",
	.options =
	    "  --timeout SEC      how long at most (default 180)\n"
	    "  --for WHAT         pci: on the bus, driver: answers, cuda: computes (default)\n"
	    "  --units            once it is ready, start anew what failed for want of it:\n"
	    "                     nvidia-persistenced, nvidia-cdi-refresh; as root\n"
	    "  -q, --quiet        say nothing; the exit status tells\n"
	    "  --gpu BDF          this GPU, also an internal one; \"any\": the first there is\n",
	.run = run,
};
