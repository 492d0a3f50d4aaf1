/* SPDX-License-Identifier: MIT */
/* What a compose file takes from the shell in which it is brought up. */
#include "plan/docker/compose.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

struct walk {
	struct compose *c;
	struct yaml *y;
	const char *found; /* NULL: nothing so far */
};

static void look(struct walk *w, const char *text)
{
	const char *missing = NULL;

	compose_fill(w->c, text, &missing);
	if (missing)
		w->found = arena_printf(w->c->arena, "$%s", missing);
	else if (str_starts(text, "~/") || str_starts(text, "~:"))
		w->found = "~";
}

static void walk(struct walk *w, struct fy_node *n, int depth)
{
	struct fy_node *value, *merged;
	void *i = NULL;

	if (!n || w->found || depth == DEPTH_MAX)
		return;
	if (fy_node_is_scalar(n)) {
		look(w, yaml_text(w->y, n));
		return;
	}
	for (struct fy_node *one; (one = yaml_next(w->y, n, &i));)
		walk(w, one, depth + 1);
	i = NULL;
	while (yaml_member(w->y, n, &i, &value))
		walk(w, value, depth + 1);
	merged = fy_node_is_mapping(n) ? yaml_at(w->y, n, "<<") : NULL;
	walk(w, merged, depth + 1);
}

static void name_alone(struct walk *w, const char *name)
{
	if (!w->found && *name && !strchr(name, '=') && !compose_env(w->c, name))
		w->found = arena_printf(w->c->arena, "$%s", name);
}

/* A variable without a value is that of the shell. */
static void names_alone(struct walk *w, struct fy_node *environment)
{
	struct fy_node *value;
	void *i = NULL;

	for (struct fy_node *n; (n = yaml_next(w->y, environment, &i));)
		name_alone(w, yaml_text(w->y, n));
	i = NULL;
	for (struct fy_node *key; (key = yaml_member(w->y, environment, &i, &value));)
		if (yaml_is_null(value))
			name_alone(w, yaml_text(w->y, key));
}

const char *compose_from_shell(struct compose *c, const char *service)
{
	static const char *const sections[] = { "volumes", "networks", "secrets", "configs" };
	struct walk w = { .c = c };

	for (size_t i = 0; i < c->count; i++) {
		w.y = &c->file[i];
		struct fy_node *s = yaml_at(w.y, yaml_at(w.y, w.y->root, "services"), service);
		walk(&w, s, 0);
		names_alone(&w, yaml_at(w.y, s, "environment"));
		for (size_t k = 0; k < COUNT_OF(sections); k++)
			walk(&w, yaml_at(w.y, w.y->root, sections[k]), 0);
	}
	return w.found;
}
