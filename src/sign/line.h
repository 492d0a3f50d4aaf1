/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/str.h"

enum { LINE_MAX_BYTES = 8192 }; /* of a line that are looked at */

enum line_clock { CLOCK_NONE, CLOCK_BOOT, CLOCK_WALL };

/*
 * One line of pasted text, made plain: what terminals, mails, web pages, loggers
 * and container tools put around or into it is taken out or undone. Kept between
 * lines to save the room; holds no pointers.
 */
struct line {
	/*
	 * No control bytes but tabs; a blank for a line feed inside of the message, none at the
	 * end. What is not ASCII is not checked: who shows it calls str_clean(). NUL-terminated.
	 */
	char text[LINE_MAX_BYTES + 1];
	size_t size;
	/* Where in text the message begins: behind its time, host and sender, which stay. */
	size_t message;
	enum line_clock clock; /* the first that stands before the message and can be read */
	uint64_t usec;         /* since boot, or since 1970; 0 for clocks without a zone or year */
	/* Nothing but blanks stood before the message: it may belong to the line above. */
	bool bare;
};

/*
 * Never fails: what cannot be undone stays as it is. What is over LINE_MAX_BYTES
 * is cut off. raw is a line without its line feed (of UTF-16, it may keep or lack
 * the NUL beside that).
 *
 * Taken out of text: quotes of mails ("> "), escape sequences (also as "^[[0m",
 * "\u001b[0m", "#033[0m", and "[0m" alone), carriage returns, NULs (UTF-16, of
 * which ASCII alone is read), HTML's entities and tags, blanks, quotes and marks
 * of Unicode that stand for ASCII or for nothing, rsyslog's "#012" and "#011",
 * backslashes before quotes, "\n" between quotes.
 *
 * One level of JSON becomes what its logger would write as text: journalctl -o
 * json, docker's json-file, {"log"}, {"message"}, {"error"}; and {"msg"} with all
 * that stands beside it, as `level=info msg="..." key=value`. Where it was cut, or
 * stands over several lines, the message begins behind `"MESSAGE" : "`.
 *
 * Known before a message: dmesg with any --time-format, -T, -x, -r, and /dev/kmsg;
 * journalctl -o short, short-precise, short-iso, short-iso-precise, short-full,
 * short-monotonic, short-delta, short-unix, with-unit, export and verbose, each
 * also without its host; syslog in any language; "NAME-1  | " of compose; docker
 * logs -t; CRI ("2025-06-02T12:00:00Z stderr F "); Go's "2023/12/24 11:37:00 ";
 * names and numbers that grep puts before a line with a time; bullets of lists;
 * boltctl's tree. Up to five of these behind each other. Ollama's and logrus'
 * "time=..." is read, but the message begins with it, as it does with "[GIN] ".
 */
void line_clean(struct line *l, struct bytes raw);

/*
 * Could something in this text, of any number of lines, hide a message from who
 * searches it as it is? Fast: for gigabytes. False for the usual log; where it is
 * false, cleaning its lines takes nothing out of them but mails' quotes and ends.
 * (Of what stands before a message, false says nothing.)
 */
bool line_may_hide(struct bytes text);
