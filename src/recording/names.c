/* SPDX-License-Identifier: MIT */
/* How paths, questions and errors are named in a recording. */
#include "recording/meta.h"

#include <errno.h>
#include <string.h>

#define ERRNO(name)                                                                                \
	{                                                                                          \
#name, -name                                                                       \
	}
static const struct {
	const char *name;
	int code;
} errnos[] = {
	ERRNO(ENOENT),          ERRNO(EACCES),       ERRNO(EPERM),
	ERRNO(ETIMEDOUT),       ERRNO(EIO),          ERRNO(EFBIG),
	ERRNO(EINVAL),          ERRNO(EHOSTDOWN),    ERRNO(ENOSYS),
	ERRNO(EPROTO),          ERRNO(ENODEV),       ERRNO(ENXIO),
	ERRNO(ENOTDIR),         ERRNO(EISDIR),       ERRNO(ELOOP),
	ERRNO(ENODATA),         ERRNO(EAGAIN),       ERRNO(EBUSY),
	ERRNO(EBADMSG),         ERRNO(ENOTCONN),     ERRNO(ECONNREFUSED),
	ERRNO(ECONNRESET),      ERRNO(EPIPE),        ERRNO(EOPNOTSUPP),
	ERRNO(EPROTONOSUPPORT), ERRNO(ENAMETOOLONG), ERRNO(EBADR),
	ERRNO(ENOMEM),          ERRNO(EXDEV),
};

int errno_of_name(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(errnos); i++)
		if (str_eq(errnos[i].name, name))
			return errnos[i].code;
	return 0;
}

const char *name_of_errno(int r)
{
	for (size_t i = 0; i < COUNT_OF(errnos); i++)
		if (errnos[i].code == r)
			return errnos[i].name;
	return NULL;
}

char *path_tidy(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2), *end = out;

	while (*(path += strspn(path, "/"))) {
		size_t n = strcspn(path, "/");
		if (n != 1 || *path != '.') {
			*end++ = '/';
			memcpy(end, path, n);
			end += n;
		}
		path += n;
	}
	return out;
}

static bool part_ends(char c)
{
	return c == '/' || c == '\0';
}

/* "." or "..", which would not stay names of their own in a directory. */
static bool is_dots(const char *part)
{
	return part[0] == '.' && (part_ends(part[1]) || (part[1] == '.' && part_ends(part[2])));
}

char *path_file(struct arena *a, const char *tidy_path)
{
	char *out = arena_alloc(a, 3 * strlen(tidy_path) + sizeof("tree"));
	char *end = stpcpy(out, "tree");

	for (const char *p = tidy_path; *p;) {
		size_t n = strcspn(p + 1, "/");
		*end++ = '/';
		end = is_dots(p + 1) ? stpcpy(end, "%2E%2E") : mempcpy(end, p + 1, n);
		p += n + 1;
	}
	return out;
}

static const char *without_slash(const char *question)
{
	return question + (*question == '/');
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("._:@+,=?&-", c));
}

char *question_file(struct arena *a, enum source who, const char *question)
{
	static const char hex[] = "0123456789ABCDEF";
	const char *part = without_slash(question);
	char *out = arena_alloc(a, sizeof("answers/") + 32 + 3 * strlen(part));
	char *end = stpcpy(stpcpy(stpcpy(out, "answers/"), source_name(who)), "/");

	for (const char *p = part; *p; p++) {
		/* A '/' that would leave an empty name is no separator. */
		bool separates = *p == '/' && p > part && !part_ends(p[1]);
		if (separates || (is_plain(*p) && !is_dots(part))) {
			*end++ = *p;
		} else {
			*end++ = '%';
			*end++ = hex[(unsigned char)*p >> 4];
			*end++ = hex[*p & 15];
		}
		if (separates)
			part = p + 1;
	}
	return out;
}

char *question_key(struct arena *a, enum source who, const char *question)
{
	return arena_printf(a, "%s:%s", source_name(who), without_slash(question));
}
