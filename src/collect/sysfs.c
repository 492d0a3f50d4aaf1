/* SPDX-License-Identifier: MIT */
#include "collect/sysfs.h"

#include <errno.h>
#include <string.h>

struct maybe_text read_text(struct host *h, struct arena *a, const char *path)
{
	struct bytes b;
	int r = host_read(h, a, path, &b, NULL);
	if (r < 0)
		return unknown_text(know_of_errno(r), path);
	return known_text(str_trim(a, b.data, b.size), path);
}

struct maybe_u64 read_u64(struct host *h, struct arena *a, const char *path, int base)
{
	struct maybe_text text = read_text(h, a, path);
	uint64_t v;
	if (text.know != KNOWN)
		return unknown_u64(text.know, path);
	if (!str_u64(text.v, base, UINT64_MAX, &v))
		return unknown_u64(UNREADABLE, path);
	return known_u64(v, path);
}

struct maybe_u64 read_flag(struct host *h, struct arena *a, const char *path)
{
	struct maybe_text text = read_text(h, a, path);
	if (text.know != KNOWN)
		return unknown_u64(text.know, path);
	if (str_eq(text.v, "1") || str_eq(text.v, "Y") || str_eq(text.v, "y"))
		return known_u64(1, path);
	if (str_eq(text.v, "0") || str_eq(text.v, "N") || str_eq(text.v, "n"))
		return known_u64(0, path);
	return unknown_u64(UNREADABLE, path);
}

struct maybe_text sysfs_text(struct host *h, struct arena *a, const char *dev, const char *attr)
{
	return read_text(h, a, arena_printf(a, "%s/%s", dev, attr));
}

struct maybe_u64 sysfs_u64(struct host *h, struct arena *a, const char *dev, const char *attr,
			   int base)
{
	return read_u64(h, a, arena_printf(a, "%s/%s", dev, attr), base);
}

struct maybe_text sysfs_link(struct host *h, struct arena *a, const char *dev, const char *attr)
{
	const char *path = arena_printf(a, "%s/%s", dev, attr);
	struct host_stat st;
	int r = host_stat(h, a, path, &st, NULL);
	if (r < 0)
		return unknown_text(know_of_errno(r), path);
	if (st.type != STAT_LINK)
		return unknown_text(UNREADABLE, path);
	const char *slash = strrchr(st.target, '/');
	return known_text(slash ? slash + 1 : st.target, path);
}

struct maybe_u64 path_exists(struct host *h, struct arena *a, const char *path)
{
	struct host_stat st;
	int r = host_stat(h, a, path, &st, NULL);
	if (r == 0)
		return known_u64(1, path);
	enum know know = know_of_errno(r);
	return know == ABSENT ? known_u64(0, path) : unknown_u64(know, path);
}

struct maybe_u64 path_mtime_sec(struct host *h, struct arena *a, const char *path)
{
	struct host_stat st;
	int r = host_stat(h, a, path, &st, NULL);

	if (r < 0 || st.mtime_sec <= 0)
		return unknown_u64(r < 0 ? know_of_errno(r) : UNREADABLE, path);
	return known_u64((uint64_t)st.mtime_sec, path);
}

struct maybe_u64 path_newest_sec(struct host *h, struct arena *a, struct maybe_u64 so_far,
				 const char *path)
{
	struct maybe_u64 time = path_mtime_sec(h, a, path);

	if (time.know != KNOWN || (so_far.know == KNOWN && so_far.v >= time.v))
		return so_far;
	return time;
}

/* The word after NAME=, with its quotes taken off. */
static const char *value_of(struct arena *a, const char *s, size_t size)
{
	char *text = str_trim(a, s, size);
	size_t n = strlen(text);
	char quote = text[0];
	if ((quote == '"' || quote == '\'') && n > 1) {
		char *end = strchr(text + 1, quote);
		return end ? str_ndup(a, text + 1, (size_t)(end - text - 1)) : text + 1;
	}
	return text;
}

const char *assignment(struct arena *a, struct bytes text, const char *name)
{
	const char *found = NULL;
	size_t n = strlen(name);
	for (struct bytes line; bytes_line(&text, &line);) {
		while (line.size && (*line.data == ' ' || *line.data == '\t')) {
			line.data++;
			line.size--;
		}
		if (bytes_start(line, name) && line.size > n && line.data[n] == '=')
			found = value_of(a, line.data + n + 1, line.size - n - 1);
	}
	return found;
}
