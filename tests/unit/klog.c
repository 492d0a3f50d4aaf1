/* SPDX-License-Identifier: MIT */
#include "host/klog.h"

#include "tap.h"

static const char *strip(const char *text)
{
	static char buffer[1024];
	size_t size = strlen(text);

	memcpy(buffer, text, size);
	size = klog_strip(buffer, size);
	buffer[size] = '\0';
	return buffer;
}

TEST(priorities_go_and_times_stay)
{
	CHECK_STR(strip("<6>[    0.000000] Linux version 6.17\n<30>[   12.5] NVRM: loading\n"),
		  "[    0.000000] Linux version 6.17\n[   12.5] NVRM: loading\n");
}

TEST(the_printing_task_or_cpu_goes)
{
	CHECK_STR(strip("<6>[    1.234567][    T1] pci\n<4>[    2.000000][   C12] irq\n"),
		  "[    1.234567] pci\n[    2.000000] irq\n");
}

TEST(brackets_of_the_text_itself_stay)
{
	CHECK_STR(strip("<6>[    1.234567] [T1] is text\n"), "[    1.234567] [T1] is text\n");
	CHECK_STR(strip("<6>[drm] no time\n"), "[drm] no time\n");
	CHECK_STR(strip("<6>[    1.5][Tx] odd\n"), "[    1.5][Tx] odd\n");
}

TEST(a_ring_without_priorities_or_end_is_left_alone)
{
	CHECK_STR(strip("<a> text\n<6 text\nlast"), "<a> text\n<6 text\nlast");
	CHECK_STR(strip("<6>last"), "last\n");
	CHECK_STR(strip(""), "");
	CHECK_STR(strip("<6>\n<\n[\n"), "\n<\n[\n");
}

TEST(too_long_a_log_keeps_whole_lines_of_both_ends)
{
	char text[] = "one\ntwo\nthree\nfour\nfive\nsix\n";
	size_t size = klog_bound(text, strlen(text), 6, 10);

	text[size] = '\0';
	CHECK_STR(text, "one\nfive\nsix\n");
}

TEST(a_log_that_fits_is_not_touched)
{
	char text[] = "one\ntwo\n";

	CHECK_INT(klog_bound(text, 8, 4, 4), 8);
}

TEST(lines_longer_than_the_bounds_go_whole)
{
	char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	CHECK_INT(klog_bound(text, strlen(text), 4, 4), 0);
}
