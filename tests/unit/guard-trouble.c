/* SPDX-License-Identifier: MIT */
/* What is wrong, as the guard is told of it, and whose program an Xid was. */
#include "guard-sight.h"

static struct report *report_with(size_t count)
{
	struct report *r = arena_alloc(&arena, sizeof(*r));

	r->verdict.count = count;
	return r;
}

static void find(struct report *r, size_t i, const char *cause, const char *subject,
		 enum status status)
{
	r->verdict.finding[i] = (struct finding){
		.status = status, .cause = cause_of_id(cause), .subject = subject, .text = cause
	};
	CHECK(r->verdict.finding[i].cause != NULL);
}

TEST(the_root_comes_first_and_nothing_twice)
{
	struct report *r = report_with(4);
	struct facts f = healthy();

	find(r, 0, "cdi-spec-stale", "", STATUS_WARNING);
	find(r, 1, "container-devices-lost", "ollama", STATUS_BROKEN);
	find(r, 2, "container-devices-lost", "vllm", STATUS_BROKEN);
	find(r, 3, "container-devices-lost", "ollama", STATUS_WARNING);
	r->root = &r->verdict.finding[1];
	sight_of(&f, r, &sight);
	CHECK_INT((long long)sight.trouble_count, 3);
	CHECK_STR(sight.trouble[0].subject, "ollama");
	CHECK(sight.trouble[0].broken);
	CHECK_STR(sight.trouble[1].cause, "cdi-spec-stale");
	CHECK(!sight.trouble[1].broken);
	CHECK_STR(sight.trouble[2].subject, "vllm");
	CHECK_STR(sight.trouble[2].text, "container-devices-lost");
	CHECK(sight_trouble(&sight, "container-devices-lost", "vllm") == &sight.trouble[2]);
	CHECK(!sight_trouble(&sight, "container-devices-lost", ""));
}

TEST(what_waits_or_is_unknown_is_no_trouble)
{
	struct report *r = report_with(3);
	struct facts f = healthy();

	find(r, 0, "container-devices-lost", "ollama", STATUS_WAITING);
	find(r, 1, "cdi-spec-stale", "", STATUS_UNKNOWN);
	r->verdict.finding[2] = (struct finding){ .status = STATUS_OK, .text = "", .subject = "" };
	sight_of(&f, r, &sight);
	CHECK_INT((long long)sight.trouble_count, 0);
}

TEST(troubles_have_a_bound)
{
	struct report *r = report_with(FINDINGS_MAX);
	struct facts f = healthy();

	for (size_t i = 0; i < FINDINGS_MAX; i++)
		find(r, i, "container-devices-lost", arena_printf(&arena, "box%zu", i),
		     STATUS_BROKEN);
	r->root = &r->verdict.finding[200];
	sight_of(&f, r, &sight);
	CHECK_INT((long long)sight.trouble_count, TROUBLES_MAX);
	CHECK_STR(sight.trouble[0].subject, "box200");
	CHECK_STR(sight.trouble[TROUBLES_MAX - 1].subject, "box30");
}

/* Whose program was it? */

static const struct trouble *after_xid(struct container *c, size_t count, const char *line)
{
	struct driver_event e = {
		.kind = EVENT_XID, .code = 31, .usec = 5, .last_usec = 9, .line = line
	};
	struct report *r = report_with(1);
	struct facts f = healthy();

	find(r, 0, "xid-31", "0000:22:00.0", STATUS_WARNING);
	f.driver.event = &e;
	f.driver.event_count = 1;
	f.docker.container = c;
	f.docker.container_count = count;
	sight_of(&f, r, &sight);
	CHECK_INT((long long)sight.trouble_count, 1);
	return &sight.trouble[0];
}

#define XID "NVRM: Xid (PCI:0000:22:00): 31, pid=2512, name="

TEST(an_xid_is_of_the_program_that_its_line_names)
{
	struct container c[] = { box("ollama-webui", opens, 2), box("ollama", opens, 2),
				 box("vllm-1", opens, 2) };

	CHECK_STR(after_xid(c, 3, XID "ollama, Ch 00000008")->subject, "ollama");
	CHECK_INT((long long)sight.trouble[0].stamp, 9);
	CHECK_STR(after_xid(c, 3, XID "vllm, Ch 00000008")->subject, "vllm-1");
	CHECK_STR(after_xid(c, 3, XID "python3, Ch 8")->subject, "");
	CHECK_STR(after_xid(c, 3, XID)->subject, "");
	CHECK_STR(after_xid(c, 3, "NVRM: Xid (PCI:0000:22:00): 31")->subject, "");
}

TEST(an_xid_of_a_name_that_nobody_has_is_of_the_only_one_that_runs)
{
	struct container c[] = { box("llm", opens, 2), box("other", opens, 2) };

	c[1].state = "exited";
	CHECK_STR(after_xid(c, 2, XID "python3, Ch 8")->subject, "llm");
	CHECK_STR(after_xid(c, 2, XID "<unknown>, Ch 8")->subject, "llm");
	c[0].state = "exited";
	CHECK_STR(after_xid(c, 2, XID "python3, Ch 8")->subject, "");
}
