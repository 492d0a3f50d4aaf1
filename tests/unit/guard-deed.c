/* SPDX-License-Identifier: MIT */
/* What may be done about which cause, and what /etc/egpu.conf has to say in it. */
#include "guard/deed.h"

#include "cause/xid.h"
#include "tap.h"

static struct want_policy lines[4];

static struct want_guard wants(const char *cause, const char *deed)
{
	lines[0] = (struct want_policy){ cause, deed };
	return (struct want_guard){ .policy = lines, .policy_count = 1 };
}

#define CHECK_POLICY(w, id, want_first, want_then)                                                 \
	do {                                                                                       \
		struct policy got = policy_of((w), (id));                                          \
		CHECK_STR(deed_name(got.first), (want_first));                                     \
		CHECK_STR(deed_name(got.then), (want_then));                                       \
	} while (0)

static const struct want_guard none;

TEST(every_deed_has_its_word_and_back)
{
	for (enum deed d = DEED_IGNORE; d <= DEED_RECREATE; d++) {
		enum deed again = DEED_IGNORE;
		CHECK(deed_of_name(deed_name(d), &again));
		CHECK_INT(again, d);
	}
	CHECK_STR(deed_name(DEED_IGNORE), "ignore");
	CHECK_STR(deed_name(DEED_RECREATE), "recreate");
}

TEST(other_words_are_no_deeds)
{
	static const char *const words[] = { "default", "", "Restart", "restart ", "mended" };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		enum deed d = DEED_RESET;
		CHECK(!deed_of_name(words[i], &d));
		CHECK_INT(d, DEED_RESET);
	}
}

TEST(a_container_is_restarted_then_made_anew)
{
	CHECK_POLICY(&none, "container-devices-lost", "restart", "recreate");
	CHECK_POLICY(&none, "container-started-before-gpu", "restart", "recreate");
	CHECK_POLICY(&none, "ollama-on-cpu", "restart", "recreate");
	CHECK_POLICY(&none, "ollama-started-before-gpu", "restart", "restart");
	CHECK_POLICY(&none, "container-not-started", "start", "start");
}

TEST(when_the_gpu_is_gone_nobody_touches_the_driver)
{
	static const char *const gone[] = { "gpu-fallen-off-bus", "gpu-disconnected",
					    "gpu-lost",           "xid-119-gsp-timeout",
					    "gpu-not-on-bus",     "enclosure-not-seen",
					    "no-gpu-here",        "gpu-not-at-address" };

	for (size_t i = 0; i < COUNT_OF(gone); i++)
		CHECK_POLICY(&none, gone[i], "stop", "stop");
}

TEST(what_is_safe_unattended_is_mended_and_all_else_told)
{
	size_t told = 0, mended = 0;

	for (size_t n = 0; cause_at(n); n++) {
		const struct cause *c = cause_at(n);
		struct policy p = policy_of(&none, c->id);
		if (p.first == DEED_MEND && !c->unattended)
			CHECK(str_eq(c->id, "persistenced-start-limit") ||
			      str_eq(c->id, "persistenced-failed") ||
			      str_eq(c->id, "cdi-refresh-failed"));
		told += p.first == DEED_TELL;
		mended += p.first == DEED_MEND;
		CHECK(p.first != DEED_RESET && p.then != DEED_RESET);
	}
	CHECK(told > 20);
	CHECK(mended > 3);
}

/* A line of a log does not go away: what was done about it must not be done for ever. */
TEST(every_xid_is_done_about_once)
{
	for (uint64_t code = 1; code < 180; code++) {
		const char *id = xid_of_code(code)->cause;
		struct policy p = policy_of(&none, id);
		if (!str_starts(id, "xid-") || p.first == DEED_STOP)
			continue;
		CHECK(p.once || p.first == DEED_TELL);
	}
	CHECK_POLICY(&none, "xid-13", "restart", "restart");
	CHECK_POLICY(&none, "xid-31", "restart", "restart");
	CHECK_POLICY(&none, "xid-45", "ignore", "ignore");
	CHECK_POLICY(&none, "xid-reset", "tell", "tell");
	CHECK_POLICY(&none, "xid-154", "tell", "tell");
	CHECK(policy_of(&none, "xid-31").once);
	CHECK(!policy_of(&none, "container-devices-lost").once);
}

TEST(every_row_is_of_a_known_cause)
{
	static const char *const rows[] = {
		"container-devices-lost",
		"container-started-before-gpu",
		"container-without-nodes",
		"container-not-started",
		"ollama-discovery-timeout",
		"ollama-cuda-init-failed",
		"ollama-fell-back-to-cpu",
		"ollama-service-on-cpu",
		"gpu-lost-after-suspend",
		"xid-79-earlier",
		"xid-nvlink",
		"xid-other",
		"xid-38",
		"xid-109",
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_STR(cause_of_id(rows[i]) ? "" : rows[i], "");
}

TEST(the_file_has_the_last_word)
{
	struct want_guard w = wants("xid-reset", "reset");

	CHECK_POLICY(&w, "xid-reset", "reset", "reset");
	CHECK(policy_of(&w, "xid-reset").once);
	CHECK_POLICY(&w, "xid-31", "restart", "restart");
	w = wants("container-devices-lost", "tell");
	CHECK_POLICY(&w, "container-devices-lost", "tell", "tell");
}

TEST(of_two_lines_the_later_counts)
{
	struct want_guard w = wants("gpu-lost", "tell");

	lines[1] = (struct want_policy){ "gpu-lost", "ignore" };
	w.policy_count = 2;
	CHECK_POLICY(&w, "gpu-lost", "ignore", "ignore");
}

TEST(a_line_that_says_nothing_changes_nothing)
{
	struct want_guard w = wants("gpu-lost", "dance");

	CHECK_POLICY(&w, "gpu-lost", "stop", "stop");
}

TEST(a_cause_that_nobody_knows_is_told)
{
	struct want_guard w = wants("no-such-cause", "restart");

	CHECK_POLICY(&none, "no-such-cause", "tell", "tell");
	CHECK_POLICY(&none, "", "tell", "tell");
	CHECK_POLICY(&w, "no-such-cause", "restart", "restart");
}
