/* SPDX-License-Identifier: MIT */
#include "recording/meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const types[] = {
	[STAT_FILE] = "file",   [STAT_DIR] = "dir",     [STAT_LINK] = "link",
	[STAT_CHAR] = "char",   [STAT_BLOCK] = "block", [STAT_SOCKET] = "socket",
	[STAT_OTHER] = "other",
};

/* Takes %XX back; NULL where what follows a '%' is no byte, or a NUL. */
static char *decoded(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, strlen(s) + 1), *end = out;

	while (*s) {
		uint64_t byte;
		if (*s != '%') {
			*end++ = *s++;
			continue;
		}
		if (!s[1] || !s[2] || !str_u64((char[]){ s[1], s[2], '\0' }, 16, 255, &byte) ||
		    byte == 0)
			return NULL;
		*end++ = (char)byte;
		s += 3;
	}
	return out;
}

/* Blanks, control bytes, '%' and '#' would not be read back as they are. */
static char *encoded(struct arena *a, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, 3 * strlen(s) + 1), *end = out;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c > ' ' && c != 0x7f && c != '%' && c != '#') {
			*end++ = *s;
			continue;
		}
		*end++ = '%';
		*end++ = hex[c >> 4];
		*end++ = hex[c & 15];
	}
	return out;
}

static int parse_key(struct arena *a, const char *word, const char **ret, struct err *e)
{
	size_t source = strcspn(word, ":");
	/* The '/' that a question may begin with goes before %2F is one again: "//x" is "/%2Fx". */
	const char *rest = word + source + (word[source] == ':');
	const char *text = decoded(a, *word == '/' ? word : rest + (*rest == '/'));

	if (!text)
		return err_set(e, -EINVAL, "'%s' has a '%%' that is no %%XX", word);
	if (*word == '/') {
		*ret = path_tidy(a, text);
		return 0;
	}
	if (!word[source] || source_of_name(str_ndup(a, word, source)) == SOURCE_COUNT)
		return err_set(e, -EINVAL, "'%s' is neither an absolute path nor SOURCE:QUESTION",
			       word);
	*ret = arena_printf(a, "%.*s:%s", (int)source, word, text);
	return 0;
}

/* mode=0666 uid=0 gid=44 size=1 mtime=2 */
static bool parse_number(struct meta_entry *m, const char *word)
{
	const char *equals = strchr(word, '=');
	uint64_t v;

	if (!equals)
		return false;
	if (str_starts(word, "mode=")) {
		char *end;
		unsigned long mode = strtoul(equals + 1, &end, 8);
		m->stat.mode = (unsigned)mode;
		return equals[1] >= '0' && equals[1] <= '7' && !*end && mode <= 07777;
	}
	if (!str_u64(equals + 1, 10, INT64_MAX, &v))
		return false;
	if (str_starts(word, "size=")) {
		m->has_size = true;
		m->stat.size_bytes = v;
		return true;
	}
	if (str_starts(word, "mtime=")) {
		m->stat.mtime_sec = (int64_t)v;
		return true;
	}
	unsigned *id = str_starts(word, "uid=")   ? &m->stat.uid
		       : str_starts(word, "gid=") ? &m->stat.gid
						  : NULL;
	if (!id || v > UINT32_MAX)
		return false;
	*id = (unsigned)v;
	return true;
}

static bool parse_device(struct arena *a, struct meta_entry *m, const char *word)
{
	struct names part = str_split(a, word ? word : "", ":", 3);
	uint64_t major, minor;

	if (part.count != 2 || !str_u64(part.name[0], 10, UINT32_MAX, &major) ||
	    !str_u64(part.name[1], 10, UINT32_MAX, &minor))
		return false;
	m->stat.major = (unsigned)major;
	m->stat.minor = (unsigned)minor;
	return true;
}

static unsigned usual_mode(enum stat_type type)
{
	return type == STAT_LINK ? 0777 : type == STAT_DIR ? 0755 : 0644;
}

static bool parse_type(struct meta_entry *m, const char *word)
{
	size_t type = 0;
	while (type < COUNT_OF(types) && !str_eq(types[type], word))
		type++;
	if (type == COUNT_OF(types) || m->has_type)
		return false;

	m->has_type = true;
	m->stat.type = (enum stat_type)type;
	m->stat.mode = usual_mode(m->stat.type);
	return true;
}

/* The words after the key; those of a type come before its numbers. Returns the bad one, or NULL.
 */
static const char *parse_words(struct arena *a, struct meta_entry *m, const struct names *w)
{
	for (size_t i = 1; i < w->count; i++) {
		const char *word = w->name[i];
		if (*word == '!') {
			m->error = errno_of_name(word + 1);
			if (!m->error)
				return word;
		} else if (*m->key && *m->key != '/') {
			return word;
		} else if (str_eq(word, "->")) {
			const char *to = ++i < w->count ? decoded(a, w->name[i]) : NULL;
			if (!to || !*to || !parse_type(m, "link"))
				return word;
			m->stat.target = to;
		} else if (parse_type(m, word)) {
			bool device = m->stat.type == STAT_CHAR || m->stat.type == STAT_BLOCK;
			if (device && !parse_device(a, m, ++i < w->count ? w->name[i] : NULL))
				return word;
		} else if (!m->has_type || !parse_number(m, word)) {
			return word;
		}
	}
	return NULL;
}

