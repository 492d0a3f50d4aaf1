/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "facts/cmdline.h"
#include "rules/verdict.h"

static bool is_loaded(const struct facts *f)
{
	return is_u64(f->driver.nvidia_loaded, 1);
}

/* Where its module is loaded, the running kernel has it, wherever the file is. */
static bool has_nvidia(const struct facts *f, const struct kernel_image *i)
{
	return i->nvidia_module.know == KNOWN || (i->running && is_loaded(f));
}

/* The first installed kernel that has the module, or NULL. */
static const struct kernel_image *one_with_nvidia(const struct facts *f)
{
	const struct kernel *k = &f->kernel;

	for (size_t i = 0; i < k->image_count; i++)
		if (has_nvidia(f, &k->image[i]))
			return &k->image[i];
	return NULL;
}

static bool all_have_nvidia(const struct facts *f)
{
	const struct kernel *k = &f->kernel;

	for (size_t i = 0; i < k->image_count; i++)
		if (!has_nvidia(f, &k->image[i]))
			return false;
	return k->image_count > 0;
}

static bool none_has_nvidia(const struct kernel *k)
{
	for (size_t i = 0; i < k->image_count; i++)
		if (k->image[i].nvidia_module.know != ABSENT)
			return false;
	return true;
}

static void say_unseen(const struct kernel_image *i, struct verdict *v)
{
	struct maybe_text m = i->nvidia_module;
	const char *dir = m.from ? m.from : "/usr/lib/modules";

	found_unknown(v, arena_printf(v->arena, "sudo ls -l %s", dir),
		      "the nvidia module of %s: %s: %s", i->release, dir, know_why(m.know));
}

/* The kernel that the next boot starts, or NULL. */
static const struct kernel_image *next_image(const struct kernel *k)
{
	const struct boot_entry *e = kernel_next_entry(k);
	return e ? kernel_of_release(k, e->release) : NULL;
}

/* The first entry of a menu that starts that kernel, or NULL. */
static const struct boot_entry *entry_of(const struct kernel *k, const char *release)
{
	for (size_t i = 0; i < k->entry_count; i++)
		if (str_eq(k->entry[i].release, release))
			return &k->entry[i];
	return NULL;
}

static bool concerns_nvidia(const struct facts *f)
{
	const struct kernel *k = &f->kernel;
	return f->pci.chosen || is_loaded(f) || one_with_nvidia(f) || k->dkms_source.know == KNOWN;
}

/* --- the kernel that runs --- */

static void judge_other_kernel(const struct facts *f, struct verdict *v,
			       const struct kernel_image *other)
{
	const struct kernel *k = &f->kernel;
	const struct boot_entry *e = entry_of(k, other->release);
	const char *entry = e && k->loader == LOADER_SYSTEMD_BOOT ? e->id : "";

	found_broken(v, "kernel-without-nvidia", entry,
		     "running %s has no nvidia module; %s has%s%s", k->release.v, other->release,
		     e ? ", entry " : "", e ? boot_entry_label(k, e) : "");
}

static void judge_without(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const struct kernel_image *other = one_with_nvidia(f);

	if (k->dkms_source.know == KNOWN)
		found_broken(v, "module-build-failed", k->release.v,
			     "DKMS has %s, but no module of it for the running %s",
			     k->dkms_source.v, k->release.v);
	else if (other)
		judge_other_kernel(f, v, other);
	else
		found_broken(v, "module-missing", "", "no nvidia module for %s%s", k->release.v,
			     k->image_count > 1 && none_has_nvidia(k)
				 ? ", nor for another installed kernel"
				 : "");
}

static void judge_gone(const struct facts *f, struct verdict *v)
{
	const char *release = f->kernel.release.v;

	if (is_loaded(f))
		found_warning(v, "modules-gone", release,
			      "modules of the running %s were removed; reboot pending", release);
	else
		found_broken(v, "modules-gone", release,
			     "modules of the running %s were removed before nvidia was loaded",
			     release);
}

static void judge_running(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const struct kernel_image *i = kernel_running(k);

	if (is_u64(k->running_modules_exist, 0))
		judge_gone(f, v);
	else if (is_loaded(f))
		return;
	else if (!i)
		found_unknown(v, "uname -r; ls /usr/lib/modules",
			      "the running kernel's modules: %s",
			      know_why(k->running_modules_exist.know));
	else if (i->nvidia_module.know == ABSENT)
		judge_without(f, v);
	else if (i->nvidia_module.know != KNOWN)
		say_unseen(i, v);
}

/* --- versions --- */

/* A branch alone, "590", is no contradiction of "590.48.01". */
static bool same_version(const char *a, const char *b)
{
	size_t n = strlen(a);
	return strncmp(a, b, n) == 0 && (b[n] == '\0' || b[n] == '.');
}

static void judge_loaded_version(const struct facts *f, struct verdict *v)
{
	struct maybe_text loaded = f->driver.version, libraries = f->kernel.userland_version;

	if (is_loaded(f) && loaded.know == KNOWN && libraries.know == KNOWN &&
	    !str_eq(loaded.v, libraries.v))
		found_broken(v, "driver-version-mismatch", "",
			     "nvidia %s is loaded, but its libraries on disk are %s", loaded.v,
			     libraries.v);
}

