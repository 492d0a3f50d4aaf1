/* SPDX-License-Identifier: MIT */
/*
 * journalctl(1) --output, dmesg(1) --time-format, docker-logs(1) --timestamps,
 * and the log formats of rsyslog, CRI, compose and Go's log package.
 */
#include "sign/before.h"

#include <string.h>

#include "sign/clock.h"

enum {
	LEVELS_MAX = 5,      /* "kern.log:12:Jul 18 ... kernel: [    1.2] " has four */
	NAME_MAX_BYTES = 64, /* of a container or a host */
	FILE_MAX_BYTES = 128,
};

static bool is_name(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
	       c == '.' || c == '-' || c == '/' || c == '@' || c == ':' || c == '(' || c == ')';
}

static bool starts(struct scan s, const char *with)
{
	return bytes_start((struct bytes){ s.at, (size_t)(s.end - s.at) }, with);
}

/* "kernel:" and "ollama[911]:": no message begins so. */
static bool is_sender(struct bytes word)
{
	struct scan s = { word.data, word.data + word.size };
	uint64_t pid;

	if (word.size == strlen("kernel:") && starts(s, "kernel:"))
		return true;
	while (s.at < s.end && is_name(*s.at))
		s.at++;
	return s.at > word.data && scan_char(&s, '[') && scan_number(&s, 1, 10, &pid) &&
	       scan_char(&s, ']') && scan_char(&s, ':') && s.at == s.end;
}

static bool ends_with_colon(struct bytes word)
{
	return word.size > 1 && word.data[word.size - 1] == ':';
}

/*
 * "obpc kernel: ", "ollama[911]: ". After the time of a syslog each word with a
 * colon is a sender ("host sudo: "); elsewhere it may be the message's own.
 */
static bool sender(struct scan *s, bool is_syslog)
{
	struct scan t = *s;
	struct bytes host = scan_word(&t);
	scan_blanks(&t);
	if (is_sender(host)) {
		*s = t;
		return true;
	}
	if (host.size > NAME_MAX_BYTES || ends_with_colon(host))
		return false;
	struct bytes name = scan_word(&t);
	scan_blanks(&t);
	if (!is_sender(name) && !(is_syslog && ends_with_colon(name)))
		return false;
	*s = t;
	return true;
}

/* " stderr F ": containerd's, cri-o's and podman's log files, behind the time. */
static void cri_stream(struct scan *s)
{
	struct scan t = *s;
	struct bytes stream = scan_word(&t);
	if (stream.size != 6 ||
	    (memcmp(stream.data, "stdout", 6) != 0 && memcmp(stream.data, "stderr", 6) != 0))
		return;
	scan_blanks(&t);
	if ((scan_char(&t, 'F') || scan_char(&t, 'P')) && scan_char(&t, ' '))
		*s = t;
}

/* What is known already stays: of several clocks the first that can be read. */
static void set_clock(struct line *l, const struct when *w)
{
	if (l->clock != CLOCK_NONE || w->clock == CLOCK_NONE)
		return;
	l->clock = w->clock;
	l->usec = w->usec;
}

static bool timed(struct scan *s, struct line *l)
{
	static bool (*const form[])(struct scan *, struct when *) = {
		clock_iso, clock_bracket, clock_kmsg, clock_slashes, clock_alone, clock_syslog,
	};

	for (size_t i = 0; i < COUNT_OF(form); i++) {
		struct scan t = *s;
		struct when when = { CLOCK_NONE, 0 };
		if (!form[i](&t, &when))
			continue;
		set_clock(l, &when);
		scan_blanks(&t);
		cri_stream(&t);
		sender(&t, form[i] == clock_syslog);
		*s = t;
		return true;
	}
	return false;
}

/* "1721264559.123456 host kernel: ": without its sender it is any number. */
static bool unix_timed(struct scan *s, struct line *l)
{
	struct when when;

	if (!clock_unix(s, &when) || scan_blanks(s) == 0 || !sender(s, false))
		return false;
	set_clock(l, &when);
	return true;
}

/* Of a paste that begins behind the time. */
static bool sender_alone(struct scan *s, struct line *l)
{
	(void)l;
	return sender(s, false);
}

/* "<6>", and "kern  :info  : " of dmesg -x. */
static bool priority(struct scan *s, struct line *l)
{
	static const char *const facility[] = { "kern", "user", "daemon", "auth", "syslog" };
	uint64_t n;

	(void)l;
	if (scan_char(s, '<'))
		return scan_number(s, 1, 3, &n) && scan_char(s, '>');
	for (size_t i = 0; i < COUNT_OF(facility); i++) {
		struct scan t = *s;
		t.at += starts(t, facility[i]) ? strlen(facility[i]) : 0;
		if (t.at == s->at)
			continue;
		scan_blanks(&t);
		if (!scan_char(&t, ':'))
			return false;
		while (t.at < t.end && *t.at >= 'a' && *t.at <= 'z')
			t.at++;
		scan_blanks(&t);
		*s = t;
		return scan_char(s, ':') && scan_blanks(s) > 0;
	}
	return false;
}

/* journalctl -o export and -o verbose */
static bool field(struct scan *s, struct line *l)
{
	(void)l;
	if (!starts(*s, "MESSAGE="))
		return false;
	s->at += strlen("MESSAGE=");
	return true;
}