static int parse_line(struct arena *a, struct bytes line, struct meta_entry *m, struct err *e)
{
	enum { WORDS_MAX = 12 };
	char *text = str_ndup(a, line.data, line.size);
	struct names w = str_split(a, text, " \t", WORDS_MAX);
	int r = parse_key(a, w.name[0], &m->key, e);
	if (r < 0)
		return r;

	m->stat.target = "";
	const char *bad = parse_words(a, m, &w);
	if (bad)
		return err_set(e, -EINVAL, "'%s' is not understood", bad);
	if (w.count == WORDS_MAX)
		return err_set(e, -EINVAL, "more than %d words", WORDS_MAX - 1);
	if (!m->has_type && !m->error)
		return err_set(e, -EINVAL, "'%s' has neither a type nor an error", w.name[0]);
	if (m->has_type && m->stat.type == STAT_LINK && !*m->stat.target)
		return err_set(e, -EINVAL, "a link is written '-> TARGET'");
	return 0;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct meta_entry *)a)->key, ((const struct meta_entry *)b)->key);
}

static size_t count_lines(struct bytes text)
{
	size_t n = 1;
	for (const char *p = text.data; (p = memchr(p, '\n', text.size - (size_t)(p - text.data)));)
		p++, n++;
	return n;
}

static bool is_comment(struct bytes line)
{
	size_t i = 0;
	while (i < line.size && (line.data[i] == ' ' || line.data[i] == '\t'))
		i++;
	return i == line.size || line.data[i] == '#';
}

int meta_parse(struct arena *a, struct bytes text, const char *name, struct meta *ret,
	       struct err *e)
{
	size_t max = text.size ? count_lines(text) : 0, number = 0;
	struct meta m = { 0 };
	struct bytes line;

	if (text.size > META_BYTES_MAX || max > META_LINES_MAX + 1)
		return err_set(e, -EINVAL, "%s: more than %d lines or %d bytes", name,
			       META_LINES_MAX, META_BYTES_MAX);
	if (text.size && memchr(text.data, '\0', text.size))
		return err_set(e, -EINVAL, "%s: holds a NUL byte", name);
	m.entry = arena_alloc(a, max * sizeof(*m.entry));
	while (bytes_line(&text, &line)) {
		number++;
		if (is_comment(line))
			continue;
		int r = parse_line(a, line, &m.entry[m.count++], e);
		if (r < 0)
			return err_wrap(e, r, "%s:%zu", name, number);
	}
	if (m.count)
		qsort(m.entry, m.count, sizeof(*m.entry), by_key);
	for (size_t i = 1; i < m.count; i++)
		if (str_eq(m.entry[i - 1].key, m.entry[i].key))
			return err_set(e, -EINVAL, "%s: '%s' stands twice", name, m.entry[i].key);
	*ret = m;
	return 0;
}

/* The type and what differs from what parse_type() takes for granted. */
static const char *type_words(struct arena *a, const struct meta_entry *m)
{
	const struct host_stat *s = &m->stat;
	const char *out = types[s->type];

	if (s->type == STAT_LINK)
		out = arena_printf(a, "-> %s", encoded(a, s->target));
	if (s->type == STAT_CHAR || s->type == STAT_BLOCK)
		out = arena_printf(a, "%s %u:%u", out, s->major, s->minor);
	if (s->mode != usual_mode(s->type))
		out = arena_printf(a, "%s mode=%04o", out, s->mode);
	if (s->uid)
		out = arena_printf(a, "%s uid=%u", out, s->uid);
	if (s->gid)
		out = arena_printf(a, "%s gid=%u", out, s->gid);
	if (m->has_size)
		out = arena_printf(a, "%s size=%llu", out, (unsigned long long)s->size_bytes);
	if (s->mtime_sec > 0)
		out = arena_printf(a, "%s mtime=%lld", out, (long long)s->mtime_sec);
	return out;
}

static const char *key_word(struct arena *a, const char *key)
{
	const char *slash = strstr(key, ":/");

	if (!*key)
		return "/";
	if (*key == '/' || !slash || slash != strchr(key, ':'))
		return encoded(a, key);
	return arena_printf(a, "%.*s:%%2F%s", (int)(slash - key), key, encoded(a, slash + 2));
}

char *meta_line(struct arena *a, const struct meta_entry *m)
{
	const char *type = m->has_type ? type_words(a, m) : "";
	const char *error = name_of_errno(m->error);

	/* One that has no name here is some other trouble with whoever was asked. */
	error = !m->error ? "" : error ? error : "EPROTO";
	return arena_printf(a, "%s%s%s%s%s\n", key_word(a, m->key), *type ? " " : "", type,
			    m->error ? " !" : "", error);
}

size_t meta_first_below(const struct meta *m, const char *dir_slash)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(m->entry[middle].key, dir_slash) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct meta_entry *meta_find(const struct meta *m, const char *key)
{
	size_t i = meta_first_below(m, key);
	return i < m->count && str_eq(m->entry[i].key, key) ? &m->entry[i] : NULL;
}

int meta_error_above(const struct meta *m, const char *path)
{
	ARENA a = { 0 };
	char *above = m->count ? str_dup(&a, path) : NULL;

	for (char *slash; above && (slash = strrchr(above, '/'));) {
		*slash = '\0';
		const struct meta_entry *entry = meta_find(m, above);
		if (entry && entry->error)
			return entry->error;
	}
	return 0;
}
