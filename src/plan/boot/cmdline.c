/* SPDX-License-Identifier: MIT */
/* nvidia_drm.modeset on the kernel command line. NVIDIA's README, chapter on kernel mode setting.
 */
#include "facts/cmdline.h"
#include "plan/boot/boot.h"
#include "plan/made.h"
#include "plan/theme.h"

#define MODESET "nvidia_drm.modeset"

void loader_change(struct planner *p, const struct cmdline_change *c, const char *what)
{
	if (made_why(p->facts)) {
		loader_change_made(p, c, what);
		return;
	}
	switch (p->facts->kernel.loader) {
	case LOADER_SYSTEMD_BOOT:
		loader_change_systemd(p, c, what);
		return;
	case LOADER_GRUB:
		loader_change_grub(p, c, what);
		return;
	case LOADER_LIMINE:
		loader_change_limine(p, c, what);
		return;
	case LOADER_REFIND:
		loader_change_refind(p, c, what);
		return;
	case LOADER_UNKNOWN:
		refusal_shell(p,
			      planner_refuse(p, "which boot loader starts this host is not known, "
						"so its parameters are left alone"),
			      "# %s in the boot loader's configuration by hand", what);
		return;
	}
}

/* modprobe.d says so, and no command line says otherwise. */
static bool is_set_by_option(const struct facts *f, const char *value)
{
	const struct kernel *k = &f->kernel;

	if (!is_text(k->modeset_option, value) || k->modeset_cmdline.know == KNOWN)
		return false;
	for (size_t i = 0; i < k->entry_count; i++)
		if (cmdline_value(f->arena, k->entry[i].options, MODESET))
			return false;
	return true;
}

static void plan(struct planner *p)
{
	const char *value = p->facts->want.display ? "1" : "0";
	const char *word = arena_printf(p->arena, MODESET "=%s", value);
	const struct cmdline_change c = { .set = { &word, 1 } };

	if (!any_kernel_gets_driver(p->facts) || is_set_by_option(p->facts, value))
		return;
	loader_change(p, &c, arena_printf(p->arena, "set %s", word));
}

const struct theme theme_cmdline = {
	.id = "cmdline",
	.sets = "nvidia_drm.modeset on the kernel command line, as the GPU is used",
	.plan = plan,
};
