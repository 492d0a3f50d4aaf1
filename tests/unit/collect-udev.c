/* SPDX-License-Identifier: MIT */
#include "collect/udev.h"

#include "sysfs-host.h"
#include "tap.h"

static struct arena arena;
static struct table_host host = { .host = { .ops = &table_ops } };

static bool greets(const struct udev_part *p)
{
	return udev_assigns(p) && str_eq(p->key, "ENV{HELLO}") && str_eq(p->value, "world, it is");
}

static struct maybe_u64 look(void)
{
	return udev_has(&arena, &host.host, "HELLO", greets);
}

#define RULE "ACTION==\"add\", ENV{HELLO}=\"world, it is\"\n"

static void check_rule(const char *text, bool has)
{
	TABLE_ADD(&host, { "/etc/udev/rules.d/1.rules", text });
	CHECK(is_u64(look(), has));
}

TEST(a_rule_is_found_with_its_file)
{
	CHECK(is_u64(look(), 0));
	TABLE_ADD(&host, { "/usr/lib/udev/rules.d/60-x.rules", "# HELLO\n\n" RULE });
	CHECK(is_u64(look(), 1));
	CHECK_STR(look().from, "/usr/lib/udev/rules.d/60-x.rules");
}

TEST(rules_are_written_in_many_ways)
{
	check_rule("ENV{HELLO}+=\"world, it is\"", true);
	check_rule("  KERNEL==\"a\"ENV{HELLO}  :=  \"world, it is\" ", true);
	check_rule("KERNEL==\"a \\\" b\", ENV{HELLO}=e\"world, it is\"\n", true);
	check_rule("KERNEL==\"a\", \\\n  ENV{HELLO}=\\\n# in between\n\"world, it is\"\n", true);
	check_rule("x\\\n", false);
}

TEST(what_asks_takes_away_or_is_a_comment_does_nothing)
{
	check_rule("ENV{HELLO}==\"world, it is\", ENV{A}=\"b\"\n", false);
	check_rule("ENV{HELLO}-=\"world, it is\"\n", false);
	check_rule("  # " RULE, false);
	check_rule("# goes on \\\nENV{B}=\"c\" # HELLO\n", false);
	check_rule("ENV{HELLO}=world, it is\n", false);
	check_rule("ENV{A}=\"b\\\", ENV{HELLO}=\"world, it is\"\n", false);
	check_rule("ENV{HELLO\nENV{HELLO}\nENV{HELLO}=\n=\"world, it is\"\n\"\n", false);
}

TEST(a_file_of_an_earlier_folder_stands_for_those_of_its_name)
{
	TABLE_ADD(&host, { "/usr/lib/udev/rules.d/60-x.rules", RULE },
		  { "/etc/udev/rules.d/60-x.rules", "" });
	CHECK(is_u64(look(), 0));
	/* How a link to /dev/null ends. */
	TABLE_ADD(&host, { "/etc/udev/rules.d/60-x.rules", .error = -EINVAL });
	CHECK(is_u64(look(), 0));
	TABLE_ADD(&host, { "/run/udev/rules.d/61-x.rules", RULE });
	CHECK(is_u64(look(), 1));
}

TEST(only_files_of_rules_count)
{
	TABLE_ADD(&host, { "/etc/udev/rules.d/60-x.rules.bak", RULE });
	CHECK(is_u64(look(), 0));
}

TEST(what_could_not_be_read_may_hold_the_rule)
{
	TABLE_ADD(&host, { "/etc/udev/rules.d/60-x.rules", .error = -EACCES },
		  { "/usr/lib/udev/rules.d/60-x.rules", RULE });
	CHECK_INT(look().know, DENIED);
	CHECK_STR(look().from, "/etc/udev/rules.d/60-x.rules");
	TABLE_ADD(&host, { "/usr/lib/udev/rules.d/61-x.rules", RULE });
	CHECK(is_u64(look(), 1));
}

TEST(so_may_a_folder)
{
	TABLE_ADD(&host, { "/usr/lib/udev/rules.d", .error = -EACCES });
	CHECK_INT(look().know, DENIED);
}
