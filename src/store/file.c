/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "store/open.h"
#include "store/split.h"
#include "store/window.h"

bool store_is_projector(const struct gguf *g)
{
	const struct gguf_key *arch = gguf_key(g, "general.architecture");
	return arch && str_eq(arch->text, "clip");
}

/* The parts beside the one that was asked for, which is read already. */
static int read_beside(struct arena *a, const struct split_name *s, const struct gguf *asked,
		       struct split *ret, struct err *e)
{
	for (uint64_t i = 0; i < s->count; i++) {
		const char *path = split_path(a, s, i);
		if (i == s->no) {
			split_add(a, ret, asked, store_shown(a, path));
			continue;
		}
		struct gguf g;
		int r = store_header(a, path, &g, e);
		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r;
		split_add(a, ret, &g, store_shown(a, path));
	}
	return 0;
}

/* Does the name say what the header says? */
static int check_name(const char *shown, const struct split_name *s, const struct gguf *g,
		      struct err *e)
{
	if (s->no == g->split_no && s->count == g->split_count)
		return 0;
	return err_say(e, -EINVAL,
		       "%s: its name says part %llu of %llu, its header part %llu of %llu", shown,
		       (unsigned long long)s->no + 1, (unsigned long long)s->count,
		       (unsigned long long)g->split_no + 1, (unsigned long long)g->split_count);
}

int store_file(struct arena *a, const char *path, struct stored *ret, struct err *e)
{
	const char *shown = store_shown(a, path);
	struct split_name name;
	struct split parts = { .title = store_brief(a, path) };
	struct gguf asked;
	int r = store_header(a, path, &asked, e);

	if (r < 0)
		return r;
	if (asked.split_count > 1 && split_name(a, path, &name)) {
		r = split_bounds(&asked, parts.title, e);
		if (r == 0)
			r = check_name(parts.title, &name, &asked, e);
		if (r == 0)
			r = read_beside(a, &name, &asked, &parts, e);
	} else {
		split_add(a, &parts, &asked, shown);
	}
	struct stored out = { .where = shown };
	if (r == 0)
		r = split_join(a, &parts, &out, e);
	if (r < 0)
		return r;
	out.name = store_base(out.where);
	*ret = out;
	return 0;
}
