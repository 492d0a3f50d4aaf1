/* SPDX-License-Identifier: MIT */
#pragma once

#include "edit.h"
#include "facts/cmdline.h"

/*
 * What a change means for a list of parameters, told without looking at a text:
 * names with '_' for '-', no quotes, as facts/cmdline.h splits them.
 */

static inline const char *spelt(struct arena *a, const char *parameter)
{
	char *out = str_dup(a, parameter);

	for (char *c = out; *c && *c != '='; c++)
		*c = *c == '-' ? '_' : *c;
	return out;
}

static inline const char *unquoted(struct arena *a, const char *word)
{
	char *out = arena_alloc(a, strlen(word) + 1), *end = out;

	for (; *word; word++)
		if (*word != '"')
			*end++ = *word;
	return out;
}

static inline struct names parameters(struct arena *a, const char *cmdline)
{
	struct names n = cmdline_split(a, cmdline);

	for (size_t i = 0; i < n.count; i++)
		n.name[i] = spelt(a, n.name[i]);
	return n;
}

static inline bool has_name(const char *parameter, const char *name)
{
	size_t n = strcspn(name, "=");

	return strncmp(parameter, name, n) == 0 && (!parameter[n] || parameter[n] == '=');
}

static inline void model_drop(struct names *n, const char *what)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->count; i++)
		if (strchr(what, '=') ? !str_eq(n->name[i], what) : !has_name(n->name[i], what))
			n->name[kept++] = n->name[i];
	n->count = kept;
}

static inline void model_set(struct names *n, const char *what)
{
	size_t at = n->count;

	for (size_t i = 0; i < n->count; i++)
		if (has_name(n->name[i], what))
			at = i;
	n->name[at] = what;
	n->count += at == n->count;
}

static inline struct names model_changed(struct arena *a, const struct names *before,
					 const struct cmdline_change *c)
{
	size_t room = before->count + c->set.count + c->add.count + 1;
	struct names n = { arena_alloc(a, room * sizeof(*n.name)), before->count };

	if (n.count)
		memcpy(n.name, before->name, n.count * sizeof(*n.name));
	for (size_t i = 0; i < c->drop.count; i++)
		model_drop(&n, spelt(a, c->drop.name[i]));
	for (size_t i = 0; i < c->set.count; i++)
		model_set(&n, spelt(a, unquoted(a, c->set.name[i])));
	for (size_t i = 0; i < c->add.count; i++) {
		const char *word = spelt(a, unquoted(a, c->add.name[i]));
		if (!names_have(&n, word))
			n.name[n.count++] = word;
	}
	return n;
}

static inline bool same_names(const struct names *a, const struct names *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!str_eq(a->name[i], b->name[i]))
			return false;
	return a->count == b->count;
}

static inline const char *listed(struct arena *a, const struct names *n)
{
	const char *out = "";

	for (size_t i = 0; i < n->count; i++)
		out = arena_printf(a, "%s[%s]", out, n->name[i]);
	return out;
}
