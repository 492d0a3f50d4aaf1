/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/kernel.h"
#include "host/host.h"

/*
 * What each boot loader's own files say it would start. Each fills
 * k->loader's entries, next_entry, boot_know and boot_from; which installed
 * kernel an entry means is told afterwards, by collect_boot.
 */
enum { ENTRIES_MAX = 64 };

void loader_systemd_boot(struct kernel *k, struct arena *a, struct host *h);
void loader_grub(struct kernel *k, struct arena *a, struct host *h);
/* What its menu is made from; k->boot_from is the menu. */
void grub_settings(struct kernel *k, struct arena *a, struct host *h);
void loader_limine(struct kernel *k, struct arena *a, struct host *h);

/* Which early images of the entries are there: initrd_know, initrd_missing. */
void entry_images_look(struct kernel *k, struct arena *a, struct host *h);

/* Adds an entry while there is room. */
void loader_add(struct kernel *k, struct arena *a, struct boot_entry e);

/* Where an entry, or a submenu, stands in GRUB's menu. */
struct grub_place {
	unsigned index; /* in its menu, from 0 */
	const char *id, *title;
	const struct grub_place *menu; /* the submenu that holds it; NULL: none */
};

/*
 * grub.cfg: its entries with submenus opened out, and what `set default` says.
 * GRUB manual, "Writing full configuration files directly".
 */
struct grub_menu {
	struct kernel *kernel; /* entries go here, ids as grub-reboot(8) takes them */
	const struct grub_place *place[ENTRIES_MAX]; /* of each entry */
	const char *chosen; /* of the last `set default`; "0" without one */
	bool reads_bls;     /* `blscfg`: entries come from loader/entries */
};
void grub_parse(struct grub_menu *m, struct arena *a, struct bytes text);
/* NAME=value of a GRUB environment block; "" where there is none. */
const char *grub_variable(struct arena *a, struct bytes env, const char *name);

/* limine.conf(5) of Limine 8 and later. Sets next_entry too. */
void limine_parse(struct kernel *k, struct arena *a, struct bytes text, const char *path);
