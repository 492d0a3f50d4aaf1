/* SPDX-License-Identifier: MIT */
/*
 * systemd-boot: entries written by hand are edited; of generated ones their
 * source is. systemd-boot(7), kernel-install(8), sdboot-manage's README.
 */
#include <string.h>

#include "format/shell-edit.h"
#include "plan/boot/boot.h"
#include "plan/boot/bootable.h"

#define SDBOOT_MANAGE "/etc/sdboot-manage.conf"

static const char *const partitions[] = { "/efi", "/boot", "/boot/efi" };

/* "arch.conf" is the id of "arch+3-1.conf" too, which counts its tries. */
static bool is_file_of(const char *file, const char *id)
{
	size_t stem = strlen(id) - strlen(".conf");
	return str_eq(file, id) ||
	       (strncmp(file, id, stem) == 0 && file[stem] == '+' && str_ends(file, ".conf"));
}

/* The entry's file; NULL: not found. */
static const char *file_of(struct planner *p, const char *id)
{
	struct names found;

	for (size_t i = 0; i < COUNT_OF(partitions); i++) {
		const char *dir = arena_printf(p->arena, "%s/loader/entries", partitions[i]);
		if (host_list(p->host, p->arena, dir, &found, NULL) < 0)
			continue;
		for (size_t n = 0; n < found.count; n++)
			if (is_file_of(found.name[n], id))
				return arena_printf(p->arena, "%s/%s", dir, found.name[n]);
	}
	return NULL;
}

/* kernel-install names entries MACHINE-ID-RELEASE.conf, and says so in them. */
static bool is_generated(struct bytes text, const struct boot_entry *e)
{
	size_t hex = strspn(e->id, "0123456789abcdef");
	return (hex == 32 && e->id[hex] == '-' && strstr(e->id, e->release)) ||
	       bytes_have(text, "install.d/90-loaderentry");
}

static void change_entry(struct planner *p, const struct boot_entry *e,
			 const struct cmdline_change *c, const char *what)
{
	const char *path = file_of(p, e->id);
	struct err err = { 0 };
	struct edit t;

	if (!path) {
		planner_refuse(p, "the file of the boot entry %s was not found", e->id);
		return;
	}
	if (!planner_edit(p, path, false, &t))
		return;
	if (is_generated(t.text, e)) {
		loader_change_kernel_install(p, entry_kernel(p->facts, e), e->options, c, what);
		return;
	}
	int r = bls_edit(&t, c, &err);
	const char *missing = r > 0 ? bootable_missing(p->arena, p->host, path, t.text) : NULL;
	if (missing)
		planner_refuse(p,
			       "%s names %s, which is not there: it would not start as it stands",
			       path, missing);
	else
		planner_edited(p, &t, r, &err, arena_printf(p->arena, "%s in %s", what, e->id));
}

/* Manjaro, CachyOS and others make their entries from this. */
static void change_sdboot_manage(struct planner *p, const struct cmdline_change *c,
				 const char *what)
{
	struct err e = { 0 };
	struct edit t;

	if (!planner_edit(p, SDBOOT_MANAGE, false, &t))
		return;
	int r = shell_cmdline(&t, "LINUX_OPTIONS", c, &e);
	if (planner_edited(p, &t, r, &e, arena_printf(p->arena, "%s for all entries", what)))
		planner_remake(p, ARGV("sdboot-manage", "gen"), "make the boot entries anew");
}

void loader_change_systemd(struct planner *p, const struct cmdline_change *c, const char *what)
{
	const struct kernel *k = &p->facts->kernel;
	size_t count = 0;

	if (planner_has(p, SDBOOT_MANAGE)) {
		change_sdboot_manage(p, c, what);
		return;
	}
	for (size_t i = 0; i < k->entry_count; i++) {
		const struct boot_entry *e = &k->entry[i];
		if (!entry_kernel(p->facts, e))
			continue;
		count++;
		if (str_starts(e->id, "nixos-generation"))
			planner_refuse(p, "boot entries of NixOS are made from its configuration");
		else if (str_ends(e->id, ".efi"))
			loader_change_unified(p, e, c, what);
		else
			change_entry(p, e, c, what);
	}
	if (count == 0)
		refusal_shell(p,
			      planner_refuse(p,
					     "no boot entry is known that starts a kernel with the "
					     "driver (%s)",
					     k->boot_know == DENIED ? "run it as root"
								    : know_why(k->boot_know)),
			      "sudo egpu setup");
}
