/* SPDX-License-Identifier: MIT */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <syslog.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "watch/child.h"
#include "watch/keep.h"
#include "watch/notice.h"
#include "watch/serve.h"
#include "watch/slim.h"
#include "watch/tell.h"

enum { ACT_USEC = 700000000 }; /* making a container anew may pull an image */

struct loop {
	const struct watch *watch;
	struct arena arena; /* of what is wanted */
	struct want_guard want;
	struct guard guard;
	struct tell tell;
	struct serve *serve; /* NULL: nobody wants it */
	int dir;
	sd_event *event;
	sd_event_source *wake;
	struct notice notice;
	struct notice_devices devices;
	struct notice_kernel kernel;
	struct notice_bus bus;
	struct notice_engine engine;
	bool lost_state; /* it could not be kept: told once */
};

static void step(struct loop *l, struct guard_event e);

static bool may_act(const struct loop *l)
{
	return l->want.act && !l->watch->observe && l->dir >= 0 && !keep_is_off(l->dir);
}

/* What a child says: this, and after a look the metrics. */
struct saw {
	struct err err; /* code 0: it saw */
	struct sight sight;
};
struct did {
	enum acted acted;
	struct err err;
};

/* Looks */

static int be_look(void *data, int out)
{
	struct loop *l = data;
	static struct saw saw;
	FILE *f = fdopen(dup(out), "w");

	serve_let_go(l->serve);
	if (!f || fseek(f, sizeof(saw), SEEK_SET) < 0)
		return 1;
	struct upkeep u = keep_upkeep(&l->guard.kept, !may_act(l));
	int r = l->watch->look(l->watch->data, &u, &saw.sight, l->serve ? f : NULL, &saw.err);
	saw.err.code = r < 0 ? r : 0;
	if (fclose(f) != 0)
		return 1;
	return pwrite(out, &saw, sizeof(saw), 0) != sizeof(saw);
}

/* What is served until the next look. */
static void serve(struct loop *l, const struct saw *saw, struct bytes metrics)
{
	const struct sight *s = &saw->sight;

	if (l->serve)
		serve_set(l->serve, metrics.data, metrics.size, s->gpu == GPU_READY,
			  s->gpu == GPU_LOST ? s->gpu_why : sight_gpu_name(s->gpu));
}

static void blind(struct loop *l, const char *why)
{
	if (l->serve)
		serve_set(l->serve, NULL, 0, false, "the last look failed");
	if (l->guard.blind == 0)
		tell_note(&l->tell, LOG_WARNING, "a look failed: %s", why);
}

static void on_look_end(void *data, int status, struct bytes out)
{
	struct loop *l = data;
	const struct saw *saw = (const struct saw *)(const void *)out.data;

	bool said = status == 0 && out.size >= sizeof(*saw);

	if (said && saw->err.code == 0) {
		serve(l, saw, (struct bytes){ out.data + sizeof(*saw), out.size - sizeof(*saw) });
		step(l, (struct guard_event){ GUARD_SAW, .sight = &saw->sight });
		return;
	}
	if (!said || saw->err.code != -EBUSY) /* else somebody changes this host: later */
		blind(l, said                   ? saw->err.text
			 : status == -ETIMEDOUT ? "it did not end in time"
						: "it crashed");
	step(l, (struct guard_event){ GUARD_BLIND });
}

static void look(struct loop *l)
{
	struct child_work w = { be_look, on_look_end, l, l->watch->look_usec };
	struct err e = { 0 };

	if (child_start(l->event, &w, &e) == 0)
		return;
	tell_note(&l->tell, LOG_WARNING, "%s", e.text);
	step(l, (struct guard_event){ GUARD_BLIND });
}

/* Deeds */

static int be_act(void *data, int out)
{
	struct loop *l = data;
	struct did did = { 0 };

	serve_let_go(l->serve);
	did.acted = l->watch->act(l->watch->data, &l->guard.doing, &did.err);
	return pwrite(out, &did, sizeof(did), 0) != sizeof(did);
}

static void on_act_end(void *data, int status, struct bytes out)
{
	struct loop *l = data;
	struct did did = { .acted = ACTED_FAILED };

	if (status == 0 && out.size >= sizeof(did))
		memcpy(&did, out.data, sizeof(did));
	else
		err_say(&did.err, status,
			status == -ETIMEDOUT ? "it did not end in time" : "it ended unexpectedly");
	if (did.acted == ACTED_FAILED)
		tell_note(&l->tell, LOG_WARNING, "%s of %s: %s", deed_name(l->guard.doing.deed),
			  *l->guard.doing.on ? l->guard.doing.on : l->guard.doing.cause,
			  did.err.text);
	step(l, (struct guard_event){ GUARD_ACTED, .acted = did.acted, .why = did.err.text });
}