static void judge_version_on_disk(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const struct kernel_image *i = next_image(k) ? next_image(k) : kernel_running(k);

	if (i && i->nvidia_version.know == KNOWN && k->userland_version.know == KNOWN &&
	    !same_version(i->nvidia_version.v, k->userland_version.v))
		found_warning(v, "module-version-on-disk", i->release,
			      "%s has nvidia %s on disk, but the libraries are %s", i->release,
			      i->nvidia_version.v, k->userland_version.v);
}

/* Only where there is a version to hold against it. */
static void judge_libraries(const struct facts *f, struct verdict *v)
{
	struct maybe_text libraries = f->kernel.userland_version;
	const struct kernel_image *i = kernel_running(&f->kernel);
	bool is_held = (is_loaded(f) && f->driver.version.know == KNOWN) ||
		       (i && i->nvidia_version.know == KNOWN);

	if (is_held && libraries.from && libraries.know != KNOWN && libraries.know != ABSENT)
		found_unknown(v, arena_printf(v->arena, "sudo ls -l %s", libraries.from),
			      "the version of %s: %s", libraries.from, know_why(libraries.know));
}

/* --- the next boot --- */

static void judge_unknown_next(const struct kernel *k, struct verdict *v)
{
	const struct boot_entry *e = kernel_next_entry(k);
	const char *from = k->boot_from ? k->boot_from : "/boot";

	if (e)
		found_unknown(v, "bootctl list; ls /boot",
			      "next boot entry %s: which kernel it starts", boot_entry_label(k, e));
	else if (k->boot_know == DENIED)
		found_unknown(v, "sudo egpu check", "the next boot's kernel: %s: %s", from,
			      know_why(k->boot_know));
	else
		found_unknown(v, "efibootmgr; bootctl list; ls /boot",
			      "the next boot's kernel: %s keeps it to itself",
			      boot_loader_name(k->loader));
}

static void judge_next(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const struct boot_entry *e = kernel_next_entry(k);
	const struct kernel_image *i = next_image(k);

	if (!one_with_nvidia(f) || (i && has_nvidia(f, i)))
		return;
	if (i && i->nvidia_module.know != ABSENT)
		say_unseen(i, v);
	else if (i)
		found_warning(v, "next-boot-without-nvidia", i->release,
			      "next boot entry %s starts %s, which has no nvidia module",
			      boot_entry_label(k, e), i->release);
	else if (e && *e->release)
		found_warning(v, "next-boot-without-nvidia", e->release,
			      "next boot entry %s starts %s, whose modules are not installed",
			      boot_entry_label(k, e), e->release);
	else if (!all_have_nvidia(f))
		judge_unknown_next(k, v);
}

/* --- its command line --- */

static const char *listed(struct arena *a, const struct names *n)
{
	const char *out = "";
	for (size_t i = 0; i < n->count; i++)
		out = arena_printf(a, "%s%s%s", out, *out ? " " : "", n->name[i]);
	return out;
}

/* Only of the same kernel: another one's parameters are none of this boot's. */
static void judge_cmdline(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const struct boot_entry *e = kernel_next_entry(k);

	if (!e || !*e->options || k->cmdline.know != KNOWN || !is_text(k->release, e->release))
		return;
	struct names comes = cmdline_missing(v->arena, e->options, k->cmdline.v);
	struct names goes = cmdline_missing(v->arena, k->cmdline.v, e->options);
	const char *both = comes.count && goes.count ? ", and " : "";
	if (comes.count || goes.count)
		found_warning(v, "cmdline-pending", e->id, "%s %s%s%s%s%s", boot_entry_label(k, e),
			      comes.count ? "sets " : "", listed(v->arena, &comes), both,
			      goes.count ? "no longer sets " : ", not in effect yet",
			      listed(v->arena, &goes));
}

/* --- what GRUB's menu is made from --- */

/*
 * Made by grub-mkconfig's 10_linux, which takes the settings: "gnulinux-simple-UUID", and not the
 * entries of other systems, of a person, or for recovery.
 */
static bool is_from_settings(const struct boot_entry *e)
{
	const char *last = strrchr(e->id, '>'), *own = last ? last + 1 : e->id;

	return str_starts(own, "gnulinux-") && !strstr(own, "-recovery-") && *e->options;
}

static bool is_newer(struct maybe_u64 a, struct maybe_u64 than)
{
	return a.know == KNOWN && than.know == KNOWN && a.v > than.v;
}

/*
 * A word that the settings have and the menu has not says enough, unless the menu is known to be
 * the newer one: then it was made so. The other way round it may have come from elsewhere.
 */
