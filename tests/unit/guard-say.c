/* SPDX-License-Identifier: MIT */
/* What a person is told of an incident, word for word. */
#include "guard/say.h"

#include "tap.h"

#define SEC INT64_C(1000000)

static struct arena arena;
static struct want_guard want = { .tries = 3, .window_sec = 600 };

static struct incident lost(enum outcome o)
{
	return (struct incident){ .cause = "container-devices-lost",
				  .subject = "ollama",
				  .text = "systemd took /dev/nvidia0 from ollama",
				  .deed = DEED_RESTART,
				  .outcome = o,
				  .since_usec = 10 * SEC,
				  .acted_usec = 11 * SEC,
				  .over_usec = 22 * SEC + 340000,
				  .tries = 1 };
}

static struct incident gone(unsigned done)
{
	return (struct incident){ .cause = "gpu-fallen-off-bus",
				  .text = "Xid 79, 812.1 s after boot",
				  .deed = DEED_STOP,
				  .outcome = OUTCOME_STOPPED,
				  .tries = done + 1,
				  .done = done };
}

#define CHECK_SAYS(incident, text) CHECK_STR(incident_say(&arena, &(incident), &want), (text))

TEST(mended)
{
	struct incident i = lost(OUTCOME_MENDED);

	CHECK_SAYS(i,
		   "ollama was restarted once and works again after 12.3 s; it was: systemd took "
		   "/dev/nvidia0 from ollama (container-devices-lost).");
	i.tries = 2;
	i.deed = DEED_RECREATE;
	CHECK_SAYS(i, "ollama was made anew 2 times and works again after 12.3 s; it was: systemd "
		      "took /dev/nvidia0 from ollama (container-devices-lost).");
	i.deed = DEED_START;
	CHECK(strstr(incident_say(&arena, &i, &want), "ollama was started 2 times") != NULL);
	CHECK_INT(incident_priority(&i), 5);
}

TEST(mended_on_the_host)
{
	struct incident i = { .cause = "cdi-spec-stale",
			      .text = "/etc/cdi/nvidia.yaml is of driver 570",
			      .deed = DEED_MEND,
			      .outcome = OUTCOME_MENDED,
			      .over_usec = 1500000,
			      .tries = 1 };

	CHECK_SAYS(i,
		   "Mended after 1.5 s: /etc/cdi/nvidia.yaml is of driver 570 (cdi-spec-stale).");
}

TEST(unproven)
{
	struct incident i = lost(OUTCOME_UNPROVEN);

	CHECK_SAYS(i,
		   "ollama was restarted, and whether it computes on the GPU now cannot be seen; "
		   "it was: systemd took /dev/nvidia0 from ollama (container-devices-lost). To "
		   "look: egpu check");
	CHECK_INT(incident_priority(&i), 4);
}

TEST(over_by_itself)
{
	struct incident i = lost(OUTCOME_BY_ITSELF);

	CHECK_SAYS(i, "Over by itself: systemd took /dev/nvidia0 from ollama "
		      "(container-devices-lost).");
	CHECK_INT(incident_priority(&i), 6);
}

TEST(stopped)
{
	struct incident none = gone(0), one = gone(1), two = gone(2);

	CHECK_SAYS(none,
		   "The GPU is gone: Xid 79, 812.1 s after boot (gpu-fallen-off-bus); nothing "
		   "that used it runs. What to do: egpu explain gpu-fallen-off-bus");
	CHECK_SAYS(one,
		   "The GPU is gone: Xid 79, 812.1 s after boot (gpu-fallen-off-bus); 1 program "
		   "that used it is stopped and starts again when it is back. What to do: egpu "
		   "explain gpu-fallen-off-bus");
	CHECK_SAYS(two,
		   "The GPU is gone: Xid 79, 812.1 s after boot (gpu-fallen-off-bus); 2 "
		   "programs that used it are stopped and start again when it is back. What to "
		   "do: egpu explain gpu-fallen-off-bus");
	CHECK_INT(incident_priority(&one), 2);
}

TEST(back)
{
	struct incident i = gone(1);

	i.outcome = OUTCOME_MENDED;
	CHECK_SAYS(i, "The GPU is back, and so is who uses it (gpu-fallen-off-bus: Xid 79, 812.1 s "
		      "after boot).");
}

TEST(left_to_a_person)
{
	struct incident i = lost(OUTCOME_LEFT);

	CHECK_SAYS(i, "systemd took /dev/nvidia0 from ollama (container-devices-lost). To mend it: "
		      "sudo egpu fix container-devices-lost");
	CHECK_INT(incident_priority(&i), 3);
}

TEST(given_up)
{
	struct incident i = lost(OUTCOME_GAVE_UP);

	CHECK_SAYS(i,
		   "ollama: systemd took /dev/nvidia0 from ollama (container-devices-lost). 3 "
		   "tries in 10 minutes did not help, so nothing more is done. Why: egpu explain "
		   "container-devices-lost. To have it tried again: sudo egpu guard --resume");
	CHECK_INT(incident_priority(&i), 2);
	strcpy(i.failed, "no space left");
	*i.subject = '\0';
	want = (struct want_guard){ .tries = 1, .window_sec = 60 };
	CHECK_SAYS(i,
		   "systemd took /dev/nvidia0 from ollama (container-devices-lost). 1 try in 1 "
		   "minute did not help, the last one for: no space left, so nothing more is "
		   "done. Why: egpu explain container-devices-lost. To have it tried again: sudo "
		   "egpu guard --resume");
}

/* The engine's own words come as they are. */
TEST(nothing_said_can_move_a_cursor)
{
	struct incident i = lost(OUTCOME_GAVE_UP);

	strcpy(i.failed, "\033[2Jno\nsuch \xff\xc3 thing");
	const char *text = incident_say(&arena, &i, &want);
	for (const char *c = text; *c; c++)
		CHECK((unsigned char)*c >= ' ' && (unsigned char)*c < 0x7f);
	CHECK(strstr(text, "the last one for: ?[2Jno such ?? thing, so") != NULL);
}

TEST(names_are_said_as_they_are)
{
	struct incident i = lost(OUTCOME_MENDED);

	strcpy(i.subject, "%s%n");
	CHECK(str_starts(incident_say(&arena, &i, &want), "%s%n was restarted once"));
}

TEST(outcomes_have_their_words)
{
	CHECK_STR(outcome_name(OUTCOME_OPEN), "open");
	CHECK_STR(outcome_name(OUTCOME_GAVE_UP), "gave-up");
}