static void act(struct loop *l)
{
	struct child_work w = { be_act, on_act_end, l, ACT_USEC };
	struct err e = { 0 };
	const struct guard_doing *o = &l->guard.doing;

	tell_note(&l->tell, LOG_NOTICE, "%s %s, because of %s", deed_name(o->deed),
		  *o->on ? o->on : "this host", o->cause);
	if (child_start(l->event, &w, &e) < 0)
		step(l, (struct guard_event){ GUARD_ACTED, .acted = ACTED_FAILED, .why = e.text });
}

/* Orders */

static int keep(struct loop *l, struct err *e)
{
	struct keep_now now = keep_now();
	int r = l->dir < 0 ? -EROFS : keep_save(l->dir, &now, &l->guard.kept, e);

	if (r < 0 && !l->lost_state && l->dir >= 0)
		tell_note(&l->tell, LOG_ERR, "%s; nothing is done while the budget cannot be kept",
			  e->text);
	l->lost_state = r < 0;
	return r;
}

static void wake_at(struct loop *l, int64_t usec)
{
	if (usec)
		sd_event_source_set_time(l->wake, (uint64_t)usec);
	sd_event_source_set_enabled(l->wake, usec ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

/*
 * A deed whose try is not on disk is not done: it could be done again for ever. Nor is it a try,
 * so that there are some left when the disk has room again.
 */
static void begin_act(struct loop *l, int kept)
{
	if (kept < 0)
		step(l, (struct guard_event){ GUARD_ACTED, .acted = ACTED_BUSY });
	else
		act(l);
}

static void say_status(struct loop *l)
{
	sd_notifyf(false, "STATUS=GPU %s, %zu incidents open%s", sight_gpu_name(l->guard.seen.gpu),
		   l->guard.incident_count, may_act(l) ? "" : ", acts on nothing");
}

static void obey(struct loop *l, const struct guard_order *o)
{
	struct err e = { 0 };
	int kept = o->keep ? keep(l, &e) : 0;

	wake_at(l, o->wake_usec);
	for (size_t i = 0; i < o->told_count; i++)
		tell_incident(&l->tell, &o->told[i]);
	if (o->look)
		look(l);
	if (o->act)
		begin_act(l, kept);
}

static void step(struct loop *l, struct guard_event e)
{
	struct guard_rules rules = { &l->want, may_act(l) };
	struct guard_order o;

	e.now_usec = keep_now().boot_usec;
	guard_step(&l->guard, &rules, &e, &o);
	obey(l, &o);
	if (e.kind == GUARD_SAW)
		say_status(l);
	if (e.kind == GUARD_SAW && l->guard.phase == GUARD_RESTING)
		slim_down();
}

/* Events */

static void on_notice(void *data, bool urgent)
{
	step(data, (struct guard_event){ GUARD_NOTICED, .urgent = urgent });
}

static void on_engine(void *data)
{
	notice_engine_again(&((struct loop *)data)->engine);
}

static int on_wake(sd_event_source *s, uint64_t usec, void *data)
{
	(void)s;
	(void)usec;
	step(data, (struct guard_event){ GUARD_TIMER });
	return 0;
}

static int on_switch(sd_event_source *s, const struct inotify_event *i, void *data)
{
	struct loop *l = data;
	bool resumed = keep_take_resume(l->dir);

	(void)s;
	if (resumed || (i->len && str_eq(i->name, "off")))
		step(l, resumed ? (struct guard_event){ GUARD_RESUMED }
				: (struct guard_event){ GUARD_NOTICED, .urgent = true });
	return 0;
}

/* An address that changes counts at the next start. */
static void start_serve(struct loop *l)
{
	struct err e = { 0 };

	if (*l->want.listen && serve_start(l->event, l->want.listen, &l->serve, &e) < 0)
		tell_note(&l->tell, LOG_ERR, "%s; no metrics are served", e.text);
}

static void read_want(struct loop *l)
{
	arena_done(&l->arena);
	l->want = l->watch->want(l->watch->data, &l->arena);
}

static int on_reload(sd_event_source *s, const struct signalfd_siginfo *si, void *data)
{
	struct loop *l = data;

	(void)s;
	(void)si;
	read_want(l);
	step(l, (struct guard_event){ GUARD_NOTICED, .urgent = true });
	return 0;
}

/* Begin and end */

static void open_state(struct loop *l)
{
	struct keep_now now = keep_now();
	struct err e = { 0 };

	l->dir = keep_open(l->watch->root, true, &e);
	if (l->dir < 0) {
		tell_note(&l->tell, LOG_WARNING, "%s; so it only looks and tells", e.text);
		return;
	}
	l->tell.dir = l->dir;
	int r = keep_load(l->dir, &now, &l->guard.kept, &e);
	if (r < 0 && r != -ENOENT)
		tell_note(&l->tell, LOG_WARNING, "%s", e.text);
}

static int listen_to_signals(struct loop *l)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGCHLD); /* sd-event wants it, for children of any kind */
	sigprocmask(SIG_BLOCK, &ours, NULL);
	int r = sd_event_add_signal(l->event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(l->event, NULL, SIGINT, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(l->event, NULL, SIGHUP, on_reload, l);
	return r;
}

/* Who cannot be listened to is told once; the others are listened to all the same. */
static void listen_to_all(struct loop *l)
{
	struct err e = { 0 };

	l->notice = (struct notice){ on_notice, l };
	if (notice_devices(&l->devices, l->event, &l->notice, &e) < 0)
		tell_note(&l->tell, LOG_WARNING, "%s", e.text);
	if (notice_kernel(&l->kernel, l->event, &l->notice, &e) < 0)
		tell_note(&l->tell, LOG_WARNING, "%s", e.text);
	l->bus.engine = on_engine;
	l->bus.data = l;
	if (notice_bus(&l->bus, l->event, &l->notice, &e) < 0)
		tell_note(&l->tell, LOG_WARNING, "%s", e.text);
	l->tell.bus = l->bus.bus;
	l->engine = (struct notice_engine){ .event = l->event,
					    .notice = &l->notice,
					    .url = l->watch->docker,
					    .root = open(l->watch->root ? l->watch->root : "/",
							 O_PATH | O_DIRECTORY | O_CLOEXEC),
					    .patient = l->bus.bus != NULL };
	notice_engine(&l->engine, NULL);
	if (l->dir >= 0)
		sd_event_add_inotify_fd(l->event, NULL, l->dir,
					IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
					on_switch, l);
}

static int begin(struct loop *l)
{
	int r = sd_event_new(&l->event);

	l->tell.event = l->event;
	if (r >= 0)
		r = listen_to_signals(l);
	if (r >= 0)
		r = sd_event_add_time(l->event, &l->wake, CLOCK_BOOTTIME, 0, 1000, on_wake, l);
	if (r >= 0)
		r = sd_event_source_set_enabled(l->wake, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_set_watchdog(l->event, true);
	return r < 0 ? r : 0;
}

static void end(struct loop *l)
{
	struct err e = { 0 };

	keep(l, &e);
	serve_stop(l->serve);
	notice_engine_end(&l->engine);
	notice_bus_end(&l->bus);
	notice_kernel_end(&l->kernel);
	notice_devices_end(&l->devices);
	sd_event_source_disable_unref(l->wake);
	sd_event_unref(l->event);
	if (l->engine.root > 0)
		close(l->engine.root);
	if (l->dir >= 0)
		close(l->dir);
	arena_done(&l->arena);
}

int watch_run(const struct watch *w, struct err *e)
{
	static struct loop l; /* large, and there is one */

	l = (struct loop){ .watch = w, .dir = -1 };
	l.tell = (struct tell){ .dir = -1, .want = &l.want, .to_stderr = w->to_stderr };
	read_want(&l);
	int r = begin(&l);
	if (r < 0)
		return err_set(e, r, "guard");
	open_state(&l);
	listen_to_all(&l);
	start_serve(&l);
	sd_notify(false, "READY=1\nSTATUS=looks for the first time");
	/* Asked for while no guard ran, or while this one was being started. */
	if (keep_take_resume(l.dir))
		step(&l, (struct guard_event){ GUARD_RESUMED });
	else
		step(&l, (struct guard_event){ GUARD_NOTICED, .urgent = true });
	r = sd_event_loop(l.event);
	sd_notify(false, "STOPPING=1");
	end(&l);
	return r < 0 ? err_set(e, r, "guard: an event could not be handled") : 0;
}
