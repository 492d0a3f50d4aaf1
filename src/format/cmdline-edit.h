/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/edit.h"

/*
 * A change of a kernel command line. Kernel: Documentation/admin-guide/
 * kernel-parameters. In names '-' and '_' are the same, and a quote may stand
 * anywhere; of several the last counts. What stands after "--" is init's.
 */
struct cmdline_change {
	/* "nvidia_drm.modeset=0": the value of the last of that name is replaced, else it is added
	 * at the end. */
	struct names set;
	/* "pci=realloc": added at the end unless this very word stands there; others of that name
	 * stay, since the kernel adds them up. */
	struct names add;
	/* "nvidia_drm.modeset", or "pci=realloc": all of that name, or with that very value. */
	struct names drop;
};

/* The line, without its end, changed; the same pointer where there is nothing to do. */
struct bytes cmdline_changed(struct arena *a, struct bytes line, const struct cmdline_change *c);

/* Files that hold one. */

/*
 * /etc/kernel/cmdline, /etc/cmdline.d/NAME.conf, /etc/kernel/cmdline.d: parameters over several
 * lines, of which those that begin with '#' are comments. An empty file gets one line; where each
 * line is one word, so is a new one; a line whose words are all dropped goes. Templates are
 * refused. kernel-install(8), mkinitcpio(8).
 */
int kernel_cmdline_edit(struct edit *t, const struct cmdline_change *c, struct err *e);
/*
 * A boot loader specification entry: its `options` lines, joined, are the command line. An entry
 * without one gets one, but one with neither `linux` nor `uki` is refused (no Linux). Not told:
 * what "$kernelopts" of a GRUB that reads such entries holds.
 */
int bls_edit(struct edit *t, const struct cmdline_change *c, struct err *e);
/*
 * limine.conf: `cmdline:` or `kernel_cmdline:` of the entries whose kernel (the last part of its
 * path, without "#CHECKSUM") is among `kernels`; NULL: of all that start a Linux. Refused where
 * there is none such, where a macro holds a word that is set or dropped, and the syntax of
 * limine.cfg (up to version 7). Limine's CONFIG.md.
 */
int limine_edit(struct edit *t, const struct names *kernels, const struct cmdline_change *c,
		struct err *e);
/* refind_linux.conf: the second quoted text of each line; rEFInd's documentation. */
int refind_edit(struct edit *t, const struct cmdline_change *c, struct err *e);
