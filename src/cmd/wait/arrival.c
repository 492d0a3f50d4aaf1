/* SPDX-License-Identifier: MIT */
/*
 * Until the GPU computes. A GPU behind a cable arrives when it wants: seconds or minutes
 * after the boot. So devices are listened to, and looked at when something has
 * happened; facts/ready.h has the few moments at which it is looked at unasked.
 *
 * Devices tell by uevents: pci (add, and bind when a driver takes one), thunderbolt (authorised
 * too), module. NVIDIA's device nodes are made by a program, without a uevent: /dev is watched
 * for them.
 */
#include "cmd/wait.h"

#include <limits.h>
#include <stdio.h>
#include <sys/inotify.h>

#include <systemd/sd-device.h>
#include <systemd/sd-event.h>

#include "base/clock.h"
#include "cmd/wait/judged.h"
#include "facts/gate.h"

enum {
	SETTLE_USEC = 200000, /* after an event, before a look: they come in swarms */
	SWARM_USEC = 1000000, /* but however long the swarm, so long after its first */
};

struct arrival {
	const struct wait_for *what;
	const struct host_options *host;
	sd_event *event;
	sd_event_source *timer;
	struct ready_pace pace;
	uint64_t swarm_usec; /* its first event that was not looked at yet; 0: none */
	struct arena arena;  /* of the last look */
	struct facts facts;
	const struct finding *root;
	enum ready ready;
	const char *why;
	int status; /* once it is over */
};

/* Only what tells: services and the container engine may be waiting for us. */
static void collect(struct arrival *w, struct host *h, uint64_t now)
{
	struct facts *f = &w->facts;

	f->want = want_default();
	collect_want(f, h);
	if (w->what->gpu)
		f->want.gpu = w->what->gpu;
	collect_thunderbolt(f, h);
	collect_pci(f, h);
	collect_driver_log(f, h);
	collect_driver(f, h);
	f->gate = gate_of(f);
	ready_saw(&w->pace, f, now);
	if (w->what->what == READY_PCI || !ready_asks(&w->pace, now))
		return;
	if (w->what->what == READY_CUDA)
		collect_cuda(f, h);
	else
		collect_nvml(f, h);
}

static void look(struct arrival *w)
{
	uint64_t now = clock_usec(); /* which begins at the boot */
	HOST *h = host_live(w->host, NULL);

	arena_done(&w->arena);
	w->facts = (struct facts){ .arena = &w->arena };
	w->root = NULL;
	w->ready = READY_NOT_YET;
	w->why = "this host cannot be looked at";
	if (!h)
		return;
	collect(w, h, now);
	bool settled = ready_settled(&w->pace, now), over = now >= w->pace.end_usec;
	w->ready = ready_of(&w->facts, w->what->what, settled, &w->why);
	bool broken = w->ready == READY_BROKEN, not_yet = w->ready == READY_NOT_YET;
	if (broken || (not_yet && (over || settled)))
		w->root = wait_root(&w->facts, h, w->what->what, broken || over);
	if (w->ready == READY_NOT_YET && settled && wait_is_hopeless(w->root))
		w->ready = READY_BROKEN;
}

static int finish(struct arrival *w, int status)
{
	w->status = status;
	return sd_event_exit(w->event, 0);
}

static int wake_at(struct arrival *w, uint64_t usec)
{
	int r = sd_event_source_set_time(w->timer, usec);
	return r < 0 ? r : sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT);
}

static int on_time(sd_event_source *s, uint64_t usec, void *data)
{
	struct arrival *w = data;
	bool over = clock_usec() >= w->pace.end_usec;

	(void)s;
	(void)usec;
	w->swarm_usec = 0;
	look(w);
	switch (w->ready) {
	case READY_YES:
		return finish(w, WAITED_READY);
	case READY_ABSENT:
		return finish(w, WAITED_ABSENT);
	case READY_BROKEN:
		return finish(w, WAITED_BROKEN);
	case READY_NOT_YET:
		break;
	}
	if (over)
		return finish(w, WAITED_TIMEOUT);
	return wake_at(w, ready_next(&w->pace, clock_usec()));
}

/* Something has happened: a look, once the swarm is over. */
static int stir(struct arrival *w)
{
	uint64_t now = clock_usec(), at = now + SETTLE_USEC;

	if (!w->swarm_usec)
		w->swarm_usec = now;
	if (at > w->swarm_usec + SWARM_USEC)
		at = w->swarm_usec + SWARM_USEC;
	return wake_at(w, at < w->pace.end_usec ? at : w->pace.end_usec);
}

static int on_device(sd_device_monitor *m, sd_device *d, void *data)
{
	struct arrival *w = data;
	sd_device_action_t action;

	(void)m;
	if (sd_device_get_action(d, &action) >= 0 && action == SD_DEVICE_BIND)
		ready_bound(&w->pace);
	return stir(w);
}

static int on_node(sd_event_source *s, const struct inotify_event *event, void *data)
{
	(void)s;
	return event->len && str_starts(event->name, "nvidia") ? stir(data) : 0;
}

static int listen_to(struct arrival *w, sd_device_monitor *m)
{
	static const char *const subsystems[] = { "pci", "thunderbolt", "module" };
	const char *root = w->host->root ? w->host->root : "";
	char dev[PATH_MAX];
	int r = 0;

	for (size_t i = 0; r >= 0 && i < COUNT_OF(subsystems); i++)
		r = sd_device_monitor_filter_add_match_subsystem_devtype(m, subsystems[i], NULL);
	if (r >= 0)
		r = sd_device_monitor_attach_event(m, w->event);
	if (r >= 0)
		r = sd_device_monitor_start(m, on_device, w);
	/* Where /dev cannot be watched, the handshakes still come upon what is made there. */
	if (snprintf(dev, sizeof(dev), "%s/dev", root) < (int)sizeof(dev))
		sd_event_add_inotify(w->event, NULL, dev, IN_CREATE | IN_MOVED_TO, on_node, w);
	return r;
}

static int listen_and_look(struct arrival *w, struct err *e)
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

int wait_for_gpu(struct env *env, struct arena *a, const struct wait_for *what, struct waited *ret,
		 struct err *e)
{
	struct host_options host = env->host;
	struct arrival w = { .what = what,
			     .host = &host,
			     .pace = ready_pace(clock_usec(), what->timeout_sec),
			     .why = "" };

	host.probe_msec = host.probe_msec ? host.probe_msec : PROBE_COLD_MSEC;
	int r = listen_and_look(&w, e);
	*ret = (struct waited){ str_dup(a, w.root ? w.root->text : w.why),
				str_dup(a, w.root ? w.root->cause->id : "") };
	arena_done(&w.arena);
	return r < 0 ? r : w.status;
}
