/* SPDX-License-Identifier: MIT */
/*
 * Module options, in a file of our own that is read last: options of a module
 * add up, and of one that is given twice the last counts. modprobe.d(5);
 * NVIDIA's README, "Configuring Power Management Support".
 */
#include <errno.h>
#include <string.h>

#include "plan/boot/boot.h"
#include "plan/made.h"
#include "plan/theme.h"

#define OURS "/etc/modprobe.d/zz-egpu.conf"
#define WRITTEN "# Written by egpu setup; egpu undo takes it back.\n"

/* The lines that are wanted beside those that stand in our file already. */
static void want_line(struct planner *p, const char **text, const char *line)
{
	struct bytes rest = bytes_of(*text);

	for (struct bytes one; bytes_line(&rest, &one);)
		if (one.size == strlen(line) && memcmp(one.data, line, one.size) == 0)
			return;
	*text = arena_printf(p->arena, "%s%s\n", *text, line);
}

static bool has_nouveau(const struct facts *f)
{
	return is_text(f->driver.gpu_driver, "nouveau") ||
	       (is_u64(f->driver.nouveau_loaded, 1) && f->pci.chosen);
}

/* An eGPU that is put into D3cold may not come back: "Unable to change power state". */
static bool sleeps_badly(const struct facts *f)
{
	return driver_last(&f->driver, EVENT_D3COLD) &&
	       !is_u64(f->driver.dynamic_power_management, 0);
}

/*
 * The early image of an ostree system comes with it and holds nouveau, but nothing of this host's
 * modprobe.d. RPM Fusion, Howto/NVIDIA.
 */
static void keep_out_by_parameter(struct planner *p)
{
	const char *words[] = { "rd.driver.blacklist=nouveau,nova_core",
				"modprobe.blacklist=nouveau,nova_core" };
	const struct cmdline_change c = { .set = { words, COUNT_OF(words) } };

	if (has_nouveau(p->facts) || driver_is_nova(&p->facts->driver))
		loader_change(p, &c, "keep nouveau and nova out");
}

static void keep_out(struct planner *p, const char **text)
{
	if (has_nouveau(p->facts)) {
		want_line(p, text, "blacklist nouveau");
		want_line(p, text, "options nouveau modeset=0");
	}
	if (driver_is_nova(&p->facts->driver))
		want_line(p, text, "blacklist nova_core");
}

static void plan(struct planner *p)
{
	const struct facts *f = p->facts;
	struct bytes now = { "", 0 };
	int r = planner_read(p, OURS, &now, NULL);
	const char *text = r == 0 ? str_ndup(p->arena, now.data, now.size) : WRITTEN;
	const char *before = text;

	if (made_by_ostree(f))
		keep_out_by_parameter(p);
	else
		keep_out(p, &text);
	if (sleeps_badly(f))
		want_line(p, &text, "options nvidia NVreg_DynamicPowerManagement=0x00");
	if (f->want.suspend == WISH_YES && !is_u64(f->driver.preserve_video_memory, 1)) {
		want_line(p, &text, "options nvidia NVreg_PreserveVideoMemoryAllocations=1");
		want_line(p, &text, "options nvidia NVreg_TemporaryFilePath=/var/tmp");
	}
	if (f->want.suspend == WISH_NO && is_u64(f->driver.preserve_video_memory, 1))
		want_line(p, &text, "options nvidia NVreg_PreserveVideoMemoryAllocations=0");
	if (text == before || (r < 0 && r != -ENOENT))
		return;
	struct step *s = planner_write(p, OURS, text, "set options of the driver's modules");
	if (!s)
		return;
	s->when = WHEN_REBOOT;
	planner_rebuild_images(p, "an early image holds module options too");
}

const struct theme theme_modules = {
	.id = "modules",
	.sets = "module options: nouveau kept out, runtime power, memory kept over suspend",
	.plan = plan,
};
