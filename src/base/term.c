/* SPDX-License-Identifier: MIT */
#include "base/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"

bool term_colour(FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(fileno(to)) && !(no && *no) && term && !str_eq(term, "dumb");
}

unsigned term_columns(FILE *to)
{
	struct winsize w;
	if (!isatty(fileno(to)) || ioctl(fileno(to), TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
		return 80;
	return w.ws_col < 60 ? 60 : w.ws_col > 120 ? 120 : w.ws_col;
}

/* Columns that a word takes: characters, not bytes. */
static unsigned width(const char *s, size_t size)
{
	unsigned n = 0;
	for (size_t i = 0; i < size; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

void term_wrap(FILE *to, const char *text, const char *prefix, unsigned columns)
{
	const unsigned indent = width(prefix, strlen(prefix));
	unsigned at = indent;
	bool first = true;

	for (size_t n; *(text += strspn(text, " ")); text += n) {
		n = strcspn(text, " ");
		unsigned w = width(text, n);
		if (!first && at + 1 + w > columns) {
			fprintf(to, "\n%s", prefix);
			at = indent;
			first = true;
		}
		at += w + !first;
		fprintf(to, "%s%.*s", first ? "" : " ", (int)n, text);
		first = false;
	}
	fputc('\n', to);
}
