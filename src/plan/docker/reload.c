/* SPDX-License-Identifier: MIT */
/*
 * At `systemctl daemon-reload` systemd writes the device rules of containers anew, and
 * finds a node by its link in /dev/char, which NVIDIA's nodes lack. Cause
 * devices-lost-at-reload. With CDI the engine tells systemd of the nodes itself.
 */
#include "facts/handout.h"
#include "plan/docker/docker.h"

#include <string.h>

#define RULE_FILE "/etc/udev/rules.d/71-egpu-nvidia-dev-char.rules"

enum { RULES_READ_MAX = 400 };

/* The second line is for a GPU that comes when the driver is there already. */
static const char *rule(struct planner *p, const char *ctk)
{
	return arena_printf(
	    p->arena,
	    "# Written by egpu setup. Links in /dev/char by which systemd finds NVIDIA's nodes,\n"
	    "# so that containers keep the GPU at `systemctl daemon-reload`.\n"
	    "ACTION==\"add\", DEVPATH==\"/bus/pci/drivers/nvidia\", "
	    "RUN+=\"%s system create-dev-char-symlinks --create-all\"\n"
	    "ACTION==\"bind\", SUBSYSTEM==\"pci\", DRIVER==\"nvidia\", "
	    "RUN+=\"%s system create-dev-char-symlinks --create-all\"\n",
	    ctk, ctk);
}

static bool lacks_links(const struct driver *d)
{
	for (size_t i = 0; i < d->node_count; i++)
		if (d->node[i].know == KNOWN && is_u64(d->node[i].char_link, 0) &&
		    str_starts(d->node[i].path, "/dev/nvidia"))
			return true;
	return false;
}

static bool has_links(const struct driver *d)
{
	for (size_t i = 0; i < d->node_count; i++)
		if (is_u64(d->node[i].char_link, 1) && str_starts(d->node[i].path, "/dev/nvidia"))
			return !lacks_links(d);
	return false;
}

/* A rule of somebody's makes the links; ours is brought up to date instead. */
static bool somebody_does(struct planner *p)
{
	static const char *const dirs[] = { "/etc/udev/rules.d", "/usr/lib/udev/rules.d" };
	struct names found;
	struct bytes text;

	for (size_t i = 0; i < COUNT_OF(dirs); i++) {
		if (host_list(p->host, p->arena, dirs[i], &found, NULL) < 0)
			continue;
		for (size_t k = 0; k < found.count && k < RULES_READ_MAX; k++) {
			const char *path = arena_printf(p->arena, "%s/%s", dirs[i], found.name[k]);
			if (strstr(path, "nvidia") && !str_eq(path, RULE_FILE) &&
			    planner_read(p, path, &text, NULL) == 0 &&
			    bytes_have(text, "create-dev-char-symlinks"))
				return true;
		}
	}
	return false;
}

/* Some container stands to lose the GPU; or none asks yet, and those to come will. */
static bool concerned(const struct planner *p, enum gpu_way way)
{
	const struct facts *f = p->facts;
	const struct docker *d = &f->docker;
	bool any = false;

	if (!is_text(d->cgroup_driver, "systemd") || way == WAY_NONE)
		return false;
	for (size_t i = 0; i < d->container_count; i++) {
		if (handout_by_hook(f, &d->container[i]))
			return true;
		any = any || d->container[i].asks;
	}
	return way == WAY_TOOLKIT && !any;
}

static void links(struct planner *p)
{
	const char *ctk = toolkit_ctk(p);

	if (!*ctk) {
		planner_refuse(p, "this toolkit has no nvidia-ctk, which makes links in /dev/char");
		return;
	}
	if (!somebody_does(p))
		planner_write(p, RULE_FILE, rule(p, ctk),
			      "link NVIDIA's nodes in /dev/char whenever the driver comes");
	if (!lacks_links(&p->facts->driver))
		return;
	struct step *s =
	    planner_run(p, ARGV(ctk, "system", "create-dev-char-symlinks", "--create-all"),
			"link NVIDIA's nodes in /dev/char now");
	s->why = "else containers lose the GPU at the next systemctl daemon-reload";
	s->unattended = true;
}

void plan_reload(struct planner *p, enum gpu_way way)
{
	switch (p->facts->want.reload) {
	case RELOAD_KEEP:
		return;
	case RELOAD_CGROUPFS:
		if (!is_text(p->facts->docker.cgroup_driver, "cgroupfs"))
			daemon_set_cgroupfs(p);
		return;
	case RELOAD_LINKS:
		links(p);
		return;
	case RELOAD_AUTO:
		break;
	}
	if (concerned(p, way) && (!has_links(&p->facts->driver) || planner_has(p, RULE_FILE)))
		links(p);
}