/* "ollama-1  | ": a lone blank is a shell's pipe, unless a number ends the name. */
static bool compose(struct scan *s, struct line *l)
{
	const char *from = s->at;

	(void)l;
	while (s->at < s->end && is_name(*s->at) && *s->at != ':')
		s->at++;
	size_t n = (size_t)(s->at - from);
	if (n < 2 || n > NAME_MAX_BYTES)
		return false;
	bool is_numbered =
	    s->at[-1] >= '0' && s->at[-1] <= '9' && (memchr(from, '-', n) || memchr(from, '_', n));
	size_t blanks = scan_blanks(s);
	return blanks >= (is_numbered ? 1 : 2) && scan_char(s, '|') &&
	       (s->at == s->end || *s->at == ' ');
}

/* "kern.log:12:", "12-": what grep puts before a line, if that begins with a time then. */
static bool file_name(struct scan *s, struct line *l)
{
	const char *max = s->end - s->at > FILE_MAX_BYTES ? s->at + FILE_MAX_BYTES : s->end;

	for (const char *at = s->at; at < max && *at != ' '; at++) {
		struct scan t = { at + 1, s->end };
		bool is_end =
		    *at == ':' || (*at == '-' && at > s->at && at[-1] >= '0' && at[-1] <= '9');
		if (!is_end || at == s->at || !timed(&t, l))
			continue;
		*s = t;
		return true;
	}
	return false;
}

/* "* ", "- ", "3. ", "● ": a list's; a tree's "├─ ", also as "|- ". */
static bool bullet(struct scan *s, struct line *l)
{
	static const char *const known[] = {
		"- ",        "* ",     "+ ", "\xe2\x80\xa2 ", "\xe2\x97\x8f ", "\xe2\x97\x8b ",
		"\xc3\x97 ", "data: {"
	};
	uint64_t n;

	(void)l;
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (starts(*s, known[i])) {
			s->at = strchr(s->at, ' ');
			return true;
		}
	return scan_number(s, 1, 2, &n) && (scan_char(s, '.') || scan_char(s, ')')) &&
	       scan_blanks(s) > 0;
}

/* boltctl's, systemctl's and lspci -t's; U+2500 to U+257F draw it, or "|", "`" and "-". */
static bool tree(struct scan *s, struct line *l)
{
	bool is_branch = false;

	(void)l;
	while (s->end - s->at >= 3 && !is_branch) {
		const unsigned char *c = (const unsigned char *)s->at;
		if (c[0] == 0xe2 && (c[1] == 0x94 || c[1] == 0x95)) {
			s->at += 3;
			is_branch = c[2] == 0x80 && (uint8_t)*s->at != 0xe2;
		} else if ((c[0] == '|' || c[0] == '`') && c[1] == '-' && c[2] == ' ') {
			s->at += 2;
			is_branch = true;
		} else if ((c[0] == '|' && c[1] == ' ') || c[0] == ' ')
			s->at++;
		else
			return false;
	}
	return is_branch;
}

static bool level(struct scan *s, struct line *l)
{
	static bool (*const form[])(struct scan *, struct line *) = {
		priority, timed, unix_timed, sender_alone, field, compose, file_name, bullet, tree,
	};

	for (size_t i = 0; i < COUNT_OF(form); i++) {
		struct scan t = *s;
		if (!form[i](&t, l))
			continue;
		*s = t;
		return true;
	}
	return false;
}

/* The message's own time: "time=2025-05-08T10:00:00Z level=..." stays with it, so does "[GIN] ". */
static void own_time(struct scan s, struct line *l)
{
	struct when when = { CLOCK_NONE, 0 };

	if (starts(s, "[GIN] "))
		l->bare = false;
	if (!starts(s, "time="))
		return;
	s.at += strlen("time=");
	scan_char(&s, '"');
	if (!clock_iso(&s, &when))
		return;
	l->bare = false;
	set_clock(l, &when);
}

void before_message(struct line *l)
{
	struct scan s = { l->text + l->message, l->text + l->size };

	scan_blanks(&s);
	for (int i = 0; i < LEVELS_MAX && level(&s, l); i++) {
		l->bare = false;
		scan_blanks(&s);
	}
	while (scan_char(&s, '`'))
		;
	own_time(s, l);
	l->message = (size_t)(s.at - l->text);
}

bool before_member(struct line *l)
{
	static const char *const known[] = { "\"MESSAGE\"", "\"log\"", "\"msg\"", "\"message\"",
					     "\"error\"" };
	struct scan s = { l->text + l->message, l->text + l->size };

	if (scan_char(&s, '{'))
		scan_blanks(&s);
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (!starts(s, known[i]))
			continue;
		s.at += strlen(known[i]);
		scan_blanks(&s);
		if (!scan_char(&s, ':'))
			return false;
		scan_blanks(&s);
		if (!scan_char(&s, '"'))
			return false;
		l->message = (size_t)(s.at - l->text);
		l->bare = false;
		return true;
	}
	return false;
}

size_t before_quotes(struct bytes text)
{
	size_t end = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '>')
			end = i + 1;
		else if (text.data[i] != ' ')
			break;
	}
	return end && end < text.size && text.data[end] == ' ' ? end + 1 : end;
}
