/* SPDX-License-Identifier: MIT */
#include "apply/apply.h"

#include <errno.h>
#include <fcntl.h>

#include "../tap.h"
#include "base/clock.h"
#include "scratch.h"

/* Plain files in the place of the kernel's: what is written to them is seen, and a child acts on
 * it. */

#define GPU "sys/bus/pci/devices/0000:22:00.0"
#define BOX "sys/bus/thunderbolt/devices/0-1"

static struct arena arena;
static struct err err;

static int act(const char *verb, const char *name, const char *unless_open, unsigned sec)
{
	struct apply_to to = { .root = scratch() };
	struct step s = { .kind = STEP_DEVICE,
			  .what = "it",
			  .device = { verb, name, unless_open, sec } };

	err = (struct err){ 0 };
	return apply_act(&to, &arena, &s, &err);
}

static const char *text(const char *name)
{
	static char got[64];
	FILE *f = fopen(scratch_path(name), "re");
	size_t n = f ? fread(got, 1, sizeof(got) - 1, f) : 0;

	if (f)
		fclose(f);
	got[n] = '\0';
	return got;
}

/* Does what the kernel would when the file holds that: the shell line. */
static void when(const char *name, const char *holds, const char *line)
{
	static const struct timespec moment = { .tv_nsec = 10000000 };

	fflush(stdout);
	if (fork() != 0)
		return;
	for (unsigned i = 0; i < 1000 && strcmp(text(name), holds) != 0; i++)
		nanosleep(&moment, NULL);
	_exit(chdir(scratch()) < 0 || system(line) != 0);
}

TEST(an_enclosure_is_deauthorised_and_authorised_again)
{
	scratch_text(BOX "/authorized", "1\n");
	CHECK_INT(act("deauthorize", "0-1", NULL, 0), 0);
	CHECK_STR(text(BOX "/authorized"), "0\n");
	CHECK_INT(act("deauthorize", "0-1", NULL, 0), 0);
	CHECK_INT(act("authorize", "0-1", NULL, 0), 0);
	CHECK_STR(text(BOX "/authorized"), "1\n");
}

TEST(one_with_a_key_is_authorised_already_and_one_that_is_gone_is_not)
{
	scratch_text(BOX "/authorized", "2\n");
	CHECK_INT(act("authorize", "0-1", NULL, 0), 0);
	CHECK_STR(text(BOX "/authorized"), "2\n");
	CHECK_INT(act("deauthorize", "0-3", NULL, 0), 0);
	CHECK_INT(act("authorize", "0-3", NULL, 0), -ENOENT);
}

TEST(a_function_leaves_the_bus)
{
	scratch_text(GPU "/remove", "");
	when(GPU "/remove", "1", "rm -r " GPU);
	CHECK_INT(act("remove", "0000:22:00.0", NULL, 0), 0);
	CHECK(access(scratch_path(GPU), F_OK) < 0);
	CHECK_INT(act("remove", "0000:22:00.0", NULL, 0), 0);
}

TEST(a_write_that_does_nothing_is_no_success)
{
	scratch_text(GPU "/remove", "");
	CHECK_INT(act("remove", "0000:22:00.0", NULL, 0), -EBUSY);
	CHECK_STR(err.text, "the kernel took it, and nothing came of it");
}

TEST(one_that_comes_back_late_is_looked_for_again)
{
	scratch_text("sys/bus/pci/rescan", "");
	when("sys/bus/pci/rescan", "1", "sleep 1; mkdir -p " GPU);
	CHECK_INT(act("rescan", "0000:22:00.0", NULL, 0), 0);
	scratch_text("sys/bus/pci/rescan", "");
	CHECK_INT(act("rescan", "0000:22:00.0", NULL, 0), 0);
	CHECK_STR(text("sys/bus/pci/rescan"), "");
}

TEST(one_that_does_not_come_back_is_told)
{
	scratch_text("sys/bus/pci/rescan", "");
	CHECK_INT(act("rescan", "0000:22:00.0", NULL, 1), -ENODEV);
	CHECK_STR(err.text, "it did not come back within 1 s");
}

/* A full pipe that nobody reads: the write hangs, as one to a driver that has not let go. */
TEST(a_write_that_hangs_is_left_behind)
{
	char page[4096] = { 0 };
	scratch_text(GPU "/x", "");
	CHECK(mkfifo(scratch_path(GPU "/remove"), 0600) == 0);
	int fd = open(scratch_path(GPU "/remove"), O_RDWR | O_NONBLOCK | O_CLOEXEC);
	while (write(fd, page, sizeof(page)) > 0)
		;
	uint64_t since = clock_usec();
	CHECK_INT(act("remove", "0000:22:00.0", NULL, 1), -ETIMEDOUT);
	CHECK(clock_usec() - since < 5000000);
	CHECK_STR(err.text, "the kernel does not come back from it (1 s): only a reboot helps");
	close(fd);
}

TEST(nothing_is_removed_while_nobody_can_tell_who_has_it_open)
{
	scratch_text(GPU "/remove", "");
	CHECK_INT(act("remove", "0000:22:00.0", "nvidia0", 0), -ENOENT);
	CHECK(strstr(err.text, "who has it open cannot be told"));
	CHECK_STR(text(GPU "/remove"), "");
	scratch_text("proc/1/fd/", "");
	when(GPU "/remove", "1", "rm -r " GPU);
	CHECK_INT(act("remove", "0000:22:00.0", "nvidia0", 0), 0);
}

TEST(names_lead_nowhere_else)
{
	static const char *const bad[] = { "../0-1", "", ".", "0-1/x", "%s", "0000:22:00.0\n" };

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		CHECK_INT(act("remove", bad[i], NULL, 0), -EINVAL);
		CHECK_STR(err.text, "it: no such change of a device");
	}
	CHECK_INT(act("burn", "0-1", NULL, 0), -EINVAL);
}

TEST(a_link_in_place_of_the_file_is_not_followed)
{
	scratch_text(BOX "/elsewhere", "1\n");
	CHECK(symlink("elsewhere", scratch_path(BOX "/authorized")) == 0);
	CHECK_INT(act("deauthorize", "0-1", NULL, 0), -ELOOP);
	CHECK_STR(text(BOX "/elsewhere"), "1\n");
}
