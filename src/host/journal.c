/* SPDX-License-Identifier: MIT */
/* The systemd journal. sd-journal(3), systemd.journal-fields(7). */
#include "base/clock.h"
#include "host/sources.h"
#include "host/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

enum {
	KERNEL_HEAD = 4000, /* lines: enumeration and boot, */
	KERNEL_TAIL = 4000, /* and the latest */
	UNIT_LINES = 200,
	RELOADS_MAX = 64,
	RELOAD_LOOKS = 20000,
	LINE_BYTES = 4096,
	TEXT_BYTES = 2 << 20,
	DEADLINE_USEC = 200000,
	LOOKS_PER_CLOCK = 64, /* entries between two looks at the clock */
};

#define JOURNAL __attribute__((cleanup(sd_journal_closep))) sd_journal

/* One question: the journal, what was written down so far, and when to stop. */
struct search {
	sd_journal *journal;
	struct arena *arena;
	char boot[SD_ID128_STRING_MAX];
	FILE *out;
	size_t size;
	uint64_t until_usec;
	unsigned looks;
};

static void freep(char **p)
{
	free(*p);
}

static bool is_over(struct search *s)
{
	if (s->size >= TEXT_BYTES)
		return true;
	return s->looks++ % LOOKS_PER_CLOCK == 0 && clock_usec() >= s->until_usec;
}

/* A field's value, as long as the journal stands where it does; empty where there is none. */
static struct bytes field(sd_journal *j, const char *name)
{
	const void *data;
	size_t size, skip = strlen(name) + 1;
	if (sd_journal_get_data(j, name, &data, &size) < 0 || size < skip)
		return (struct bytes){ "", 0 };
	return (struct bytes){ (const char *)data + skip, size - skip };
}

static void put_text(struct search *s, struct bytes text)
{
	size_t size = text.size < LINE_BYTES ? text.size : LINE_BYTES;
	for (size_t i = 0; i < size; i++)
		fputc(text.data[i] == '\n' || text.data[i] == '\0' ? ' ' : text.data[i], s->out);
	fputc('\n', s->out);
	s->size += size + 24;
}

/* As the kernel's own log has it: when the line was printed, not when it was taken in. */
static void put_kernel_line(struct search *s)
{
	uint64_t usec = 0;
	struct bytes at = field(s->journal, "_SOURCE_MONOTONIC_TIMESTAMP");
	if (!str_u64(str_ndup(s->arena, at.data, at.size), 10, UINT64_MAX, &usec) &&
	    sd_journal_get_monotonic_usec(s->journal, &usec, &(sd_id128_t){ 0 }) < 0)
		return;
	fprintf(s->out, "[%5llu.%06llu] ", (unsigned long long)usec / 1000000,
		(unsigned long long)usec % 1000000);
	put_text(s, field(s->journal, "MESSAGE"));
}

static void put_line(struct search *s)
{
	uint64_t usec;
	if (sd_journal_get_realtime_usec(s->journal, &usec) < 0)
		return;
	fprintf(s->out, "%llu.%06llu ", (unsigned long long)usec / 1000000,
		(unsigned long long)usec % 1000000);
	put_text(s, field(s->journal, "MESSAGE"));
}

static int match(struct search *s, const char *name, const char *value)
{
	return sd_journal_add_match(s->journal, arena_printf(s->arena, "%s=%s", name, value), 0);
}

/*
 * Steps over a hole in the middle: to the first of the last KERNEL_TAIL
 * entries, or to the one after the present where that comes later.
 */
static int skip_to_tail(sd_journal *j)
{
	__attribute__((cleanup(freep))) char *here = NULL;
	uint64_t here_usec, tail_usec;
	sd_id128_t boot;

	if (sd_journal_get_cursor(j, &here) < 0 ||
	    sd_journal_get_monotonic_usec(j, &here_usec, &boot) < 0)
		return 0;
	if (sd_journal_seek_tail(j) < 0 || sd_journal_previous_skip(j, KERNEL_TAIL) <= 0)
		return 0;
	if (sd_journal_get_monotonic_usec(j, &tail_usec, &boot) < 0 || tail_usec > here_usec)
		return 1;
	if (sd_journal_seek_cursor(j, here) < 0 || sd_journal_next(j) <= 0)
		return 0;
	return sd_journal_next(j);
}

static int ask_kernel(struct search *s, const char *argument)
{
	(void)argument;
	int r = match(s, "_TRANSPORT", "kernel");
	if (r >= 0)
		r = match(s, "_BOOT_ID", s->boot);
	if (r >= 0)
		r = sd_journal_seek_head(s->journal);
	if (r >= 0)
		r = sd_journal_next(s->journal);
	for (unsigned n = 1; r > 0 && !is_over(s); n++) {
		put_kernel_line(s);
		r = n == KERNEL_HEAD ? skip_to_tail(s->journal) : sd_journal_next(s->journal);
	}
	return r;
}

/*
 * What PID 1 says of `systemctl daemon-reload`: "Reloading." up to systemd 253,
 * "Reloading requested from client PID 1 ('systemctl')..." and "Reloading..."
 * since. Of a unit that is reloaded it says "Reloading NAME...", with UNIT=.
 */
static bool is_reload(sd_journal *j)
{
	static const char *const says[] = { "Reloading.", "Reloading...",
					    "Reloading requested from client" };
	struct bytes text = field(j, "MESSAGE");
	for (size_t i = 0; i < COUNT_OF(says); i++)
		if (bytes_start(text, says[i]))
			return field(j, "UNIT").size == 0;
	return false;
}

