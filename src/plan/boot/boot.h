/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/cmdline-edit.h"
#include "plan/plan.h"

/* What the themes about booting share. */

/* Does the owner want the driver for this kernel, and does it have the module? */
bool kernel_gets_driver(const struct facts *f, const struct kernel_image *k);
/* Is there such a kernel? Without one nothing about booting is planned. */
bool any_kernel_gets_driver(const struct facts *f);
/* "linux-lts", or the release where there is no package. */
const char *kernel_title(const struct kernel_image *k);
/* The kernel an entry starts, if it gets the driver; else NULL. */
const struct kernel_image *entry_kernel(const struct facts *f, const struct boot_entry *e);
/* Every entry of a kernel that gets the driver has what the change sets and adds already. */
bool all_entries_have(struct planner *p, const struct cmdline_change *c);

/*
 * Changes the command line of every kernel that gets the driver where this host's boot loader
 * takes it from: generated files are left alone, and what they are made from is changed. `what`
 * is the clause that says it: "set nvidia_drm.modeset=0".
 */
void loader_change(struct planner *p, const struct cmdline_change *c, const char *what);

/* One boot loader each. */
void loader_change_systemd(struct planner *p, const struct cmdline_change *c, const char *what);
void loader_change_grub(struct planner *p, const struct cmdline_change *c, const char *what);
void loader_change_limine(struct planner *p, const struct cmdline_change *c, const char *what);
void loader_change_refind(struct planner *p, const struct cmdline_change *c, const char *what);
/* Of a system that is made elsewhere (plan/made.h), whatever boot loader it has: a step for a
 * person. */
void loader_change_made(struct planner *p, const struct cmdline_change *c, const char *what);
/* Of a unified kernel that an image builder makes, which has its command line in it. */
void loader_change_unified(struct planner *p, const struct boot_entry *e,
			   const struct cmdline_change *c, const char *what);
/* /etc/kernel/cmdline, whose text is `fallback` where there is no such file, and the entry of that
 * kernel made anew by kernel-install(8). */
void loader_change_kernel_install(struct planner *p, const struct kernel_image *k,
				  const char *fallback, const struct cmdline_change *c,
				  const char *what);

/* An edited text as a step: r and t as an editor left them. A refusal where it was refused. */
struct step *planner_edited(struct planner *p, const struct edit *t, int r, const struct err *e,
			    const char *what);
/* The text of a file, for an editor. False: told as a refusal, but for -ENOENT where `optional`. */
bool planner_edit(struct planner *p, const char *path, bool optional, struct edit *ret);

/* A tool that makes something from the files anew, also when they are taken back. */
struct step *planner_remake(struct planner *p, const char *const *argv, const char *what);
/* All early images are built anew by the tool that this host has, or by a person with rpm-ostree.
 */
void planner_rebuild_images(struct planner *p, const char *why);

/* mkinitcpio's part of the theme initramfs. NVIDIA's modules, for the early image. */
void initramfs_plan_mkinitcpio(struct planner *p);
/* Does this mkinitcpio read that folder of drop-ins, /etc/mkinitcpio.conf.d or /etc/cmdline.d? */
bool mkinitcpio_reads(struct planner *p, const char *dir);
struct names early_modules(struct planner *p);
