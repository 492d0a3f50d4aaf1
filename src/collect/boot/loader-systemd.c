/* SPDX-License-Identifier: MIT */
/* systemd-boot(7), loader.conf(5), and systemd's boot loader interface in EFI variables. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "collect/boot/bls.h"
#include "collect/boot/efivar.h"
#include "collect/boot/loader.h"
#include "collect/sysfs.h"

static const char *const partitions[] = { "/efi", "/boot", "/boot/efi" };

/* The worse of what is known and what this errno means; not being there is no trouble. */
static void note(struct kernel *k, int r, const char *path)
{
	enum know know = r < 0 ? know_of_errno(r) : KNOWN;

	if (know == ABSENT || (k->boot_know != NOT_LOOKED && k->boot_know != KNOWN))
		return;
	k->boot_know = know;
	if (!k->boot_from || know != KNOWN)
		k->boot_from = path;
}

/*
 * A unified kernel carries its own os-release, which is not read: it is taken
 * to be of the installed system, so only their names differ.
 */
static void read_unified(struct kernel *k, struct arena *a, struct host *h, const char *dir,
			 struct bls_entry *out, size_t *count)
{
	struct names found;
	struct bytes os = { "", 0 };
	int r = host_list(h, a, dir, &found, NULL);

	note(k, r, dir);
	if (r < 0)
		return;
	host_read(h, a, "/etc/os-release", &os, NULL);
	const char *id = assignment(a, os, "ID");
	for (size_t i = 0; i < found.count && *count < BLS_ENTRIES_MAX; i++) {
		if (!str_ends(found.name[i], ".efi"))
			continue;
		struct bls_entry e = bls_parse(a, (struct bytes){ "", 0 }, found.name[i]);
		e.sort_key = id ? id : "linux";
		e.kernel = arena_printf(a, "/EFI/Linux/%s", found.name[i]);
		out[(*count)++] = e;
	}
}

static const char *first_match(struct arena *a, const struct bls_entry *e, size_t count,
			       const char *pattern)
{
	for (size_t i = 0; *pattern && i < count; i++)
		if (fnmatch(pattern, e[i].id, FNM_CASEFOLD) == 0)
			return str_dup(a, e[i].id);
	return NULL;
}

/* `default` of loader.conf: a value may hold blanks. */
static const char *configured(struct kernel *k, struct arena *a, struct host *h)
{
	const char *found = "";

	for (size_t i = 0; i < COUNT_OF(partitions) && !*found; i++) {
		const char *path = arena_printf(a, "%s/loader/loader.conf", partitions[i]);
		struct bytes text;
		int r = host_read(h, a, path, &text, NULL);
		note(k, r, path);
		for (struct bytes line; r == 0 && bytes_line(&text, &line);) {
			const char *s = str_trim(a, line.data, line.size);
			size_t n = strcspn(s, " \t");
			if (n == strlen("default") && str_starts(s, "default"))
				found = s + n + strspn(s + n, " \t");
		}
	}
	return found;
}

/* "auto-windows" and the like are entries that systemd-boot finds itself, and not by files here. */
static struct maybe_text choose(struct kernel *k, struct arena *a, struct host *h,
				const struct bls_entry *e, size_t count)
{
	const char *conf = configured(k, a, h);
	const struct maybe_text wish[] = {
		efivar_text(h, a, "LoaderEntryOneShot", EFIVAR_LOADER),
		efivar_text(h, a, "LoaderEntryDefault", EFIVAR_LOADER),
		known_text(conf, "loader.conf"),
	};

	for (size_t i = 0; i < COUNT_OF(wish); i++) {
		struct maybe_text w = wish[i];
		if (is_text(w, "@saved"))
			w = efivar_text(h, a, "LoaderEntryLastBooted", EFIVAR_LOADER);
		const char *id = w.know == KNOWN ? first_match(a, e, count, w.v) : NULL;
		if (id)
			return known_text(id, w.from);
		if (w.know == KNOWN && str_starts(w.v, "auto-"))
			return unknown_text(UNREADABLE, w.from);
	}
	return count ? known_text(e[0].id, k->boot_from) : unknown_text(ABSENT, k->boot_from);
}

void loader_systemd_boot(struct kernel *k, struct arena *a, struct host *h)
{
	struct bls_entry *e = arena_alloc(a, BLS_ENTRIES_MAX * sizeof(*e));
	size_t count = 0, rooted = 0;

	for (size_t i = 0; i < COUNT_OF(partitions); i++) {
		const char *dir = arena_printf(a, "%s/loader/entries", partitions[i]);
		note(k, bls_read(h, a, dir, e, &count), dir);
		read_unified(k, a, h, arena_printf(a, "%s/EFI/Linux", partitions[i]), e, &count);
		for (; rooted < count; rooted++)
			e[rooted].root = partitions[i];
	}
	qsort(e, count, sizeof(*e), bls_compare);
	k->next_entry = choose(k, a, h, e, count);
	if (k->boot_know != KNOWN)
		k->next_entry = unknown_text(k->boot_know, k->boot_from);
	for (size_t i = 0; i < count; i++)
		loader_add(k, a,
			   (struct boot_entry){
			       .id = e[i].id,
			       .title = *e[i].title ? e[i].title : e[i].id,
			       .kernel = e[i].kernel,
			       .release = e[i].version,
			       .options = e[i].options,
			       .initrd = e[i].initrd,
			       .root = e[i].root,
			   });
}
