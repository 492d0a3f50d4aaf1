/* SPDX-License-Identifier: MIT */
#include "collect/boot/images.h"

#include <errno.h>
#include <string.h>

#include "collect/sysfs.h"

#define DKMS "/var/lib/dkms"
#define PACMAN "/var/lib/pacman/local"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* nvidia.ko of any compression, and the names that Debian gives it. */
static bool is_nvidia_module(const char *name)
{
	static const char *const other[] = { "-uvm.ko", "-drm.ko", "-modeset.ko", "-peermem.ko" };

	for (size_t i = 0; i < COUNT_OF(other); i++)
		if (strstr(name, other[i]))
			return false;
	return str_starts(name, "nvidia.ko") ||
	       (strstr(name, ".ko") &&
		(str_starts(name, "nvidia-current") || str_starts(name, "nvidia-tesla") ||
		 str_starts(name, "nvidia-legacy")));
}

/* What is found goes first, and what could not be seen before what is not there. */
static struct maybe_text better(struct maybe_text a, struct maybe_text b)
{
	if (a.know == KNOWN || b.know == ABSENT)
		return a;
	return b.know == KNOWN || a.know == ABSENT ? b : a;
}

static struct maybe_text nvidia_in(struct host *h, struct arena *a, const char *dir)
{
	struct names found;
	int r = host_list(h, a, dir, &found, NULL);

	if (r < 0)
		return unknown_text(know_of_errno(r), dir);
	for (size_t i = 0; i < found.count; i++) {
		if (!is_nvidia_module(found.name[i]))
			continue;
		const char *path = arena_printf(a, "%s/%s", dir, found.name[i]);
		return known_text(path, path);
	}
	return unknown_text(ABSENT, dir);
}

/* Ubuntu's linux-modules-nvidia: a directory for each branch, beside the kernel's own modules. */
static struct maybe_text nvidia_of_branch(struct host *h, struct arena *a, const char *dir)
{
	const char *kernel = arena_printf(a, "%s/kernel", dir);
	struct maybe_text best = unknown_text(ABSENT, dir);
	struct names found;
	int r = host_list(h, a, kernel, &found, NULL);

	if (r < 0)
		return unknown_text(know_of_errno(r), kernel);
	for (size_t i = 0; best.know != KNOWN && i < found.count; i++)
		if (str_starts(found.name[i], "nvidia"))
			best = better(
			    best, nvidia_in(h, a, arena_printf(a, "%s/%s", kernel, found.name[i])));
	return best;
}

static struct maybe_text find_nvidia(struct host *h, struct arena *a, const char *dir)
{
	static const char *const places[] = {
		"updates/dkms",
		"updates",
		"extramodules",
		"extra",
		"extra/nvidia",
		"extra/drivers/video/nvidia",
		"weak-updates/nvidia",
		"weak-updates/updates",
		"kernel/drivers/video",
		"kernel/drivers/video/nvidia",
		"video",
		"misc",
	};
	struct maybe_text best = unknown_text(ABSENT, dir);

	for (size_t i = 0; best.know != KNOWN && i < COUNT_OF(places); i++)
		best = better(best, nvidia_in(h, a, arena_printf(a, "%s/%s", dir, places[i])));
	return best.know == KNOWN ? best : better(best, nvidia_of_branch(h, a, dir));
}

/* One module's tree of DKMS: VERSION directories, and links "kernel-RELEASE-ARCH". */
struct dkms {
	const char *name;
	struct names entry;
};

enum { DKMS_MAX = 8 };

/* Where package managers keep what they know of a module's version. */
struct records {
	struct dkms dkms[DKMS_MAX];
	size_t dkms_count;
	struct names pacman;
};

static void read_dkms(struct records *r, struct arena *a, struct host *h)
{
	struct names found;

	if (host_list(h, a, DKMS, &found, NULL) < 0)
		return;
	for (size_t i = 0; i < found.count && r->dkms_count < DKMS_MAX; i++) {
		struct dkms *d = &r->dkms[r->dkms_count];
		const char *name = found.name[i];
		if (!str_starts(name, "nvidia") || str_eq(name, "nvidia-fs"))
			continue;
		d->name = name;
		r->dkms_count +=
		    host_list(h, a, arena_printf(a, DKMS "/%s", name), &d->entry, NULL) == 0;
	}
}

static struct maybe_text dkms_source(const struct records *r, struct arena *a)
{
	for (size_t i = 0; i < r->dkms_count; i++)
		for (size_t n = r->dkms[i].entry.count; n-- > 0;)
			if (is_digit(r->dkms[i].entry.name[n][0]))
				return known_text(arena_printf(a, "%s %s", r->dkms[i].name,
							       r->dkms[i].entry.name[n]),
						  DKMS);
	return unknown_text(ABSENT, DKMS);
}

/* "590.48.01/6.17.1-arch1-1/x86_64" of the link for that kernel; else of a build for it. */
static const char *version_in_dkms(const struct dkms *d, struct arena *a, struct host *h,
				   const char *release)
{
	const char *link = arena_printf(a, "kernel-%s-", release), *version = NULL;

	for (size_t i = 0; i < d->entry.count; i++) {
		const char *path = arena_printf(a, DKMS "/%s/%s", d->name, d->entry.name[i]);
		struct host_stat st;
		if (str_starts(d->entry.name[i], link) && host_stat(h, a, path, &st, NULL) == 0)
			return str_ndup(a, st.target, strcspn(st.target, "/"));
		if (is_digit(d->entry.name[i][0]) &&
		    is_u64(path_exists(h, a, arena_printf(a, "%s/%s", path, release)), 1))
			version = d->entry.name[i];
	}
	return version;
}

