/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/cmdline-edit.h"
#include "format/edit.h"

/*
 * Files that a shell sources: mkinitcpio.conf and its presets, dracut.conf,
 * /etc/default/grub and limine. An edit is made at the variable's last
 * assignment in the file, inside its brackets or quotes, and proved: read again
 * (format/shell.h), every other variable is what it was, and this one what was
 * wanted. Where that cannot be told the edit is refused.
 *
 * Values may begin with, or hold, what only a shell could tell: what is put behind that is
 * certain all the same; what is taken off there is not, and is refused. A name is NAME, or
 * NAME[KEY] as in limine's KERNEL_CMDLINE[default]. Words and values are one line.
 */

/*
 * Words into a list, MODULES=(a b), MODULES+=(c), or into the older text
 * MODULES="a b"; those that are there stay where they are. Where nothing sets the
 * variable a line NAME=(...) is added after the last commented example of it, or at the end;
 * in a file of dracut NAME+=" ... ".
 */
int shell_list_add(struct edit *t, const char *name, const struct names *words, struct err *e);
/* Takes words off every assignment that the list is made of. */
int shell_list_remove(struct edit *t, const char *name, const struct names *words, struct err *e);
/*
 * NAME="value": the value of the last assignment is replaced, in its quotes; else a line is
 * added, below a commented-out one of that name where there is one.
 */
int shell_set(struct edit *t, const char *name, const char *value, struct err *e);
/*
 * Kernel parameters inside of a text variable, as GRUB_CMDLINE_LINUX_DEFAULT="quiet splash":
 * dropped wherever they stand in it, set and added in its last assignment. A line is added where
 * nothing sets it, but none for NAME[KEY].
 */
int shell_cmdline(struct edit *t, const char *name, const struct cmdline_change *c, struct err *e);
