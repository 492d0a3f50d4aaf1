/* SPDX-License-Identifier: MIT */
/*
 * nvidia-persistenced, and the units that save video memory over a suspend. Units
 * are enabled without a reload of systemd, which would take the GPU away from running
 * containers; drop-ins count from the next boot on. NVIDIA's README, "Configuring
 * Power Management Support".
 */
#include "plan/theme.h"

#define DAEMON "nvidia-persistenced.service"
#define DROP_IN "/etc/systemd/system/nvidia-persistenced.service.d/60-egpu.conf"
#define WRITTEN "# Written by egpu setup; egpu undo takes it back.\n"

static bool is_enabled(const struct unit *u)
{
	return str_eq(u->file_state, "enabled") || str_eq(u->file_state, "static") ||
	       str_eq(u->file_state, "alias") || u->wanted_by.count;
}

static bool is_active(const struct unit *u)
{
	return str_eq(u->active, "active") || str_eq(u->active, "reloading") ||
	       str_eq(u->active, "activating");
}

/* The driver answers, or at least nothing says that it would not. */
static bool may_start(const struct facts *f)
{
	return f->gate.open && is_u64(f->driver.nvidia_loaded, 1) && f->pci.chosen;
}

static void start(struct planner *p, const struct unit *u)
{
	if (str_eq(u->active, "failed"))
		planner_unit(p, "reset-failed", DAEMON, "forget that nvidia-persistenced failed")
		    ->unattended = true;
	planner_unit(p, "start", DAEMON, "start nvidia-persistenced")->unattended = true;
}

/* It must not give up for good while the GPU is still on its way. */
static void never_give_up(struct planner *p)
{
	struct step *s = planner_write(p, DROP_IN,
				       WRITTEN "[Unit]\nStartLimitIntervalSec=0\n"
					       "[Service]\nRestartSec=2\n",
				       "let nvidia-persistenced try until the GPU is there");
	if (s)
		s->when = WHEN_REBOOT;
}

static bool starts_at_boot(const struct facts *f, const struct unit *u)
{
	return is_enabled(u) || is_u64(f->services.udev_starts, 1);
}

static void want_daemon(struct planner *p, const struct unit *u)
{
	if (str_eq(u->load, "masked")) {
		planner_unit(p, "unmask", DAEMON, "unmask nvidia-persistenced");
		planner_unit(p, "enable", DAEMON, "start nvidia-persistenced at boot");
		return;
	}
	if (!starts_at_boot(p->facts, u))
		planner_unit(p, "enable", DAEMON, "start nvidia-persistenced at boot");
	if (unit_gave_up(u))
		never_give_up(p);
	if (!is_active(u) && may_start(p->facts))
		start(p, u);
}

static void plan_persistence(struct planner *p)
{
	const struct unit *u = services_unit(&p->facts->services, DAEMON);

	if (!u || u->know != KNOWN || p->facts->want.persistence == WISH_KEEP)
		return;
	if (p->facts->want.persistence == WISH_YES) {
		want_daemon(p, u);
		return;
	}
	if (str_eq(u->file_state, "enabled"))
		planner_unit(p, "disable", DAEMON, "no longer start nvidia-persistenced at boot");
	if (is_active(u))
		planner_unit(p, "stop", DAEMON, "stop nvidia-persistenced");
}

static const char *const sleepers[] = { "nvidia-suspend.service", "nvidia-resume.service",
					"nvidia-hibernate.service" };

/*
 * The driver keeps video memory, and then refuses to suspend unless these tell it to save it.
 * Where the kernel tells it, the file that they write to is not there.
 */
static bool wants_sleepers(const struct facts *f)
{
	if (is_u64(f->driver.suspend_notifiers, 1))
		return false;
	if (f->want.suspend == WISH_KEEP)
		return is_u64(f->driver.preserve_video_memory, 1);
	return f->want.suspend == WISH_YES;
}

static void plan_suspend(struct planner *p)
{
	const struct facts *f = p->facts;

	for (size_t i = 0; i < COUNT_OF(sleepers); i++) {
		const struct unit *u = services_unit(&f->services, sleepers[i]);
		if (!u || u->know != KNOWN)
			continue;
		if (wants_sleepers(f) && str_eq(u->load, "masked"))
			planner_unit(p, "unmask", sleepers[i], "unmask %s", sleepers[i]);
		if (wants_sleepers(f) && !is_enabled(u))
			planner_unit(p, "enable", sleepers[i], "save video memory by %s",
				     sleepers[i]);
		if (f->want.suspend == WISH_NO && str_eq(u->file_state, "enabled"))
			planner_unit(p, "disable", sleepers[i], "no longer run %s", sleepers[i]);
	}
}

const struct theme theme_persistence = {
	.id = "persistence",
	.sets = "nvidia-persistenced, which keeps the driver awake",
	.plan = plan_persistence,
};

const struct theme theme_suspend = {
	.id = "suspend",
	.sets = "the units that save video memory over suspend and hibernation",
	.plan = plan_suspend,
};
