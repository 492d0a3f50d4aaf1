/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "rules/verdict.h"

/* The ESP keeps times to two seconds only. */
enum { SAME_TIME_SEC = 5 };

static const struct kernel_image *kernel_of(const struct facts *f, const struct initramfs_image *i)
{
	return kernel_of_release(&f->kernel, i->release);
}

/* Where its module is loaded, the running kernel has it, wherever the file is. */
static bool has_nvidia(const struct facts *f, const struct kernel_image *k)
{
	return k && (k->nvidia_module.know == KNOWN ||
		     (k->running && is_u64(f->driver.nvidia_loaded, 1)));
}

/* Its folders could not all be read, and what was read holds none. */
static bool is_unseen(const struct facts *f, const struct kernel_image *k)
{
	return k && !has_nvidia(f, k) && k->nvidia_module.know != ABSENT;
}

/* Is there a GPU, or a driver, that an image could be about? */
static bool concerns_nvidia(const struct facts *f)
{
	bool concerns = f->pci.chosen != NULL;

	for (size_t i = 0; i < f->kernel.image_count; i++)
		concerns |= has_nvidia(f, &f->kernel.image[i]);
	for (size_t i = 0; i < f->initramfs.image_count; i++)
		concerns |= f->initramfs.image[i].nvidia.count > 0;
	return concerns;
}

static bool all_have_nvidia(const struct facts *f)
{
	for (size_t i = 0; i < f->kernel.image_count; i++)
		if (!has_nvidia(f, &f->kernel.image[i]))
			return false;
	return f->kernel.image_count > 0;
}

static bool is_next(const struct facts *f, const struct initramfs_image *i)
{
	const struct boot_entry *e = kernel_next_entry(&f->kernel);
	return e && *i->release && str_eq(e->release, i->release);
}

static bool is_absent(const struct initramfs_image *i)
{
	return i->path.know == KNOWN && i->image_mtime_sec.know == ABSENT;
}

/* What the next boot loads, by the very name that its entry has for it. */
static bool is_missed(const struct facts *f, const struct initramfs_image *i)
{
	return is_absent(i) && is_next(f, i) &&
	       boot_entry_loads(kernel_next_entry(&f->kernel), i->path.v);
}

/* Of the kernel that runs, or that the next boot starts: others come later, and are rebuilt then.
 */
static bool matters(const struct facts *f, const struct initramfs_image *i)
{
	return is_next(f, i) || (*i->release && is_text(f->kernel.release, i->release));
}

static const struct initramfs_image *first_of(const struct facts *f, const char *release,
					      bool (*is_so)(const struct facts *f,
							    const struct initramfs_image *i))
{
	for (size_t n = 0; n < f->initramfs.image_count; n++)
		if (str_eq(f->initramfs.image[n].release, release) &&
		    is_so(f, &f->initramfs.image[n]))
			return &f->initramfs.image[n];
	return NULL;
}

/*
 * Most kernels have a fallback image, too: is this the first image of its
 * kernel of which that is so?
 */
static bool is_first(const struct facts *f, const struct initramfs_image *i,
		     bool (*is_so)(const struct facts *f, const struct initramfs_image *i))
{
	return first_of(f, i->release, is_so) == i;
}

static bool loads_nvidia(const struct facts *f, const struct initramfs_image *i)
{
	return i->nvidia.count && has_nvidia(f, kernel_of(f, i));
}

static bool is_any(const struct facts *f, const struct initramfs_image *i)
{
	(void)f;
	return *i->release != '\0';
}

/* initramfs-tools has one list for all kernels, and passes over what a kernel does not have. */
static bool must_have(const struct facts *f, const struct initramfs_image *i)
{
	return i->nvidia.count && !i->is_optional && f->initramfs.tool != INITRAMFS_TOOLS;
}

static bool names_missing(const struct facts *f, const struct initramfs_image *i)
{
	const struct kernel_image *k = kernel_of(f, i);

	if (!must_have(f, i) || is_unseen(f, k))
		return false;
	return *i->release ? !has_nvidia(f, k) : !all_have_nvidia(f);
}

