/* SPDX-License-Identifier: MIT */
#include "collect/boot/efivar.h"

enum { ATTRIBUTES_SIZE = 4, TEXT_MAX = 1024 };

static const char *path_of(struct arena *a, const char *name, const char *vendor)
{
	return arena_printf(a, "/sys/firmware/efi/efivars/%s-%s", name, vendor);
}

struct maybe_u64 efivar_flag(struct host *h, struct arena *a, const char *name, const char *vendor)
{
	const char *path = path_of(a, name, vendor);
	struct bytes b;
	int r = host_read(h, a, path, &b, NULL);

	if (r < 0)
		return unknown_u64(know_of_errno(r), path);
	if (b.size != ATTRIBUTES_SIZE + 1)
		return unknown_u64(UNREADABLE, path);
	return known_u64(b.data[ATTRIBUTES_SIZE] != 0, path);
}

struct maybe_text efivar_text(struct host *h, struct arena *a, const char *name, const char *vendor)
{
	const char *path = path_of(a, name, vendor);
	struct bytes b;
	int r = host_read(h, a, path, &b, NULL);

	if (r < 0)
		return unknown_text(know_of_errno(r), path);
	if (b.size < ATTRIBUTES_SIZE)
		return unknown_text(UNREADABLE, path);
	char *text = arena_alloc(a, TEXT_MAX + 1);
	size_t n = 0;
	for (size_t i = ATTRIBUTES_SIZE; i + 1 < b.size && n < TEXT_MAX; i += 2) {
		if (!b.data[i] && !b.data[i + 1])
			break;
		text[n++] = b.data[i + 1] || b.data[i] < ' ' || b.data[i] > '~' ? '?' : b.data[i];
	}
	return known_text(text, path);
}
