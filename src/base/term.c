/* SPDX-License-Identifier: MIT */
#include "base/term.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

enum { ANSWER_BYTES = 64, QUESTION_BYTES_MAX = 2000 };

/* A line without its end. Longer than the answer may be: "", but read to its end all the same. */
static int read_answer(int fd, char answer[ANSWER_BYTES])
{
	size_t used = 0;

	for (;;) {
		char c;
		ssize_t n = read(fd, &c, 1);
		if (n < 0 && errno != EIO)
			return -errno;
		/* EIO: the terminal was hung up */
		if (n <= 0 || c == '\n' || c == '\r')
			break;
		if (used < ANSWER_BYTES)
			answer[used++] = c ? c : '?';
	}
	answer[used < ANSWER_BYTES ? used : 0] = '\0';
	return 0;
}

static bool means_yes(struct arena *a, const char *answer)
{
	const char *word = str_trim(a, answer, strlen(answer));
	return strcasecmp(word, "y") == 0 || strcasecmp(word, "yes") == 0;
}

static int ask(int out, int in, const char *question, bool *ret_yes)
{
	ARENA a = { 0 };
	char answer[ANSWER_BYTES];

	dprintf(out, "%s [y/N] ", str_clean(&a, question, strlen(question), QUESTION_BYTES_MAX));
	int r = read_answer(in, answer);
	if (r < 0)
		return r;
	*ret_yes = means_yes(&a, answer);
	return 0;
}

int term_ask(const char *question, bool *ret_yes)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (tty >= 0) {
		int r = ask(tty, tty, question, ret_yes);
		close(tty);
		return r;
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return -ENOTTY;
	return ask(STDERR_FILENO, STDIN_FILENO, question, ret_yes);
}
