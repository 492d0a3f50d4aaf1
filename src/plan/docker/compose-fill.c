/* SPDX-License-Identifier: MIT */
/* Variables in compose files. compose-spec, 12-interpolation.md. */
#include "plan/docker/compose.h"

#include <string.h>

enum { DEPTH_MAX = 8, FILLED_MAX = 4096 };

struct filling {
	struct compose *c;
	const char **missing;
};

static bool is_name(char ch, bool first)
{
	return ch == '_' || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
	       (!first && ch >= '0' && ch <= '9');
}

static size_t name_size(const char *s)
{
	size_t n = 0;
	while (is_name(s[n], n == 0))
		n++;
	return n;
}

/* They are set in every shell, and to something else under sudo. */
static bool is_of_user(const char *name)
{
	static const char *const names[] = { "HOME", "USER", "LOGNAME", "PWD", "UID", "GID" };
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(name, names[i]))
			return true;
	return str_starts(name, "XDG_");
}

const char *compose_env(const struct compose *c, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = c->env.count; i > 0; i--)
		if (strncmp(c->env.name[i - 1], name, n) == 0 && c->env.name[i - 1][n] == '=')
			return c->env.name[i - 1] + n + 1;
	return NULL;
}

/* The brace that ends "{...", or NULL. */
static const char *brace_end(const char *s)
{
	int depth = 0;
	for (; *s; s++) {
		depth += *s == '{';
		depth -= *s == '}';
		if (depth == 0)
			return s;
	}
	return NULL;
}

static const char *fill(struct filling *f, const char *text, int depth);

static void miss(struct filling *f, const char *name)
{
	if (!*f->missing)
		*f->missing = name;
}

/* NAME, NAME:-x, NAME-x, NAME:?x, NAME?x, NAME:+x, NAME+x. */
static const char *value(struct filling *f, const char *inner, int depth)
{
	struct arena *a = f->c->arena;
	size_t n = name_size(inner);
	const char *name = str_ndup(a, inner, n), *rest = inner + n;
	const char *set = compose_env(f->c, name);
	bool blank_too = *rest == ':';

	rest += blank_too;
	bool has = set && (*set || !blank_too);
	if (*rest == '+')
		return has ? fill(f, rest + 1, depth + 1) : "";
	if (has)
		return set;
	if (*rest != '-' || is_of_user(name))
		miss(f, name);
	return *rest == '-' ? fill(f, rest + 1, depth + 1) : "";
}

/* One variable at s, which is behind its '$'; *ret_end is left behind it. */
static const char *variable(struct filling *f, const char *s, const char **ret_end, int depth)
{
	struct arena *a = f->c->arena;
	const char *end = *s == '{' ? brace_end(s) : NULL;
	size_t n = name_size(s);

	*ret_end = end ? end + 1 : s + n;
	if (end)
		return value(f, str_ndup(a, s + 1, (size_t)(end - s - 1)), depth);
	if (n)
		return value(f, str_ndup(a, s, n), depth);
	*ret_end = *s ? s + 1 : s;
	return *s == '$' ? "$" : "";
}

static const char *fill(struct filling *f, const char *text, int depth)
{
	struct arena *a = f->c->arena;
	const char *out = "";

	while (depth < DEPTH_MAX) {
		size_t n = strcspn(text, "$");
		out = arena_printf(a, "%s%.*s", out, (int)n, text);
		text += n;
		if (!*text || strlen(out) > FILLED_MAX)
			return out;
		out = arena_printf(a, "%s%s", out, variable(f, text + 1, &text, depth));
	}
	return out;
}

const char *compose_fill(struct compose *c, const char *text, const char **missing)
{
	struct filling f = { c, missing };
	return fill(&f, text, 0);
}
