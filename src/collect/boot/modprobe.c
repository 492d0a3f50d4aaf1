/* SPDX-License-Identifier: MIT */
#include "collect/boot/modprobe.h"

#include <stdlib.h>
#include <string.h>

#include "facts/cmdline.h"

static const char *const dirs[] = {
	"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d",
};

enum { LINES_JOINED_MAX = 64 };

/* The next line, with continued ones joined as kmod does: without their backslash and line feed. */
static const char *whole_line(struct arena *a, struct bytes *rest, size_t *lines)
{
	const char *whole = "";
	struct bytes line;

	for (*lines = 0; bytes_line(rest, &line);) {
		bool goes_on = line.size && line.data[line.size - 1] == '\\';
		char *text = str_ndup(a, line.data, line.size - goes_on);
		whole = *whole ? arena_printf(a, "%s%s", whole, text) : text;
		++*lines;
		if (!goes_on || *lines == LINES_JOINED_MAX)
			return whole;
	}
	return *lines ? whole : NULL;
}

/* Takes the next word off *rest. */
static char *word(struct arena *a, const char **rest)
{
	const char *s = *rest + strspn(*rest, " \t");
	size_t n = strcspn(s, " \t");
	*rest = s + n;
	return str_ndup(a, s, n);
}

static const char *module_name(char *name)
{
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

void modprobe_parse(struct modprobe *m, struct arena *a, struct bytes text, const char *file)
{
	const char *whole;

	if (!m->line)
		m->line = arena_alloc(a, MODPROBE_LINES_MAX * sizeof(*m->line));
	for (size_t at = 1, lines; (whole = whole_line(a, &text, &lines)); at += lines) {
		const char *rest = whole, *verb = word(a, &rest);
		const char *module = module_name(word(a, &rest));
		if (*verb == '#' || !*module)
			continue;
		if (m->count == MODPROBE_LINES_MAX) {
			m->know = UNREADABLE;
			return;
		}
		m->line[m->count++] = (struct modprobe_line){
			verb, module, str_trim(a, rest, strlen(rest)), file, at,
		};
	}
}

/* A file, and how far down its directory stands. */
struct place {
	const char *name, *path;
	size_t rank;
};

static int by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static size_t find_files(struct host *h, struct arena *a, struct place *out, enum know *know)
{
	size_t count = 0;
	struct names found;

	for (size_t d = 0; d < COUNT_OF(dirs); d++) {
		int r = host_list(h, a, dirs[d], &found, NULL);
		if (r < 0 && know_of_errno(r) != ABSENT)
			*know = know_of_errno(r);
		for (size_t i = 0; r == 0 && i < found.count && count < MODPROBE_FILES_MAX; i++)
			if (str_ends(found.name[i], ".conf"))
				out[count++] = (struct place){
					found.name[i],
					arena_printf(a, "%s/%s", dirs[d], found.name[i]),
					d,
				};
	}
	qsort(out, count, sizeof(*out), by_name);
	return count;
}

struct modprobe modprobe_read(struct host *h, struct arena *a)
{
	struct modprobe m = { .know = KNOWN };
	struct place *file = arena_alloc(a, MODPROBE_FILES_MAX * sizeof(*file));
	size_t count = find_files(h, a, file, &m.know);

	for (size_t i = 0; i < count; i++) {
		struct bytes text;
		if (i > 0 && str_eq(file[i].name, file[i - 1].name))
			continue;
		int r = host_read(h, a, file[i].path, &text, NULL);
		if (r == 0)
			modprobe_parse(&m, a, text, file[i].path);
		else if (know_of_errno(r) != ABSENT)
			m.know = know_of_errno(r);
	}
	return m;
}

const struct modprobe_line *modprobe_find(const struct modprobe *m, const char *verb,
					  const char *module, size_t n)
{
	for (size_t i = 0; i < m->count; i++)
		if (str_eq(m->line[i].verb, verb) && str_eq(m->line[i].module, module) && n-- == 0)
			return &m->line[i];
	return NULL;
}

struct maybe_text modprobe_option(const struct modprobe *m, struct arena *a, const char *module,
				  const char *name)
{
	struct maybe_text found = unknown_text(m->know == KNOWN ? ABSENT : m->know, dirs[0]);
	const struct modprobe_line *l;

	for (size_t n = 0; (l = modprobe_find(m, "options", module, n)); n++) {
		const char *value = cmdline_value(a, l->rest, name);
		if (value)
			found = known_text(value, arena_printf(a, "%s:%zu", l->file, l->line));
	}
	return found;
}
