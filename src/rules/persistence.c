/* SPDX-License-Identifier: MIT */
/* nvidia-persistenced(1); systemd.unit(5); NVIDIA's README, chapter on power management. */
#include "rules/verdict.h"

#include <string.h>

#define DAEMON "nvidia-persistenced"
#define UNIT DAEMON ".service"
#define SHOW "systemctl status " DAEMON
#define SHOW_PARAMS "grep -E 'PreserveVideo|SuspendNotifiers' /proc/driver/nvidia/params"

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

static struct maybe_u64 persistence_mode(const struct facts *f)
{
	const struct nvml_gpu *g = nvml_gpu(&f->nvml, f->pci.chosen->bdf);
	return g ? g->persistence_mode : unknown_u64(NOT_LOOKED, NULL);
}

/* The daemon cannot hold open what does not work: that is the driver's finding, not this one. */
static bool driver_is_down(const struct facts *f)
{
	const struct driver *d = &f->driver;
	if (is_u64(d->nvidia_loaded, 0) || d->gpu_driver.know == ABSENT)
		return true;
	return !f->gate.open && f->gate.why && *f->gate.why;
}

static void judge_next_start(const struct facts *f, struct verdict *v, const struct unit *u)
{
	struct maybe_u64 rule = f->services.udev_starts;

	if (!unit_starts_by_hand(u) || is_u64(rule, 1))
		found_ok(v, DAEMON " running");
	else if (rule.know == KNOWN)
		found_warning(v, "persistence-not-enabled", "",
			      DAEMON " runs, but nothing starts it at the next boot");
	else
		found_unknown(v, "grep -rn " DAEMON " /etc/udev /usr/lib/udev",
			      DAEMON " runs; whether udev starts it at the next boot: %s",
			      know_why(rule.know));
}

static void judge_running(const struct facts *f, struct verdict *v, const struct unit *u)
{
	struct maybe_u64 mode = persistence_mode(f);
	const char *bdf = f->pci.chosen->bdf;

	if (is_u64(mode, 0))
		found_warning(v, "persistence-mode-off", bdf,
			      DAEMON " runs, but persistence mode of %s is off", bdf);
	else if (mode.know != KNOWN && has(u->exec_start, "--no-persistence-mode"))
		found_warning(v, "persistence-mode-off", bdf,
			      DAEMON " runs with --no-persistence-mode");
	else
		judge_next_start(f, v, u);
}

static void judge_failed(const struct facts *f, struct verdict *v, const struct unit *u)
{
	const char *how = *u->result ? u->result : "no reason given";

	if (driver_is_down(f))
		found_unknown(v, SHOW, DAEMON " failed (%s), as it must without a working driver",
			      how);
	else if (unit_gave_up(u))
		found_warning(v, "persistenced-start-limit", "",
			      DAEMON " failed too often, systemd starts it no more");
	else
		found_warning(v, "persistenced-failed", "", DAEMON " failed (%s)", how);
}

static void judge_inactive(const struct facts *f, struct verdict *v, const struct unit *u)
{
	if (driver_is_down(f))
		found_unknown(v, SHOW, DAEMON " is not running, nor is the driver");
	else if (str_eq(u->file_state, "enabled"))
		found_warning(v, "persistence-off", "", DAEMON " is enabled, but not running");
	else
		found_warning(v, "persistence-off", "", DAEMON " is not running");
}

/* On its way from one state to another. */
static void judge_changing(const struct facts *f, struct verdict *v, const struct unit *u)
{
	if (!str_eq(u->sub, "auto-restart"))
		found_unknown(v, SHOW, DAEMON " is just %s", u->active);
	else if (driver_is_down(f))
		found_unknown(v, SHOW, DAEMON " keeps failing, as it must without a driver");
	else
		found_warning(v, "persistenced-failed", "",
			      DAEMON " keeps failing, restarted %llu times",
			      (unsigned long long)u->restarts);
}

static void judge_state(const struct facts *f, struct verdict *v, const struct unit *u)
{
	static const struct {
		const char *active;
		void (*judge)(const struct facts *f, struct verdict *v, const struct unit *u);
	} states[] = {
		{ "active", judge_running },      { "reloading", judge_running },
		{ "failed", judge_failed },       { "inactive", judge_inactive },
		{ "activating", judge_changing }, { "deactivating", judge_changing },
	};
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (str_eq(u->active, states[i].active)) {
			states[i].judge(f, v, u);
			return;
		}
	found_unknown(v, SHOW, "state of " DAEMON " is '%s'", u->active);
}

static bool is_up(const struct unit *u)
{
	return u && (str_eq(u->active, "active") || str_eq(u->active, "reloading"));
}

/* What is wrong whatever the driver does, since it stands in files. */
static bool judge_unit_file(struct verdict *v, const struct unit *u)
{
	if (!u)
		found_warning(v, "persistenced-missing", "", DAEMON " is not installed");
	else if (str_eq(u->load, "masked"))
		found_warning(v, "persistenced-masked", "", DAEMON " is masked");
	else if (!str_eq(u->load, "loaded"))
		found_warning(v, "persistenced-failed", "", DAEMON "'s unit cannot be loaded (%s)",
			      u->load);
	else
		return false;
	return true;
}