static bool names_unseen(const struct facts *f, const struct initramfs_image *i)
{
	return must_have(f, i) && is_unseen(f, kernel_of(f, i));
}

static void judge_names(const struct facts *f, const struct initramfs_image *i, struct verdict *v)
{
	const struct kernel_image *k = kernel_of(f, i);

	if (is_first(f, i, names_unseen))
		found_unknown(v, arena_printf(v->arena, "sudo ls -l %s", k->nvidia_module.from),
			      "whether %s has the modules that %s names: %s", i->release, i->config,
			      know_why(k->nvidia_module.know));
	if (!is_first(f, i, names_missing))
		return;
	if (!*i->release)
		found_unknown(v, "cat /etc/mkinitcpio.d/*.preset",
			      "%s names nvidia, for a kernel that could not be told", i->preset);
	else if (is_next(f, i) && is_absent(i))
		found_broken(v, "initramfs-names-missing-module", i->config,
			     "%s, of the next boot, is missing: %s names nvidia for %s", i->path.v,
			     i->config, i->release);
	else
		found_warning(v, "initramfs-names-missing-module", i->config,
			      "%s puts nvidia into the image of %s, which has none",
			      initramfs_tool_name(f->initramfs.tool), i->release);
}

static bool gets_driver(const struct facts *f, const struct kernel_image *k)
{
	const struct names *wanted = &f->want.kernels;

	return k && k->nvidia_module.know == KNOWN &&
	       (!wanted->count || names_have(wanted, k->release) ||
		names_have(wanted, text_or(k->package, k->release)));
}

/* Only where the owner has asked for it: most drivers are loaded late, and do well. */
static bool lacks_wanted(const struct facts *f, const struct initramfs_image *i)
{
	return f->want.early == WISH_YES && f->want.early_is_set && matters(f, i) &&
	       gets_driver(f, kernel_of(f, i)) && !i->nvidia.count;
}

static void judge_wanted(const struct facts *f, const struct initramfs_image *i, struct verdict *v)
{
	const struct initramfs *all = &f->initramfs;

	if (all->know == KNOWN && all->error.know != KNOWN && is_first(f, i, lacks_wanted))
		found_warning(v, "initramfs-lacks-module", i->config,
			      "%s puts no nvidia into the image of %s, and early = yes is wanted",
			      initramfs_tool_name(all->tool), i->release);
}

/* Where it also names modules that are not there, that is why it was not built. */
static void judge_there(const struct facts *f, const struct initramfs_image *i, struct verdict *v)
{
	if (is_first(f, i, is_missed) && !names_missing(f, i))
		found_broken(v, "initramfs-missing", i->release,
			     "%s, the early image of the next boot, is missing", i->path.v);
}

/* --- what the next boot's entry names --- */

/*
 * Not where another partition has an entry of the same name: which of the two counts is not known.
 */
static struct names missing_next(const struct kernel *k)
{
	struct names missing = { 0 };

