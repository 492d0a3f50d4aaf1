/* SPDX-License-Identifier: MIT */
/*
 * The running kernel, the installed ones, and what the driver's user space on
 * disk expects of them. Kernel: Documentation/admin-guide/sysctl/kernel.rst,
 * Documentation/admin-guide/module-signing.rst, security/lockdown.
 */
#include <string.h>

#include "collect/boot/efivar.h"
#include "collect/boot/images.h"
#include "collect/boot/modprobe.h"
#include "collect/collect.h"
#include "collect/sysfs.h"
#include "facts/cmdline.h"

enum { LINKS_FOLLOWED_MAX = 6 };

/* "590.48.01" of "libnvidia-ml.so.590.48.01"; NULL: not such a name. */
static const char *version_of(const char *path)
{
	static const char stem[] = "libnvidia-ml.so.";
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (!str_starts(name, stem))
		return NULL;
	const char *version = name + strlen(stem);
	return strchr(version, '.') && version[strspn(version, "0123456789.")] == '\0' ? version
										       : NULL;
}

/* Where a link points to, from the host's root. */
static const char *pointed_to(struct arena *a, const char *link, const char *target)
{
	const char *slash = strrchr(link, '/');

	if (*target == '/')
		return target;
	return arena_printf(a, "%.*s/%s", (int)(slash - link), link, target);
}

static struct maybe_text follow(struct host *h, struct arena *a, const char *path)
{
	const char *from = path;

	for (int hop = 0; hop <= LINKS_FOLLOWED_MAX; hop++) {
		struct host_stat st;
		int r = host_stat(h, a, path, &st, NULL);
		if (r < 0)
			return unknown_text(know_of_errno(r), path);
		if (version_of(path))
			return known_text(version_of(path), from);
		if (st.type != STAT_LINK || !*st.target)
			break;
		path = pointed_to(a, path, st.target);
	}
	return unknown_text(UNREADABLE, from);
}

static struct maybe_text userland_version(struct host *h, struct arena *a)
{
	static const char *const places[] = {
		"/usr/lib/libnvidia-ml.so.1",
		"/usr/lib64/libnvidia-ml.so.1",
		"/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
		"/usr/lib/x86_64-linux-gnu/nvidia/current/libnvidia-ml.so.1",
		"/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1",
		"/usr/lib/aarch64-linux-gnu/nvidia/current/libnvidia-ml.so.1",
		"/run/opengl-driver/lib/libnvidia-ml.so.1", /* NixOS */
	};
	struct maybe_text worst = unknown_text(ABSENT, places[0]);

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct maybe_text found = follow(h, a, places[i]);
		if (found.know == KNOWN)
			return found;
		if (found.know != ABSENT)
			worst = found;
	}
	return worst;
}

/* "none [integrity] confidentiality": the one in brackets. */
static struct maybe_text lockdown(struct host *h, struct arena *a)
{
	struct maybe_text all = read_text(h, a, "/sys/kernel/security/lockdown");
	const char *open = all.know == KNOWN ? strchr(all.v, '[') : NULL;

	if (all.know != KNOWN)
		return all;
	if (!open || !strchr(open, ']'))
		return unknown_text(UNREADABLE, all.from);
	return known_text(str_ndup(a, open + 1, strcspn(open + 1, "]")), all.from);
}

static void collect_modeset(struct kernel *k, struct arena *a, struct host *h)
{
	struct modprobe m = modprobe_read(h, a);
	const char *value =
	    k->cmdline.know == KNOWN ? cmdline_value(a, k->cmdline.v, "nvidia_drm.modeset") : NULL;

	k->modeset_cmdline = value
				 ? known_text(value, k->cmdline.from)
				 : unknown_text(k->cmdline.know == KNOWN ? ABSENT : k->cmdline.know,
						k->cmdline.from);
	k->modeset_option = modprobe_option(&m, a, "nvidia_drm", "modeset");
	k->modeset_running = read_flag(h, a, "/sys/module/nvidia_drm/parameters/modeset");
}

void collect_kernel(struct facts *f, struct host *h)
{
	struct kernel *k = &f->kernel;
	struct arena *a = f->arena;

	k->release = read_text(h, a, "/proc/sys/kernel/osrelease");
	k->cmdline = read_text(h, a, "/proc/cmdline");
	k->takes_modules = path_exists(h, a, "/proc/modules");
	images_find(k, a, h);
	k->userland_version = userland_version(h, a);
	collect_modeset(k, a, h);
	k->secure_boot = efivar_flag(h, a, "SecureBoot", EFIVAR_GLOBAL);
	k->sig_enforce = read_flag(h, a, "/sys/module/module/parameters/sig_enforce");
	k->lockdown = lockdown(h, a);
}
