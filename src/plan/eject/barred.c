/* SPDX-License-Identifier: MIT */
/* What stands against it all. */
#include "plan/eject/eject.h"

#include <string.h>

#include "plan/held.h"

enum { PROCESSES_MAX = 64 };

/* Who shows a desktop: its end is the end of the session, and of what was not saved in it. */
static const char *const desktops[] = {
	"Xorg",          "X",
	"Xwayland",      "gnome-shell",
	"kwin_wayland",  "kwin_x11",
	"plasmashell",   "cosmic-comp",
	"sway",          "Hyprland",
	"weston",        "wayfire",
	"labwc",         "river",
	"niri",          "cage",
	"mutter",        "muffin",
	"cinnamon",      "gamescope-wl",
	"gdm-x-session", "gdm-wayland-ses",
	"sddm",          "lightdm",
};
static const char *const desktop_units[] = {
	"display-manager.service", "gdm.service",    "gdm3.service",           "sddm.service",
	"lightdm.service",         "greetd.service", "systemd-logind.service",
};

static bool is_in(const char *name, const char *const *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, table[i]))
			return true;
	return false;
}

static bool is_desktop(const struct gpu_holder *h)
{
	return is_in(h->name, desktops, COUNT_OF(desktops)) ||
	       is_in(h->unit, desktop_units, COUNT_OF(desktop_units));
}

static bool by_hang(struct eject *j)
{
	const struct held held = held_of(j->p.facts);

	if (!held.wedged)
		return false;
	struct refusal *r = planner_refuse(
	    &j->p,
	    "the driver hangs (%s), and whoever takes the GPU from it now hangs too: power this "
	    "machine off, then pull the cable",
	    held.why ? held.why : "it does not answer");
	refusal_shell(&j->p, r, "sudo systemctl poweroff");
	return true;
}

/* One that is soldered or screwed in. */
static bool by_place(struct eject *j)
{
	const struct pci_gpu *g = j->way.gpu;

	if (!g || pci_is_external(g))
		return false;
	planner_refuse(&j->p,
		       g->reach == REACH_INTERNAL
			   ? "%s is built in: there is no cable to pull"
			   : "how %s is connected could not be read: it may be built in",
		       pci_short_bdf(g->bdf));
	return true;
}

static bool by_driver(struct eject *j)
{
	struct maybe_text driver = j->p.facts->driver.gpu_driver;

	if (!j->way.gpu || driver.know == ABSENT || is_text(driver, "nvidia"))
		return false;
	planner_refuse(&j->p,
		       driver.know == KNOWN ? "%s is driven by %s, and who uses that cannot be told"
					    : "what drives %s could not be read (%s)",
		       pci_short_bdf(j->way.gpu->bdf),
		       driver.know == KNOWN ? driver.v : know_why(driver.know));
	return true;
}

static bool by_desktop(struct eject *j)
{
	const struct release *rel = &j->p.facts->release;
	bool any = false;

	for (size_t i = 0; i < rel->holder_count; i++) {
		const struct gpu_holder *h = &rel->holder[i];
		if (!eject_counts(j, h) || !is_desktop(h))
			continue;
		struct refusal *r = planner_refuse(
		    &j->p,
		    "%s (%llu) has %s open: a desktop runs on this GPU, and would end with it",
		    h->name, (unsigned long long)h->pid, names_join(j->p.arena, &h->nodes, ", "));
		refusal_shell(&j->p, r, "# log out of it; or, which ends all that runs in it:");
		refusal_shell(&j->p, r, "sudo systemctl isolate multi-user.target");
		any = true;
	}
	return any;
}

/* A display driver that has set a mode holds every GPU, and goes with the last of them only. */
static bool by_modes(struct eject *j)
{
	if (!j->driven || !j->shared || !is_u64(j->p.facts->release.drm_modeset, 1))
		return false;
	struct refusal *r = planner_refuse(
	    &j->p,
	    "nvidia_drm keeps %s (modeset=1), and cannot be unloaded while another GPU needs "
	    "it",
	    pci_short_bdf(j->way.gpu->bdf));
	refusal_shell(&j->p, r,
		      "# with nvidia_drm.modeset=0 on the kernel command line, after a "
		      "reboot; or:");
	refusal_shell(&j->p, r, "sudo systemctl poweroff");
	return true;
}

static bool by_ignorance(struct eject *j)
{
	const struct facts *f = j->p.facts;

	if (f->release.devices_know != KNOWN)
		planner_refuse(&j->p, "the PCI bus could not be read (%s)",
			       know_why(f->release.devices_know));
	else if (j->driven && !j->shared && f->release.modules_know != KNOWN)
		planner_refuse(&j->p, "which modules are loaded could not be read (%s)",
			       know_why(f->release.modules_know));
	else
		return false;
	return true;
}

static bool by_crowd(struct eject *j)
{
	const struct release *rel = &j->p.facts->release;

	if (rel->holder_count <= PROCESSES_MAX)
		return false;
	planner_refuse(&j->p, "%zu processes have the GPU open: end them first", rel->holder_count);
	return true;
}

bool eject_barred(struct eject *j)
{
	return by_hang(j) || by_place(j) || by_driver(j) || by_ignorance(j) || by_desktop(j) ||
	       by_modes(j) || by_crowd(j);
}