	for (size_t i = 0; i < k->entry_count && k->next_entry.know == KNOWN; i++) {
		if (!str_eq(k->entry[i].id, k->next_entry.v))
			continue;
		if (k->entry[i].initrd_know != ABSENT)
			return (struct names){ 0 };
		missing = missing.count ? missing : k->entry[i].initrd_missing;
	}
	return missing;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* One that a preset builds, by that path or by another way to the same file. */
static bool is_same(const struct initramfs_image *i, const char *path)
{
	return i->path.know == KNOWN && str_eq(name_of(i->path.v), name_of(path)) &&
	       (is_absent(i) || str_eq(i->path.v, path));
}

/* By what is said of what its configuration builds. */
static bool is_told(const struct facts *f, const char *path)
{
	for (size_t n = 0; n < f->initramfs.image_count; n++) {
		const struct initramfs_image *i = &f->initramfs.image[n];
		if (is_same(i, path) && is_absent(i) && is_next(f, i) &&
		    (is_missed(f, i) || names_missing(f, i)))
			return true;
	}
	return false;
}

/* dracut and initramfs-tools put the kernel's release into the name, or into a directory's. */
static bool is_built(const struct facts *f, const char *release, const char *path)
{
	const struct initramfs *all = &f->initramfs;
	bool is_built = false;

	if (all->tool == INITRAMFS_DRACUT || all->tool == INITRAMFS_TOOLS)
		return kernel_of_release(&f->kernel, release) && strstr(path, release);
	for (size_t i = 0; i < all->image_count; i++)
		is_built |= is_same(&all->image[i], path);
	return is_built;
}

/* Arch Linux's packages of microcode put one file into /boot, and nowhere else. */
static const char *microcode_package(const char *path)
{
	if (str_eq(path, "/boot/intel-ucode.img"))
		return "intel-ucode";
	return str_eq(path, "/boot/amd-ucode.img") ? "amd-ucode" : NULL;
}

static void judge_entry(const struct facts *f, struct verdict *v)
{
	const struct boot_entry *e = kernel_next_entry(&f->kernel);
	struct names missing = missing_next(&f->kernel);

	for (size_t i = 0; i < missing.count; i++) {
		const char *path = missing.name[i], *package = microcode_package(path);
		bool built = !package && is_built(f, e->release, path);
		const char *cause = package ? "microcode-missing"
				    : built ? "initramfs-missing"
					    : "boot-entry-image-missing";
		if (!is_told(f, path))
			found_broken(v, cause,
				     package ? package
				     : built ? e->release
					     : path,
				     "next boot entry %s loads %s, which is missing",
				     boot_entry_label(&f->kernel, e), path);
	}
}

/* --- its age --- */

static bool is_older(struct maybe_u64 image, struct maybe_u64 source)
{
	return image.know == KNOWN && source.know == KNOWN && source.v > image.v + SAME_TIME_SEC;
}

/* What the image is built from and older than; NULL: nothing. */
static const char *outdated_by(const struct facts *f, const struct initramfs_image *i)
{
	if (!matters(f, i))
		return NULL;
	if (is_older(i->image_mtime_sec, i->config_mtime_sec))
		return i->config_mtime_sec.from;
	if (loads_nvidia(f, i) && is_older(i->image_mtime_sec, f->initramfs.modprobe_mtime_sec))
		return f->initramfs.modprobe_mtime_sec.from;
	return NULL;
}

static bool is_stale(const struct facts *f, const struct initramfs_image *i)
{
	return outdated_by(f, i) != NULL;
}

static bool is_of_unknown_age(const struct facts *f, const struct initramfs_image *i)
{
	return matters(f, i) && loads_nvidia(f, i) && i->image_mtime_sec.know == DENIED;
}

static void judge_age(const struct facts *f, const struct initramfs_image *i, struct verdict *v)
{
	if (is_first(f, i, is_of_unknown_age))
		found_unknown(v, "sudo egpu check", "the age of %s: %s",
			      text_or(i->path, "the early image"),
			      know_why(i->image_mtime_sec.know));
	if (is_first(f, i, is_stale))
		found_warning(v, "initramfs-stale", outdated_by(f, i), "%s is older than %s",
			      i->path.v, outdated_by(f, i));
}

/* "FILE:LINE: why": the line that shows it. */
static const char *show_line(struct arena *a, const char *error)
{
	size_t file = strcspn(error, ":");
	size_t line = strspn(error[file] ? error + file + 1 : "", "0123456789");

	if (!line)
		return arena_printf(a, "sudo cat %.*s", (int)file, error);
	return arena_printf(a, "sed -n %.*sp %.*s", (int)line, error + file + 1, (int)file, error);
}

static void judge_config(const struct initramfs *i, struct verdict *v)
{
	if (i->know != KNOWN)
		found_unknown(v, "sudo egpu check", "the configuration of %s: %s",
			      initramfs_tool_name(i->tool), know_why(i->know));
	else if (i->glued.know == KNOWN)
		found_warning(v, "initramfs-config-glued", i->glued.v,
			      "%s has no final line feed, so %s is glued to it", i->glued.v,
			      i->glued.from);
	else if (i->error.know == KNOWN)
		found_unknown(v, show_line(v->arena, i->error.v), "%s", i->error.v);
}

static const char *joined(struct arena *a, const char *so_far, const char *name)
{
	return arena_printf(a, "%s%s%s", so_far, *so_far ? ", " : "", name);
}

/* An image of that kernel whose place only its boot entry knows. */
static bool entry_has_it(const struct kernel *k, const char *release)
{
	for (size_t i = 0; i < k->entry_count; i++) {
		const struct boot_entry *e = &k->entry[i];
		if (str_eq(e->release, release) && e->initrd_know == KNOWN &&
		    (*e->initrd || str_ends(e->kernel, ".efi")))
			return true;
	}
	return false;
}

/* One without a time is there, too. */
static bool is_there(const struct facts *f, const struct initramfs_image *i)
{
	if (i->path.know != KNOWN)
		return entry_has_it(&f->kernel, i->release);
	return i->image_mtime_sec.know == KNOWN || i->image_mtime_sec.know == UNREADABLE;
}

static bool is_there_with(const struct facts *f, const struct initramfs_image *i)
{
	return loads_nvidia(f, i) && is_there(f, i);
}

/* The next boot's entry loads something else. */
static bool is_passed_over(const struct facts *f, const struct initramfs_image *i)
{
	const struct boot_entry *e = kernel_next_entry(&f->kernel);

	return e && !boot_entry_loads(e, i->path.v) &&
	       ((e->initrd && *e->initrd) || (e->kernel && str_ends(e->kernel, ".efi")));
}

/* It should load nvidia, and was not seen. */
static void say_unseen(const struct facts *f, const struct initramfs_image *i, struct verdict *v)
{
	if (!is_absent(i))
		found_ok(v, "%s puts nvidia into the image of %s",
			 initramfs_tool_name(f->initramfs.tool), i->release);
	else if (is_passed_over(f, i))
		found_skipped(v, "%s is not there, and the next boot loads another image",
			      i->path.v);
	else
		found_unknown(v, "bootctl list; ls /boot",
			      "what the next boot loads early: %s is not there", i->path.v);
}

/* "linux image loads nvidia, linux-lts image does not" */
static void say_ok(const struct facts *f, struct verdict *v)
{
	const char *with = "", *without = "";
	const struct initramfs_image *unseen = NULL;

	for (size_t n = 0; n < f->initramfs.image_count; n++) {
		const struct initramfs_image *i = &f->initramfs.image[n];
		const struct kernel_image *k = kernel_of(f, i);
		if (!k || !is_first(f, i, is_any))
			continue;
		const char *name = text_or(k->package, k->release);
		const struct initramfs_image *loads = first_of(f, k->release, loads_nvidia);
		if (first_of(f, k->release, is_there_with))
			with = joined(v->arena, with, name);
		else if (loads)
			unseen = unseen ? unseen : loads;
		else if (first_of(f, k->release, is_there))
			without = joined(v->arena, without, name);
	}
	if (*with && *without)
		found_ok(v, "%s image loads nvidia, %s image does not", with, without);
	else if (*with)
		found_ok(v, "%s image loads nvidia", with);
	else if (unseen)
		say_unseen(f, unseen, v);
	else
		found_ok(v, "nvidia is loaded late, from the root file system");
}

static void judge(const struct facts *f, struct verdict *v)
{
	const struct initramfs *all = &f->initramfs;
	size_t before = v->count;

	if (concerns_nvidia(f))
		judge_entry(f, v);
	if (all->tool == INITRAMFS_UNKNOWN) {
		if (v->count == before)
			found_skipped(v, "no tool that builds early images was found");
		return;
	}
	if (!concerns_nvidia(f)) {
		found_no_gpu(f, v, "no NVIDIA GPU to drive");
		return;
	}
	judge_config(all, v);
	for (size_t i = 0; i < all->image_count; i++) {
		judge_names(f, &all->image[i], v);
		judge_there(f, &all->image[i], v);
		judge_wanted(f, &all->image[i], v);
		judge_age(f, &all->image[i], v);
	}
	if (v->count == before)
		say_ok(f, v);
}

const struct link link_initramfs = {
	.id = "initramfs",
	.asks = "Do the early images carry what they should?",
	.needs = { NULL },
	.judge = judge,
};
