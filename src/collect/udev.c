/* SPDX-License-Identifier: MIT */
#include "collect/udev.h"

#include <errno.h>
#include <string.h>

enum { FILES_MAX = 2048 };

bool udev_assigns(const struct udev_part *p)
{
	return str_eq(p->op, "=") || str_eq(p->op, "+=") || str_eq(p->op, ":=");
}

static const char *skip(const char *s, const char *any)
{
	return s + strspn(s, any);
}

/* Up to an operator or a blank, but what stands in braces is part of it: ATTR{power/control}. */
static const char *end_of_key(const char *s)
{
	size_t n = strcspn(s, "{=!+-: \t,\"");
	const char *close = s[n] == '{' ? strchr(s + n, '}') : NULL;
	return close ? close + 1 : s + n;
}

/* Of "...", or of e"..." and the like, in which a quote may stand after a backslash. */
static const char *end_of_value(const char *s)
{
	while (*s && *s != '"')
		s += *s == '\\' && s[1] ? 2 : 1;
	return s;
}

/* Takes the next part off *rest. False at the end, and where the line is not to be understood. */
static bool next_part(struct arena *a, const char **rest, struct udev_part *ret)
{
	const char *key = skip(*rest, " \t,"), *key_end = end_of_key(key);
	const char *op = skip(key_end, " \t"), *op_end = skip(op, "=!+-:");
	const char *value = skip(op_end, " \t");

	value = skip(value, "eig");
	if (key == key_end || op == op_end || *value != '"')
		return false;
	const char *end = end_of_value(++value);
	*ret = (struct udev_part){ str_ndup(a, key, (size_t)(key_end - key)),
				   str_ndup(a, op, (size_t)(op_end - op)),
				   str_ndup(a, value, (size_t)(end - value)) };
	*rest = *end ? end + 1 : end;
	return true;
}

/*
 * The next rule, into a place that has room for all of the text: lines that end in a backslash go
 * on, comments between them do not count. False at the end.
 */
static bool next_rule(struct bytes *text, char *into)
{
	size_t n = 0;
	bool goes_on = true;

	for (struct bytes line; goes_on && bytes_line(text, &line);) {
		while (line.size && (*line.data == ' ' || *line.data == '\t'))
			line.data++, line.size--;
		if (line.size == 0 || *line.data == '#')
			continue;
		goes_on = line.data[line.size - 1] == '\\';
		memcpy(into + n, line.data, line.size - goes_on);
		n += line.size - goes_on;
	}
	into[n] = '\0';
	return n > 0;
}

static bool file_has(struct arena *a, struct bytes text, const char *about,
		     bool (*does)(const struct udev_part *p))
{
	if (!bytes_have(text, about))
		return false;
	char *rule = arena_alloc(a, text.size + 1);
	while (next_rule(&text, rule)) {
		const char *rest = rule;
		for (struct udev_part part; next_part(a, &rest, &part);)
			if (does(&part))
				return true;
	}
	return false;
}

/* A folder, and the names that earlier ones have taken. */
struct search {
	const char *about;
	bool (*does)(const struct udev_part *p);
	struct names seen;
	size_t room;
};

static struct maybe_u64 look_into(struct arena *a, struct host *h, const char *dir,
				  struct search *s)
{
	struct maybe_u64 out = known_u64(0, dir);
	struct names found;
	int r = host_list(h, a, dir, &found, NULL);

	if (r < 0)
		return r == -ENOENT ? out : unknown_u64(know_of_errno(r), dir);
	for (size_t i = 0; i < found.count; i++) {
		const char *name = found.name[i];
		struct bytes text;
		if (!str_ends(name, ".rules") || names_have(&s->seen, name))
			continue;
		if (s->seen.count == FILES_MAX)
			return unknown_u64(UNREADABLE, dir);
		names_add(a, &s->seen, &s->room, name);
		const char *path = arena_printf(a, "%s/%s", dir, name);
		r = host_read(h, a, path, &text, NULL);
		if (r == 0 && file_has(a, text, s->about, s->does))
			return known_u64(1, path);
		/* -EINVAL: no plain file, as /dev/null is none. */
		if (r < 0 && r != -ENOENT && r != -EINVAL)
			out = unknown_u64(know_of_errno(r), path);
	}
	return out;
}

struct maybe_u64 udev_has(struct arena *a, struct host *h, const char *about,
			  bool (*does)(const struct udev_part *p))
{
	static const char *const dirs[] = { "/etc/udev/rules.d", "/run/udev/rules.d",
					    "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
					    "/lib/udev/rules.d" };
	struct search s = { .about = about, .does = does };
	struct maybe_u64 out = known_u64(0, dirs[0]);

	for (size_t i = 0; i < COUNT_OF(dirs); i++) {
		struct maybe_u64 in = look_into(a, h, dirs[i], &s);
		if (is_u64(in, 1))
			return in;
		if (in.know != KNOWN)
			out = in;
	}
	return out;
}
