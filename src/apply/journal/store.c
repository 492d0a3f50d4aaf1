/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "apply/file/place.h"
#include "apply/journal/journal.h"
#include "host/tree.h"

enum { STAMP_SIZE = 15 }; /* "20261009-084107" */

static int make_store(int root, struct arena *a, struct err *e)
{
	struct names missing;
	PLACE p = { -1 };

	int r = place_missing(root, a, STORE, &missing, e);
	if (r == 0)
		r = place_make(root, a, &missing, e);
	if (r == 0)
		r = place_open(root, a, STORE, &p, e);
	if (r < 0)
		return r;
	if (mkdirat(p.dir, p.leaf, 0700) < 0 && errno != EEXIST)
		return err_set(e, -errno, "make " STORE);
	return fsync(p.dir) < 0 ? err_set(e, -errno, "make " STORE) : 0;
}

int journals_open(int root, bool make, struct err *e)
{
	ARENA a = { 0 };
	int fd = place_dir(root, STORE, e);

	if (fd != -ENOENT || !make)
		return fd;
	int r = make_store(root, &a, e);
	return r < 0 ? r : place_dir(root, STORE, e);
}

bool journals_is_id(const char *id)
{
	static const char form[] = "dddddddd-dddddd-";
	uint64_t n;

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '-' ? id[i] != '-' : id[i] < '0' || id[i] > '9')
			return false;
	return strlen(id) < TRANSACTION_ID_MAX && str_u64(id + STAMP_SIZE + 1, 10, 1000000, &n);
}

bool journals_have(int store, const char *id)
{
	ARENA a = { 0 };
	return faccessat(store, arena_printf(&a, "%s/journal.json", id), F_OK,
			 AT_SYMLINK_NOFOLLOW) == 0 ||
	       errno != ENOENT;
}

static uint64_t turn_of(const char *id)
{
	uint64_t n = 0;
	str_u64(id + STAMP_SIZE + 1, 10, UINT64_MAX, &n);
	return n;
}

static int by_time(const void *one, const void *two)
{
	const char *a = *(const char *const *)one, *b = *(const char *const *)two;
	int r = strncmp(a, b, STAMP_SIZE);
	uint64_t m = turn_of(a), n = turn_of(b);
	return r ? r : (m > n) - (m < n);
}

int journals_list(int store, struct arena *a, struct names *ret, struct err *e)
{
	struct names all, out = { 0 };
	size_t room = 0;
	int r = tree_list(store, a, ".", &all, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < all.count; i++)
		if (journals_is_id(all.name[i]))
			names_add(a, &out, &room, all.name[i]);
	if (out.count)
		qsort(out.name, out.count, sizeof(*out.name), by_time);
	*ret = out;
	return 0;
}

int journals_next_id(int store, struct arena *a, const char **ret, uint64_t *ret_usec,
		     struct err *e)
{
	struct names ids;
	struct timespec now;
	struct tm utc;
	char stamp[32];
	int r = journals_list(store, a, &ids, e);

	if (r < 0)
		return r;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &utc);
	const char *last = ids.count ? ids.name[ids.count - 1] : "";
	bool behind = strncmp(last, stamp, STAMP_SIZE) >= 0;
	*ret = behind ? arena_printf(a, "%.*s-%llu", STAMP_SIZE, last,
				     (unsigned long long)turn_of(last) + 1)
		      : arena_printf(a, "%s-1", stamp);
	*ret_usec = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	return 0;
}
