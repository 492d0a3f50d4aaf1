/* SPDX-License-Identifier: MIT */
/* ostree(1), rpm-ostree(1); configuration.nix(5), nixos-rebuild(8). */
#include "plan/made.h"

#include <string.h>

#define CONFIGURATION "/etc/nixos/configuration.nix"

bool made_by_ostree(const struct facts *f)
{
	return f->machine.distro == DISTRO_OSTREE;
}

bool made_by_nixos(const struct facts *f)
{
	return f->machine.distro == DISTRO_NIXOS;
}

const char *made_why(const struct facts *f)
{
	if (made_by_ostree(f))
		return "the system comes as an image, which rpm-ostree changes";
	return made_by_nixos(f) ? "NixOS is made from its configuration" : NULL;
}

static void add_line(struct planner *p, struct names *shell, const char *line)
{
	size_t room = shell->count;
	names_add(p->arena, shell, &room, line);
}

void made_setting(struct planner *p, struct names *shell, const char *setting)
{
	add_line(p, shell, arena_printf(p->arena, "# in " CONFIGURATION ": %s", setting));
	add_line(p, shell, "sudo nixos-rebuild switch");
}

/* The setting that a file is made from; NULL: it is not made. Units are named in the path. */
static const char *setting_of(struct planner *p, const char *path)
{
	static const char units[] = "/etc/systemd/system/";
	const char *unit = path + strlen(units);

	if (str_starts(path, units))
		return arena_printf(p->arena, "systemd.services.%.*s", (int)strcspn(unit, "./"),
				    unit);
	if (str_starts(path, "/etc/modprobe.d/"))
		return "boot.extraModprobeConfig";
	if (str_starts(path, "/etc/udev/rules.d/"))
		return "services.udev.extraRules";
	if (str_starts(path, "/etc/docker/"))
		return "virtualisation.docker.daemon.settings";
	return NULL;
}

bool made_file(struct planner *p, const char *path, const char *text)
{
	const char *setting = made_by_nixos(p->facts) ? setting_of(p, path) : NULL;
	struct bytes rest = bytes_of(text);

	if (!setting)
		return false;
	struct refusal *r = planner_refuse(p, "NixOS makes %s from its configuration", path);
	if (r->shell.count)
		return true;
	refusal_shell(p, r, "# in " CONFIGURATION ", by %s:", setting);
	for (struct bytes line; bytes_line(&rest, &line);)
		if (line.size && *line.data != '#')
			refusal_shell(p, r, "#   %.*s", (int)line.size, line.data);
	refusal_shell(p, r, "sudo nixos-rebuild switch");
	return true;
}

/* What NixOS starts the unit by. */
static const struct {
	const char *unit, *setting;
} units[] = {
	{ "nvidia-persistenced.service", "hardware.nvidia.nvidiaPersistenced" },
	{ "nvidia-suspend.service", "hardware.nvidia.powerManagement.enable" },
	{ "nvidia-resume.service", "hardware.nvidia.powerManagement.enable" },
	{ "nvidia-hibernate.service", "hardware.nvidia.powerManagement.enable" },
	{ "nvidia-cdi-refresh.service", "hardware.nvidia-container-toolkit.enable" },
	{ "nvidia-cdi-refresh.path", "hardware.nvidia-container-toolkit.enable" },
	{ "docker.service", "virtualisation.docker.enable" },
	{ "bolt.service", "services.hardware.bolt.enable" },
};

static const char *setting_of_unit(struct planner *p, const char *unit)
{
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (str_eq(unit, units[i].unit))
			return units[i].setting;
	return arena_printf(p->arena, "systemd.services.%.*s.enable", (int)strcspn(unit, "."),
			    unit);
}

void made_unit(struct planner *p, struct step *s)
{
	bool off = str_eq(s->unit.verb, "disable");

	if (!made_by_nixos(p->facts) ||
	    (!off && !str_eq(s->unit.verb, "enable") && !str_eq(s->unit.verb, "unmask")))
		return;
	const char *setting = setting_of_unit(p, s->unit.name);
	*s = (struct step){
		.kind = STEP_PERSON,
		.theme = s->theme,
		.what = s->what,
		.why = "NixOS says in its configuration what systemd starts",
	};
	made_setting(p, &s->shell,
		     arena_printf(p->arena, "%s = %s;", setting, off ? "false" : "true"));
}
