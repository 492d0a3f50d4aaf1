/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/*
 * What terminals, web pages and mails do to single characters of a text, undone:
 * escape sequences (also as "^[[0m", "\u001b[0m", "#033[0m", and "[0m" alone),
 * control bytes (NULs of UTF-16; a line feed becomes a blank), HTML's entities
 * and tags, blanks and quotes that are not ASCII, rsyslog's "#012". In place;
 * returns the new size, which is never larger.
 */
size_t plain_characters(char *text, size_t size);

/*
 * The same for backslashes: "\"" everywhere, "\n" between quotes, "\u003c",
 * "\x0a", also escaped twice. quoted: text begins between quotes. For what is no
 * whole JSON, where a reader of JSON does it.
 */
size_t plain_backslashes(char *text, size_t size, bool quoted);

/* Would one of the two take something out at that place of text? */
bool plain_would(struct bytes text, size_t at);
