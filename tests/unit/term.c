/* SPDX-License-Identifier: MIT */
#include "base/term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "base/str.h"
#include "tap.h"

static const char *wrapped(const char *text, const char *prefix, unsigned columns)
{
	static char *out;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	term_wrap(f, text, prefix, columns);
	fclose(f);
	return out;
}

TEST(wraps_at_blanks_and_begins_each_line_with_the_prefix)
{
	CHECK_STR(wrapped("one two three", "# ", 10), "one two\n# three\n");
}

TEST(width_is_counted_in_characters)
{
	CHECK_STR(wrapped("\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4", "", 6),
		  "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\n");
}

TEST(long_word_stands_alone)
{
	CHECK_STR(wrapped("a aaaaaaaaaaaa b", "", 5), "a\naaaaaaaaaaaa\nb\n");
}

static const char *cleaned(const char *s)
{
	static struct arena a;
	return str_clean(&a, s, strlen(s), 100);
}

TEST(escape_codes_and_bad_utf8_cannot_reach_a_terminal)
{
	CHECK_STR(cleaned("a\033[2Jb"), "a?[2Jb");
	CHECK_STR(cleaned("\xc2\x9b\x31m"), "??1m");
	CHECK_STR(cleaned("x\xe2\x80\xaey"), "x???y");
	CHECK_STR(cleaned("\xff\xc3"), "??");
	CHECK_STR(cleaned("gr\xc3\xbc\xc3\x9f\n"), "gr\xc3\xbc\xc3\x9f ");
}

TEST(cleaning_cuts_between_characters)
{
	ARENA a = { 0 };
	CHECK_STR(str_clean(&a, "ab\xc3\xa4", 4, 3), "ab");
}

TEST(numbers_are_whole_or_none)
{
	uint64_t v = 7;
	CHECK(str_u64("18446744073709551615", 10, UINT64_MAX, &v) && v == UINT64_MAX);
	CHECK(!str_u64("18446744073709551616", 10, UINT64_MAX, &v));
	CHECK(!str_u64("", 10, 9, &v) && !str_u64("1 ", 10, 9, &v) && !str_u64("-1", 10, 9, &v));
	CHECK(str_u64("0x1F", 16, 255, &v) && v == 31);
	CHECK(!str_u64("0x", 16, 255, &v));
}

/* Asking. The one who asks is a child with a terminal of its own; its exit status is the answer. */
enum { SAID_NO = 10, SAID_YES = 11, NO_TERMINAL = 12, UNREADABLE = 13 };

static int asked(const char *question)
{
	bool yes = false;
	int r = term_ask(question, &yes);
	return r == -ENOTTY ? NO_TERMINAL : r < 0 ? UNREADABLE : yes ? SAID_YES : SAID_NO;
}

static void use(int fd)
{
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
}

static int terminal(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
		TAP_SKIP("no terminals here");
	return fd;
}

/* Reads what is asked, up to the "[y/N] ". */
static void read_question(int fd, char *text, size_t size)
{
	size_t used = 0;
	alarm(20);
	while (used + 1 < size && !strstr(text, "[y/N] ")) {
		ssize_t n = read(fd, text + used, size - 1 - used);
		CHECK(n > 0);
		text[used += (size_t)n] = '\0';
	}
}

static int status_of(pid_t child)
{
	int status = 0;
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* NULL: the terminal goes away instead. */
static int answered(const char *question, const char *answer, char *shown, size_t size)
{
	int fd = terminal();
	pid_t child = fork();
	if (child == 0) {
		signal(SIGHUP, SIG_IGN);
		setsid();
		int mine = open(ptsname(fd), O_RDWR);
		close(fd);
		int nothing = open("/dev/null", O_RDWR);
		use(nothing);
		_exit(mine < 0 ? 1 : asked(question));
	}
	read_question(fd, shown, size);
	if (answer)
		CHECK_INT(write(fd, answer, strlen(answer)), strlen(answer));
	else
		close(fd);
	return status_of(child);
}

static int answer(const char *text)
{
	char shown[256] = "";
	return answered("Do it?", text, shown, sizeof(shown));
}

TEST(only_y_and_yes_are_a_yes)
{
	CHECK_INT(answer("y\n"), SAID_YES);
	CHECK_INT(answer("YES\n"), SAID_YES);
	CHECK_INT(answer(" Yes \n"), SAID_YES);
	CHECK_INT(answer("\n"), SAID_NO);
	CHECK_INT(answer("n\n"), SAID_NO);
	CHECK_INT(answer("yesterday\n"), SAID_NO);
	CHECK_INT(answer("y y\n"), SAID_NO);
}

TEST(the_end_of_input_is_a_no)
{
	CHECK_INT(answer("\004"), SAID_NO);
	CHECK_INT(answer(NULL), SAID_NO);
}

TEST(a_line_that_is_too_long_is_a_no)
{
	char line[300] = "y";
	memset(line + 1, ' ', 200);
	strcat(line, "\n");
	CHECK_INT(answer(line), SAID_NO);
}

TEST(a_question_cannot_move_the_cursor)
{
	char shown[256] = "";
	CHECK_INT(answered("Authorise \033[2JX?", "n\n", shown, sizeof(shown)), SAID_NO);
	CHECK_STR(shown, "Authorise ?[2JX? [y/N] ");
}

TEST(without_a_terminal_nobody_is_asked)
{
	pid_t child = fork();
	if (child == 0) {
		setsid();
		use(open("/dev/null", O_RDWR));
		_exit(asked("Do it?"));
	}
	CHECK_INT(status_of(child), NO_TERMINAL);
}

/* As in a container that was given a terminal, but no session on it. */
TEST(a_terminal_on_stdin_and_stderr_does_without_dev_tty)
{
	char shown[256] = "";
	int fd = terminal();
	pid_t child = fork();
	if (child == 0) {
		setsid();
		use(open(ptsname(fd), O_RDWR | O_NOCTTY));
		_exit(asked("Do it?"));
	}
	read_question(fd, shown, sizeof(shown));
	CHECK_INT(write(fd, "y\n", 2), 2);
	CHECK_INT(status_of(child), SAID_YES);
}
