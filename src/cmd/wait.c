/* SPDX-License-Identifier: MIT */
/*
 * Until the GPU computes. A GPU behind a cable arrives when it wants: seconds or minutes
 * after the boot. So devices are listened to (sd-device), and looked at when
 * something has happened; a clock looks too, for what no event tells of, as CUDA.
 */
#include "cmd/wait.h"

#include <errno.h>
#include <stdio.h>

#include <systemd/sd-device.h>
#include <systemd/sd-event.h>

#include "base/clock.h"
#include "cmd/options.h"
#include "facts/gate.h"

enum {
	SETTLE_USEC = 200000, /* after an event, before a look: they come in swarms */
	AGAIN_USEC = 2000000, /* between two looks for what no event tells of */
	/* An enclosure would have been seen: so long after the boot, and after we began. */
	BOOTED_USEC = 15000000,
	PLUGGED_USEC = 3000000,
	TIMEOUT_SEC = 180, /* the latest GPU that was heard of came after 104 s */
	TIMEOUT_MAX_SEC = 86400,
};

struct options {
	struct look_for look;
	struct wait_for wait;
	bool quiet;
};

struct waiting {
	const struct wait_for *what;
	struct env *env;
	sd_event *event;
	sd_event_source *timer;
	uint64_t since_usec;
	int status;    /* once it is over */
	char why[160]; /* of the last look */
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
	OPTION_BY(struct options, wait.what, "for", take_for),
	OPTION_BY(struct options, wait.timeout_sec, "timeout", take_timeout),
	OPTION_BY(struct options, look, "gpu", look_for_gpu),
	{ 0 },
};

/* Only what tells: services and the container engine may be waiting for us. */
static enum ready look(struct waiting *w, struct arena *a, const char **ret_why)
{
	struct facts f = { .arena = a, .want = want_default() };
	uint64_t now = clock_usec(); /* which begins at the boot */
	bool settled = now >= BOOTED_USEC && now - w->since_usec >= PLUGGED_USEC;
	HOST *h = host_live(&w->env->host, NULL);

	*ret_why = "this host cannot be looked at";
	if (!h)
		return READY_NOT_YET;
	collect_want(&f, h);
	if (w->what->gpu)
		f.want.gpu = w->what->gpu;
	collect_thunderbolt(&f, h);
	collect_pci(&f, h);
	collect_driver_log(&f, h);
	collect_driver(&f, h);
	f.gate = gate_of(&f);
	if (w->what->what == READY_CUDA)
		collect_cuda(&f, h);
	return ready_of(&f, w->what->what, settled, ret_why);
}

static int finish(struct waiting *w, int status)
{
	w->status = status;
	return sd_event_exit(w->event, 0);
}

static uint64_t next_look(const struct waiting *w)
{
	uint64_t end = w->since_usec + w->what->timeout_sec * 1000000,
		 next = clock_usec() + AGAIN_USEC;
	return next < end ? next : end;
}

static int on_time(sd_event_source *s, uint64_t usec, void *data)
{
	struct waiting *w = data;
	ARENA arena = { 0 };
	const char *why;
	enum ready r = look(w, &arena, &why);

	(void)usec;
	snprintf(w->why, sizeof(w->why), "%s", why);
	switch (r) {
	case READY_YES:
		return finish(w, WAITED_READY);
	case READY_ABSENT:
		return finish(w, WAITED_ABSENT);
	case READY_BROKEN:
		return finish(w, WAITED_BROKEN);
	case READY_NOT_YET:
		break;
	}
	if (clock_usec() >= w->since_usec + w->what->timeout_sec * 1000000)
		return finish(w, WAITED_TIMEOUT);
	sd_event_source_set_time(s, next_look(w));
	return sd_event_source_set_enabled(s, SD_EVENT_ONESHOT);
}

static int on_device(sd_device_monitor *m, sd_device *d, void *data)
{
	struct waiting *w = data;

	(void)m;
	(void)d;
	sd_event_source_set_time(w->timer, clock_usec() + SETTLE_USEC);
	return sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT);
}

static int listen_to(struct waiting *w, sd_device_monitor *m)
{
	static const char *const subsystems[] = { "pci", "thunderbolt", "module" };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < COUNT_OF(subsystems); i++)
		r = sd_device_monitor_filter_add_match_subsystem_devtype(m, subsystems[i], NULL);
	if (r >= 0)
		r = sd_device_monitor_attach_event(m, w->event);
	if (r >= 0)
		r = sd_device_monitor_start(m, on_device, w);
	return r;
}

static int listen_and_look(struct waiting *w, struct err *e)
{
	__attribute__((cleanup(sd_event_unrefp))) sd_event *event = NULL;
	__attribute__((cleanup(sd_device_monitor_unrefp))) sd_device_monitor *monitor = NULL;
	int r = sd_event_new(&event);

	w->event = event;
	if (r >= 0) /* before the first look, so that nothing falls between the two */
		r = sd_device_monitor_new(&monitor);
	if (r >= 0)
		r = sd_event_add_time(event, &w->timer, CLOCK_MONOTONIC, clock_usec(), 1000,
				      on_time, w);
	if (r >= 0)
		r = listen_to(w, monitor);
	if (r >= 0)
		r = sd_event_loop(event);
	sd_event_source_unref(w->timer);
	return r < 0 ? err_set(e, r, "listen to devices") : 0;
}

int wait_for_gpu(struct env *env, struct arena *a, const struct wait_for *what,
		 const char **ret_why, struct err *e)
{
	struct waiting w = { .what = what, .env = env, .since_usec = clock_usec() };
	int r = listen_and_look(&w, e);

	*ret_why = str_dup(a, w.why);
	return r < 0 ? r : w.status;
}

static void tell(int status, const char *why, double sec)
{
	if (status == WAITED_READY)
		printf("The GPU is ready after %.1f s.\n", sec);
	else if (status == WAITED_ABSENT)
		printf("No GPU to wait for: %s.\n", why);
	else if (status == WAITED_BROKEN)
		printf("The GPU will not be ready by waiting: %s. To see why: egpu check\n", why);
	else
		printf("Not ready after %.1f s: %s. To see why: egpu check\n", sec, why);
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	ARENA arena = { 0 };
	struct options o = { .wait = { .what = READY_CUDA, .timeout_sec = TIMEOUT_SEC } };
	uint64_t since = clock_usec();
	const char *why = "";
	int at = options_parse("wait", takes, &o, argc, argv, e);

	if (at < 0)
		return at;
	if (at < argc)
		return usage(e, "wait", "no argument '%s'", argv[at]);
	o.wait.gpu = o.look.gpu;
	int r = wait_for_gpu(env, &arena, &o.wait, &why, e);
	if (r >= 0 && !o.quiet)
		tell(r, why, (double)(clock_usec() - since) / 1000000);
	return r;
}

const struct cmd cmd_wait = {
	.name = "wait",
	.args = "[--timeout SEC] [--for pci|driver|cuda] [--quiet] [--gpu BDF]",
	.help = "wait until the GPU computes; for units that start after it",
	.options =
	    "  --timeout SEC      how long at most (default 180)\n"
	    "  --for WHAT         pci: on the bus, driver: bound, cuda: computes (default)\n"
	    "  -q, --quiet        say nothing; the exit status tells\n"
	    "  --gpu BDF          this GPU, also an internal one; \"any\": the first there is\n",
	.run = run,
};
