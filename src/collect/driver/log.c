/* SPDX-License-Identifier: MIT */
/*
 * The kernel log and the processes that hang in the driver. syslog(2),
 * systemd.journal-fields(7), proc_pid_wchan(5).
 */
#include "collect/collect.h"
#include "collect/driver/event.h"
#include "collect/signs.h"

#include <string.h>

enum { LINUX_VERSION_WITHIN_BYTES = 4096 };

static bool take_char(struct bytes *at, char c)
{
	if (at->size == 0 || *at->data != c)
		return false;
	*at = (struct bytes){ at->data + 1, at->size - 1 };
	return true;
}

/* Digits at *at, at most 12, as a number. */
static bool take_number(struct bytes *at, uint64_t *ret, size_t *digits)
{
	size_t n = 0;
	uint64_t v = 0;
	for (; n < at->size && n < 12 && at->data[n] >= '0' && at->data[n] <= '9'; n++)
		v = v * 10 + (uint64_t)(at->data[n] - '0');
	*at = (struct bytes){ at->data + n, at->size - n };
	*ret = v;
	*digits = n;
	return n > 0;
}

/* "[   12.345678] text" or "1760000000.123456 text": moves *line to the text. False: it has no
 * time. */
static bool take_time(struct bytes *line, uint64_t *ret)
{
	struct bytes at = *line;
	uint64_t sec, part;
	size_t digits;
	bool bracket = take_char(&at, '[');

	while (take_char(&at, ' '))
		;
	if (!take_number(&at, &sec, &digits) || !take_char(&at, '.') ||
	    !take_number(&at, &part, &digits) || (bracket && !take_char(&at, ']')))
		return false;
	for (; digits < 6; digits++)
		part *= 10;
	for (; digits > 6; digits--)
		part /= 10;
	*ret = sec * 1000000 + part;
	*line = at;
	return true;
}

static void scan_log(struct facts *f, struct bytes log)
{
	struct reading *r = reading_new(f->arena, signs_book(f));
	struct driver_scan s = { .f = f, .reading = r };

	f->driver.event = arena_alloc(f->arena, EVENTS_MAX * sizeof(*f->driver.event));
	f->driver.event_count = 0;
	r->is_log = true;
	r->hear = driver_hear;
	r->with = &s;
	reading_feed(r, log);
	signs_add(f, r, LOG_KERNEL, f->driver.log_from, "");
}

static struct maybe_u64 first_time(struct bytes log, const char *from)
{
	uint64_t usec;
	for (struct bytes line; bytes_line(&log, &line);)
		if (take_time(&line, &usec))
			return known_u64(usec, from);
	return unknown_u64(log.size ? UNREADABLE : ABSENT, from);
}

/* The ring buffer has lost its beginning. */
static bool has_wrapped(struct bytes log)
{
	struct bytes head = log;
	if (head.size > LINUX_VERSION_WITHIN_BYTES)
		head.size = LINUX_VERSION_WITHIN_BYTES;
	struct maybe_u64 first = first_time(log, NULL);
	return !bytes_have(head, "Linux version") && first.know == KNOWN &&
	       first.v > LOG_STARTS_WITHIN_USEC;
}

/* Where what the log still has begins. The kernel's first line says so even with a later time. */
static struct maybe_u64 log_since(struct bytes log, const char *from)
{
	struct maybe_u64 first = first_time(log, from);
	return first.know == KNOWN && !has_wrapped(log) ? known_u64(0, from) : first;
}

static bool ask_journal(struct facts *f, struct host *h, enum know *ret_know)
{
	struct driver *d = &f->driver;
	struct bytes log;
	int r = host_ask(h, f->arena, SOURCE_JOURNAL, "kernel", &log, NULL);

	if (r < 0 || log.size == 0) {
		*ret_know = r < 0 ? know_of_errno(r) : ABSENT;
		return false;
	}
	d->log_know = KNOWN;
	d->log_from = "journal:kernel";
	d->log_since_usec = log_since(log, d->log_from);
	scan_log(f, log);
	return true;
}

/* The ring buffer; where that is denied or has lost its beginning, the journal's copy of it. */
static void collect_log(struct facts *f, struct host *h)
{
	struct driver *d = &f->driver;
	struct bytes log;
	enum know journal = NOT_LOOKED;
	int r = host_ask(h, f->arena, SOURCE_KERNEL_LOG, "boot", &log, NULL);

	d->log_from = "kernel-log:boot";
	if ((r < 0 || has_wrapped(log)) && ask_journal(f, h, &journal))
		return;
	if (r < 0) {
		enum know ring = know_of_errno(r);
		d->log_know = ring == ABSENT ? journal : ring;
		return;
	}
	d->log_know = KNOWN;
	d->log_since_usec = log_since(log, d->log_from);
	scan_log(f, log);
}

static const char *const driver_functions[] = {
	"nv_", "_nv", "nvidia", "nvkms", "os_acquire", "os_delay", "rm_", "uvm_",
};

/*
 * Is that process stuck inside the driver? Its kernel function tells; where
 * that is hidden ("?" or "0"), only the driver's own tools are suspected.
 */
static bool is_in_driver(const char *comm, const char *wchan)
{
	if (str_eq(wchan, "?") || str_eq(wchan, "0"))
		return str_starts(comm, "nvidia-");
	for (size_t i = 0; i < COUNT_OF(driver_functions); i++)
		if (str_starts(wchan, driver_functions[i]))
			return true;
	return false;
}

/* Lines "PID COMM WCHAN". */
static void collect_stuck(struct facts *f, struct host *h)
{
	const char *from = "processes:stuck";
	struct driver *d = &f->driver;
	struct bytes text;
	uint64_t count = 0;
	int r = host_ask(h, f->arena, SOURCE_PROCESSES, "stuck", &text, NULL);

	d->stuck_count = unknown_u64(know_of_errno(r), from);
	d->stuck = unknown_text(know_of_errno(r), from);
	if (r < 0)
		return;
	d->stuck = unknown_text(ABSENT, from);
	for (struct bytes line; bytes_line(&text, &line);) {
		struct names word =
		    str_split(f->arena, str_ndup(f->arena, line.data, line.size), " ", 3);
		if (word.count != 3 || !is_in_driver(word.name[1], word.name[2]))
			continue;
		if (count++ == 0)
			d->stuck = known_text(
			    arena_printf(f->arena, "%s (%s)", word.name[1], word.name[0]), from);
	}
	d->stuck_count = known_u64(count, from);
}

void collect_driver_log(struct facts *f, struct host *h)
{
	collect_log(f, h);
	collect_stuck(f, h);
}