/* "590.48.01" of "nvidia-open-590.48.01-3", where package is "nvidia-open". */
static const char *version_in_pacman(const struct names *db, struct arena *a, const char *package)
{
	size_t n = strlen(package);

	for (size_t i = 0; i < db->count; i++) {
		const char *rest = db->name[i] + n;
		if (str_starts(db->name[i], package) && *rest == '-' && is_digit(rest[1]))
			return str_ndup(a, rest + 1, strcspn(rest + 1, "-"));
	}
	return NULL;
}

/* A folder that an earlier driver left behind is no source: DKMS built for no kernel of these. */
static bool is_left_behind(const struct records *r, const struct kernel *k, struct arena *a,
			   struct host *h)
{
	bool any_has = false;

	for (size_t i = 0; i < k->image_count; i++) {
		any_has |= k->image[i].nvidia_module.know == KNOWN;
		for (size_t n = 0; n < r->dkms_count; n++)
			if (version_in_dkms(&r->dkms[n], a, h, k->image[i].release))
				return false;
	}
	return any_has;
}

/* Of what was built outside of DKMS: packages of the kernel's own flavour, "-lts" for linux-lts. */
static const char *version_in_packages(const struct records *r, struct arena *a,
				       const struct kernel_image *i)
{
	if (i->package.know != KNOWN || !str_starts(i->package.v, "linux"))
		return NULL;
	const char *flavour = i->package.v + strlen("linux");
	const char *open =
	    version_in_pacman(&r->pacman, a, arena_printf(a, "nvidia-open%s", flavour));
	return open ? open : version_in_pacman(&r->pacman, a, arena_printf(a, "nvidia%s", flavour));
}

static struct maybe_text find_version(const struct records *r, struct arena *a, struct host *h,
				      const struct kernel_image *i)
{
	const char *path = i->nvidia_module.v, *branch = strstr(path, "/kernel/nvidia-");

	if (i->nvidia_module.know != KNOWN)
		return unknown_text(ABSENT, i->nvidia_module.from);
	if (branch && is_digit(branch[strlen("/kernel/nvidia-")])) {
		branch += strlen("/kernel/nvidia-");
		return known_text(str_ndup(a, branch, strspn(branch, "0123456789")), path);
	}
	for (size_t n = 0; n < r->dkms_count && !strstr(path, "/extramodules"); n++) {
		const char *version = version_in_dkms(&r->dkms[n], a, h, i->release);
		if (version && is_digit(*version))
			return known_text(version, arena_printf(a, DKMS "/%s", r->dkms[n].name));
	}
	const char *version = version_in_packages(r, a, i);
	return version ? known_text(version, PACMAN) : unknown_text(ABSENT, DKMS);
}

/* What a removed kernel leaves behind are at most lists that depmod wrote: "modules.dep". */
static bool is_installed(const struct names *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		if (!str_starts(entry->name[i], "modules.") ||
		    str_eq(entry->name[i], "modules.builtin") ||
		    str_eq(entry->name[i], "modules.order"))
			return true;
	return false;
}

static bool read_image(struct host *h, struct arena *a, const char *dir, const char *release,
		       struct kernel_image *ret)
{
	const char *path = arena_printf(a, "%s/%s", dir, release);
	struct names entry;
	int r = is_digit(*release) ? host_list(h, a, path, &entry, NULL) : -ENOENT;

	/* One that may not be looked into is there, too. */
	if (r < 0 ? know_of_errno(r) == ABSENT : !is_installed(&entry))
		return false;
	*ret = (struct kernel_image){
		.release = release,
		.package = sysfs_text(h, a, path, "pkgbase"),
		.base = sysfs_text(h, a, path, "kernelbase"),
		.nvidia_module = find_nvidia(h, a, path),
	};
	if (r < 0)
		ret->nvidia_module =
		    better(unknown_text(know_of_errno(r), path), ret->nvidia_module);
	return true;
}

void images_find(struct kernel *k, struct arena *a, struct host *h)
{
	const char *dir = "/usr/lib/modules";
	struct names found = { 0 };
	struct records r = { 0 };

	int code = host_list(h, a, dir, &found, NULL);
	if (code < 0 || !found.count)
		code = host_list(h, a, dir = "/lib/modules", &found, NULL);
	k->images_know = code < 0 ? know_of_errno(code) : KNOWN;
	k->image = arena_alloc(a, IMAGES_MAX * sizeof(*k->image));
	for (size_t i = 0; code == 0 && i < found.count && k->image_count < IMAGES_MAX; i++)
		k->image_count += read_image(h, a, dir, found.name[i], &k->image[k->image_count]);

	read_dkms(&r, a, h);
	k->dkms_source =
	    is_left_behind(&r, k, a, h) ? unknown_text(ABSENT, DKMS) : dkms_source(&r, a);
	for (size_t i = 0; i < k->image_count; i++) {
		struct kernel_image *image = &k->image[i];
		image->running = is_text(k->release, image->release);
		if (image->package.know == KNOWN && !r.pacman.count)
			host_list(h, a, PACMAN, &r.pacman, NULL);
		image->nvidia_version = find_version(&r, a, h, image);
	}
	if (k->images_know == KNOWN && k->release.know == KNOWN && k->image_count < IMAGES_MAX)
		k->running_modules_exist = known_u64(kernel_running(k) != NULL,
						     arena_printf(a, "%s/%s", dir, k->release.v));
	else
		k->running_modules_exist = unknown_u64(code < 0 ? k->images_know : UNREADABLE, dir);
}