static void judge_daemon(const struct facts *f, struct verdict *v)
{
	const struct unit *u = services_unit(&f->services, UNIT);

	if (!u && !services_lack(&f->services, UNIT)) {
		found_unknown(v, SHOW, "systemd was not asked for " DAEMON);
		return;
	}
	if (u && u->know != KNOWN) {
		found_unknown(v, SHOW, "state of " DAEMON ": %s", know_why(u->know));
		return;
	}
	if (u && has(u->exec_start, "nvidia-smi") && has(u->exec_start, "-pm")) {
		found_warning(v, "persistence-by-smi", "",
			      "an override runs nvidia-smi -pm, which is deprecated");
		return;
	}
	if (!is_up(u) && f->want.persistence == WISH_NO) {
		found_skipped(v, DAEMON " is not wanted: persistence = no in /etc/egpu.conf");
		return;
	}
	bool failed = u && str_eq(u->active, "failed");
	if (!is_up(u) && !failed && is_u64(persistence_mode(f), 1)) {
		found_ok(v, "persistence mode is on, though not by " DAEMON);
		return;
	}
	if (!judge_unit_file(v, u))
		judge_state(f, v, u);
}

/* Suspend. */

static const char *const sleepers[] = { "nvidia-suspend.service", "nvidia-resume.service" };
#define HIBERNATE "nvidia-hibernate.service"

/* What keeps it from being run; NULL: nothing that is known. */
static const char *why_off(const struct facts *f, const char *name)
{
	const struct unit *u = services_unit(&f->services, name);
	if (!u)
		return services_lack(&f->services, name) ? "not installed" : NULL;
	if (u->know != KNOWN || u->wanted_by.count)
		return NULL;
	if (str_eq(u->load, "masked") || str_starts(u->file_state, "masked"))
		return "masked";
	return unit_is_off(u) ? "not enabled" : NULL;
}

static bool is_unknown(const struct facts *f, const char *name)
{
	const struct unit *u = services_unit(&f->services, name);
	return u ? u->know != KNOWN : !services_lack(&f->services, name);
}

/* A machine that cannot hibernate, or of which it is not known, does without that service. */
static void judge_hibernate(const struct facts *f, struct verdict *v)
{
	bool can = is_u64(f->machine.hibernates, 1);
	const char *why = can ? why_off(f, HIBERNATE) : NULL;

	if (why)
		found_warning(v, "hibernate-service-off", "",
			      "hibernation will fail: nvidia-hibernate %s", why);
	else if (can && is_unknown(f, HIBERNATE))
		found_unknown(v, "systemctl is-enabled nvidia-hibernate",
			      "state of nvidia-hibernate is not known");
	else
		found_ok(v, "video memory is kept over suspend");
}

/* The driver was told to keep VRAM, which it can do only if systemd tells it before a suspend. */
static void judge_services(const struct facts *f, struct verdict *v)
{
	const char *first = why_off(f, sleepers[0]), *second = why_off(f, sleepers[1]);

	if (first && second && str_eq(first, second))
		found_warning(v, "suspend-services-off", "",
			      "suspend will fail: nvidia-suspend, nvidia-resume %s", first);
	else if (first && second)
		found_warning(v, "suspend-services-off", "",
			      "suspend will fail: nvidia-suspend %s, nvidia-resume %s", first,
			      second);
	else if (first || second)
		found_warning(v, "suspend-services-off", "", "suspend will fail: nvidia-%s %s",
			      first ? "suspend" : "resume", first ? first : second);
	else if (is_unknown(f, sleepers[0]) || is_unknown(f, sleepers[1]))
		found_unknown(v, "systemctl is-enabled nvidia-suspend nvidia-resume",
			      "state of nvidia-suspend and nvidia-resume is not known");
	else
		judge_hibernate(f, v);
}

static void judge_suspend(const struct facts *f, struct verdict *v)
{
	struct maybe_u64 keep = f->driver.preserve_video_memory;
	struct maybe_u64 notifiers = f->driver.suspend_notifiers;

	/* Since 595 the modules can hear of a suspend from the kernel itself. */
	if (is_u64(notifiers, 1))
		return;
	if (is_unread(keep.know) || is_unread(notifiers.know))
		found_unknown(v, SHOW_PARAMS, "whether video memory is kept over suspend: %s",
			      know_why(is_unread(keep.know) ? keep.know : notifiers.know));
	else if (is_u64(keep, 1))
		judge_services(f, v);
}

static void judge(const struct facts *f, struct verdict *v)
{
	const struct services *s = &f->services;

	if (!f->pci.chosen)
		found_no_gpu(f, v, "no NVIDIA GPU to keep awake");
	else if (is_u64(f->machine.wsl, 1))
		found_skipped(v, "the driver runs in Windows");
	else if (s->know == ABSENT && is_u64(persistence_mode(f), 1))
		found_ok(v, "persistence mode is on");
	else if (s->know == ABSENT)
		found_skipped(v, "no systemd here");
	else if (s->know != KNOWN)
		found_unknown(v, SHOW, "state of " DAEMON ": %s", know_why(s->know));
	else {
		judge_daemon(f, v);
		judge_suspend(f, v);
	}
}

const struct link link_persistence = {
	.id = "persistence",
	.asks = "Is the driver kept awake, and safe over suspend?",
	.needs = { "driver" },
	.judge = judge,
};
