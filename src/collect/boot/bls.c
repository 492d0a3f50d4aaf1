/* SPDX-License-Identifier: MIT */
#include "collect/boot/bls.h"

#include <string.h>

enum { OPTIONS_MAX = 4096 };

/* The name without its tries, and whether none is left: "arch+0-3.conf" is spent. */
static const char *id_of(struct arena *a, const char *file, bool *spent)
{
	const char *dot = strrchr(file, '.'), *plus = strrchr(file, '+');

	*spent = false;
	if (!dot || !plus || plus > dot)
		return file;
	const char *end = plus + 1 + strspn(plus + 1, "0123456789");
	if (end == plus + 1 || (end != dot && *end != '-'))
		return file;
	*spent = end == plus + 1 + strspn(plus + 1, "0");
	return arena_printf(a, "%.*s%s", (int)(plus - file), file, dot);
}

static const char *joined(struct arena *a, const char *so_far, const char *value)
{
	if (strlen(so_far) >= OPTIONS_MAX)
		return so_far;
	return *so_far ? arena_printf(a, "%s %s", so_far, value) : value;
}

static void set(struct arena *a, struct bls_entry *e, const char *key, const char *value)
{
	const struct {
		const char *key;
		const char **member;
	} keys[] = {
		{ "title", &e->title },       { "version", &e->version },
		{ "sort-key", &e->sort_key }, { "machine-id", &e->machine_id },
		{ "linux", &e->kernel },      { "efi", &e->kernel },
		{ "uki", &e->kernel },
	};

	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (str_eq(keys[i].key, key))
			*keys[i].member = value;
	if (str_eq(key, "options"))
		e->options = joined(a, e->options, value);
	if (str_eq(key, "initrd"))
		e->initrd = joined(a, e->initrd, value);
}

struct bls_entry bls_parse(struct arena *a, struct bytes text, const char *file)
{
	struct bls_entry e = { .title = "",
			       .version = "",
			       .sort_key = "",
			       .machine_id = "",
			       .kernel = "",
			       .options = "",
			       .initrd = "",
			       .root = "" };

	e.id = id_of(a, file, &e.is_spent);
	for (struct bytes line; bytes_line(&text, &line);) {
		const char *key = str_trim(a, line.data, line.size);
		size_t n = strcspn(key, " \t");
		const char *value = key + n + strspn(key + n, " \t");
		if (*key != '#' && *value)
			set(a, &e, str_ndup(a, key, n), value);
	}
	return e;
}

int bls_read(struct host *h, struct arena *a, const char *dir, struct bls_entry *out, size_t *count)
{
	struct names found;
	int r = host_list(h, a, dir, &found, NULL);
	if (r < 0)
		return r;

	for (size_t i = 0; i < found.count && *count < BLS_ENTRIES_MAX; i++) {
		struct bytes text;
		if (!str_ends(found.name[i], ".conf"))
			continue;
		r = host_read(h, a, arena_printf(a, "%s/%s", dir, found.name[i]), &text, NULL);
		if (r < 0)
			return r;
		out[(*count)++] = bls_parse(a, text, found.name[i]);
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int sign(long long a, long long b)
{
	return (a > b) - (a < b);
}

static int compare_numbers(const char **a, const char **b)
{
	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	size_t n = strspn(*a, "0123456789"), m = strspn(*b, "0123456789");
	int order = n == m ? strncmp(*a, *b, n) : sign((long long)n, (long long)m);
	*a += n;
	*b += m;
	return order;
}

static int compare_letters(const char **a, const char **b)
{
	size_t n = 0, m = 0;
	while (is_letter((*a)[n]))
		n++;
	while (is_letter((*b)[m]))
		m++;
	int order = strncmp(*a, *b, n < m ? n : m);
	order = order ? order : sign((long long)n, (long long)m);
	*a += n;
	*b += m;
	return order;
}

static bool is_version_char(char c)
{
	return !c || is_digit(c) || is_letter(c) || strchr("~-^.", c);
}

int bls_compare_versions(const char *a, const char *b)
{
	/* What sorts below everything else, the lowest first; the end of a text stands second. */
	static const char low[] = "~\0-^.";

	for (;;) {
		while (!is_version_char(*a))
			a++;
		while (!is_version_char(*b))
			b++;
		for (size_t i = 0; i < sizeof(low) - 1; i++)
			if ((*a == low[i]) != (*b == low[i]))
				return *a == low[i] ? -1 : 1;
		if (!*a)
			return 0;
		if (strchr("~-^.", *a)) {
			a++;
			b++;
			continue;
		}
		bool numbers = is_digit(*a) || is_digit(*b);
		int order = numbers ? compare_numbers(&a, &b) : compare_letters(&a, &b);
		if (order)
			return order;
	}
}

int bls_compare(const void *x, const void *y)
{
	const struct bls_entry *a = x, *b = y;
	int order = sign(a->is_spent, b->is_spent);

	if (!order)
		order = sign(!*a->sort_key, !*b->sort_key);
	if (!order && *a->sort_key) {
		order = strcmp(a->sort_key, b->sort_key);
		order = order ? order : strcmp(a->machine_id, b->machine_id);
		order = order ? order : bls_compare_versions(b->version, a->version);
	}
	return order ? order : bls_compare_versions(b->id, a->id);
}