static int ask_reloads(struct search *s, const char *argument)
{
	unsigned found = 0;

	(void)argument;
	int r = match(s, "_PID", "1");
	if (r >= 0)
		r = match(s, "_BOOT_ID", s->boot);
	if (r >= 0)
		r = sd_journal_seek_tail(s->journal);
	if (r >= 0)
		r = sd_journal_previous(s->journal);
	/* The latest ones count: found backwards, written down forwards. */
	char *cursor[RELOADS_MAX];
	while (r > 0 && found < RELOADS_MAX && s->looks < RELOAD_LOOKS && !is_over(s)) {
		if (is_reload(s->journal) && sd_journal_get_cursor(s->journal, &cursor[found]) >= 0)
			found++;
		r = sd_journal_previous(s->journal);
	}
	while (found > 0) {
		if (sd_journal_seek_cursor(s->journal, cursor[--found]) >= 0 &&
		    sd_journal_next(s->journal) > 0)
			put_line(s);
		free(cursor[found]);
	}
	return r;
}

/* What `journalctl -b -u` shows: the unit's own lines, and those that PID 1 says of it. */
static int match_unit(struct search *s, const char *unit)
{
	int r = match(s, "_SYSTEMD_UNIT", unit);
	if (r >= 0)
		r = sd_journal_add_disjunction(s->journal);
	if (r >= 0)
		r = match(s, "_PID", "1");
	if (r >= 0)
		r = match(s, "UNIT", unit);
	if (r >= 0)
		r = sd_journal_add_conjunction(s->journal);
	if (r >= 0)
		r = match(s, "_BOOT_ID", s->boot);
	return r;
}

/* The next lines, as many as are wanted of a unit. */
static int put_lines(struct search *s, int r)
{
	for (unsigned n = 0; r > 0 && n < UNIT_LINES && !is_over(s); n++) {
		put_line(s);
		r = sd_journal_next(s->journal);
	}
	return r;
}

static int ask_unit(struct search *s, const char *unit)
{
	int r = match_unit(s, unit);
	if (r >= 0)
		r = sd_journal_seek_tail(s->journal);
	if (r >= 0)
		r = sd_journal_previous_skip(s->journal, UNIT_LINES);
	return put_lines(s, r);
}

/* "NAME/USEC": its lines from that moment on, as the log of a start. */
static int ask_unit_start(struct search *s, const char *argument)
{
	const char *slash = strrchr(argument, '/');
	uint64_t usec;

	if (!slash || !str_u64(slash + 1, 10, INT64_MAX, &usec))
		return -ENOENT;
	int r = match_unit(s, str_ndup(s->arena, argument, (size_t)(slash - argument)));
	if (r >= 0)
		r = sd_journal_seek_realtime_usec(s->journal, usec);
	if (r >= 0)
		r = sd_journal_next(s->journal);
	return put_lines(s, r);
}

static int boot_id(struct live *l, struct arena *a, char ret[static SD_ID128_STRING_MAX])
{
	struct bytes text;
	sd_id128_t id;
	int r = tree_read(l->root, a, "/proc/sys/kernel/random/boot_id", &text, NULL);
	if (r >= 0)
		r = sd_id128_from_string(str_trim(a, text.data, text.size), &id);
	if (r >= 0)
		sd_id128_to_string(id, ret);
	return r;
}

/*
 * A journal that we may not read opens without an error, and is empty. Its
 * directory is there for all to see.
 */
static int check_sight(struct live *l, struct arena *a, sd_journal *j)
{
	static const char *const places[] = { "/var/log/journal", "/run/log/journal" };
	struct names found;
	int r = -ENOENT;

	if (sd_journal_has_runtime_files(j) > 0 || sd_journal_has_persistent_files(j) > 0)
		return 0;
	/* Of files below a root directory those two know nothing. */
	if (sd_journal_seek_head(j) >= 0 && sd_journal_next(j) > 0)
		return 0;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		int n = tree_list(l->root, a, places[i], &found, NULL);
		if (n == -EACCES || (n == 0 && found.count > 0))
			r = -EACCES;
	}
	return r;
}

static int open_journal(struct live *l, struct arena *a, sd_journal **ret)
{
	const char *root = l->options.root;
	int r = root ? sd_journal_open_directory(ret, root, SD_JOURNAL_OS_ROOT | SD_JOURNAL_SYSTEM)
		     : sd_journal_open(ret, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (r < 0)
		return r;
	sd_journal_set_data_threshold(*ret, LINE_BYTES);
	return check_sight(l, a, *ret);
}

static const struct {
	const char *question; /* up to its argument */
	int (*ask)(struct search *s, const char *argument);
} questions[] = {
	{ "kernel", ask_kernel },
	{ "reloads", ask_reloads },
	{ "unit/", ask_unit },
	{ "unit-start/", ask_unit_start },
};

static int run(struct search *s, const char *question, struct bytes *ret)
{
	char *text = NULL;
	size_t size = 0;
	int r = -ENOENT;

	s->out = open_memstream(&text, &size);
	if (!s->out)
		return -ENOMEM;
	for (size_t i = 0; i < COUNT_OF(questions); i++) {
		const char *known = questions[i].question;
		if (str_ends(known, "/") ? str_starts(question, known) : str_eq(question, known))
			r = questions[i].ask(s, question + strlen(known));
	}
	fclose(s->out);
	if (r >= 0)
		*ret = (struct bytes){ str_ndup(s->arena, text, size), size };
	free(text);
	return r < 0 ? r : 0;
}

int journal_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		struct err *e)
{
	JOURNAL *j = NULL;
	struct search s = { .arena = a, .until_usec = clock_usec() + DEADLINE_USEC };
	int r = open_journal(l, a, &j);
	if (r >= 0)
		r = boot_id(l, a, s.boot);
	s.journal = j;
	if (r >= 0)
		r = run(&s, question, ret);
	return r < 0 ? err_set(e, r, "journal: %s", question) : 0;
}