static void judge_menu(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const struct boot_entry *e = kernel_next_entry(k);
	struct maybe_text set = k->settings_options;
	bool newer = is_newer(k->settings_mtime_sec, k->menu_mtime_sec);
	bool in_time = k->settings_mtime_sec.know == KNOWN && k->menu_mtime_sec.know == KNOWN;

	if (!e || !is_from_settings(e) || (in_time && !newer))
		return;
	if (newer && is_unread(set.know))
		found_unknown(v, arena_printf(v->arena, "sudo cat %s", set.from),
			      "what %s has and %s has not yet: %s", set.from, k->boot_from,
			      know_why(set.know));
	if (set.know != KNOWN)
		return;
	struct names comes = cmdline_missing(v->arena, set.v, e->options);
	struct names goes = cmdline_missing(v->arena, e->options, set.v);
	if (!newer)
		goes.count = 0;
	const char *both = comes.count && goes.count ? ", and " : "";
	if (comes.count || goes.count)
		found_warning(v, "grub-menu-stale", k->boot_from, "%s %s%s%s%s%s, and %s does not",
			      newer ? k->settings_mtime_sec.from : set.from,
			      comes.count ? "sets " : "", listed(v->arena, &comes), both,
			      goes.count ? "drops " : "", listed(v->arena, &goes), k->boot_from);
}

/* --- mode setting --- */

/* The running module's, which only root may read; else what it was told. */
static struct maybe_u64 modeset_of(const struct kernel *k)
{
	struct maybe_text told =
	    k->modeset_cmdline.know == KNOWN ? k->modeset_cmdline : k->modeset_option;

	if (k->modeset_running.know == KNOWN || told.know != KNOWN)
		return k->modeset_running;
	if (str_eq(told.v, "0") || str_eq(told.v, "N") || str_eq(told.v, "n"))
		return known_u64(0, told.from);
	return known_u64(1, told.from);
}

static void judge_modeset(const struct facts *f, struct verdict *v)
{
	struct maybe_u64 modeset = modeset_of(&f->kernel);

	if (!is_u64(f->driver.drm_loaded, 1))
		return;
	if (is_u64(modeset, 1) && !f->want.display)
		found_warning(v, "modeset-not-wanted", "",
			      "nvidia_drm.modeset is 1, but the GPU is for computing only");
	if (is_u64(modeset, 0) && f->want.display)
		found_warning(v, "modeset-missing", "",
			      "nvidia_drm.modeset is 0, but a display is wanted");
	if (modeset.know != KNOWN && modeset.know != ABSENT && modeset.know != NOT_LOOKED)
		found_unknown(v, "sudo cat /sys/module/nvidia_drm/parameters/modeset",
			      "nvidia_drm.modeset, which nothing sets: %s", know_why(modeset.know));
}

/* --- signatures --- */

static void judge_signature(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const char *by = is_u64(k->secure_boot, 1)   ? "Secure Boot is on"
			 : is_u64(k->sig_enforce, 1) ? "signatures are enforced"
						     : NULL;
	const struct kernel_image *i = kernel_running(k);
	const struct driver_event *e = driver_last(&f->driver, EVENT_SIGNATURE);

	/* The line may be of any module: it is nvidia's only where there is one to reject. */
	if (!is_loaded(f) && by && e && i && i->nvidia_module.know == KNOWN)
		found_broken(v, "secure-boot-rejects-module", "", "%s, and the kernel rejected %s",
			     by, strstr(e->line, "nvidia") ? "the nvidia module" : "a module");
}

/* --- all is well --- */

static void say_ok(const struct facts *f, struct verdict *v)
{
	const struct kernel *k = &f->kernel;
	const struct kernel_image *i = kernel_running(k);
	const struct boot_entry *e = kernel_next_entry(k);
	const char *version = text_or(f->driver.version, i ? text_or(i->nvidia_version, "") : "");
	const char *what =
	    arena_printf(v->arena, "%s has nvidia%s%s", text_or(k->release, "this kernel"),
			 *version ? " " : "", version);

	if (next_image(k) && next_image(k)->nvidia_module.know == KNOWN)
		found_ok(v, "%s; next boot %s", what, boot_entry_label(k, e));
	else if (k->image_count > 1 && all_have_nvidia(f))
		found_ok(v, "%s; so has every installed kernel", what);
	else
		found_ok(v, "%s", what);
}

static void judge(const struct facts *f, struct verdict *v)
{
	size_t before = v->count;

	if (!concerns_nvidia(f)) {
		found_no_gpu(f, v, "no NVIDIA GPU to drive");
		return;
	}
	if (is_u64(f->kernel.takes_modules, 0)) {
		found_skipped(v, "this kernel is built without loadable modules");
		return;
	}
	judge_running(f, v);
	judge_signature(f, v);
	judge_loaded_version(f, v);
	judge_version_on_disk(f, v);
	judge_libraries(f, v);
	judge_next(f, v);
	judge_cmdline(f, v);
	judge_menu(f, v);
	judge_modeset(f, v);
	if (v->count == before)
		say_ok(f, v);
}

const struct link link_kernel = {
	.id = "kernel",
	.asks = "Does this kernel, and the one of the next boot, have the driver?",
	.needs = { NULL },
	.judge = judge,
};
