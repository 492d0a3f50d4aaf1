/* SPDX-License-Identifier: MIT */
/* Names of devices from systemd's hardware database. hwdb(7), sd-hwdb(3). */
#include "host/sources.h"

#include <errno.h>
#include <string.h>

#include <systemd/sd-hwdb.h>

enum { NAMES_MAX = 64, VALUE_MAX = 512 };

#define HWDB __attribute__((cleanup(sd_hwdb_unrefp))) sd_hwdb

static int open_below(struct arena *a, const char *root, sd_hwdb **ret)
{
	static const char *const places[] = { "etc/systemd/hwdb/hwdb.bin", "etc/udev/hwdb.bin",
					      "usr/lib/systemd/hwdb/hwdb.bin",
					      "usr/lib/udev/hwdb.bin" };
	int r = -ENOENT;
	for (size_t i = 0; r == -ENOENT && i < COUNT_OF(places); i++)
		r = sd_hwdb_new_from_path(arena_printf(a, "%s/%s", root, places[i]), ret);
	return r;
}

int names_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	      struct err *e)
{
	HWDB *hwdb = NULL;
	const char *root = l->options.root;
	int r = root ? open_below(a, root, &hwdb) : sd_hwdb_new(&hwdb);
	if (r < 0)
		return err_set(e, r, "hwdb");

	char *text = arena_printf(a, "%s", "");
	const char *key, *value;
	unsigned count = 0;
	SD_HWDB_FOREACH_PROPERTY(hwdb, question, key, value)
	{
		if (count == NAMES_MAX || !str_starts(key, "ID_") ||
		    !str_ends(key, "FROM_DATABASE"))
			continue;
		text = arena_printf(a, "%s%s=%.*s\n", text, key, VALUE_MAX, value);
		count++;
	}
	*ret = bytes_of(text);
	return 0;
}
