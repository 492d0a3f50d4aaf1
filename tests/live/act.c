/* SPDX-License-Identifier: MIT */
/*
 * Does one step that is no file, as a plan would.
 * usage: act [--docker URL] run|unit|enclosure|container|process WORD...
 *   run ARGV...    unit VERB [NAME]    enclosure VERB UUID [POLICY]    container ID [NAME [VERB]]
 *   process PID START [force]
 * Says on stderr what went wrong, and "still at it" whenever it takes long; exits 1 then.
 */
#include "apply/apply.h"

#include <stdio.h>

static void tell(void *data, const struct step *s, bool again)
{
	(void)data;
	fprintf(stderr, "%s %s\n", again ? "still at" : "begins", s->what);
}

static bool step_of(struct step *s, int argc, char *argv[])
{
	const char *word[3] = { NULL };
	const char *kind = argc ? argv[0] : "";

	for (int i = 1; i < argc && i <= 3; i++)
		word[i - 1] = argv[i];
	s->what = "it";
	s->run.argv = (struct names){ (const char **)argv + 1, (size_t)(argc - 1) };
	s->unit = (struct unit_change){ word[0], word[1] };
	s->enclosure = (struct enclosure_change){ word[0], word[1], "Box", word[2] };
	s->container = (struct container_change){ word[0], word[1], word[2], 0 };
	s->process = (struct process_change){ 0, 0, "it", word[2] };
	str_u64(word[0] ? word[0] : "", 10, INT32_MAX, &s->process.pid);
	str_u64(word[1] ? word[1] : "", 10, UINT64_MAX, &s->process.start_ticks);
	static const struct {
		const char *name;
		enum step_kind kind;
	} kinds[] = { { "run", STEP_RUN },
		      { "unit", STEP_UNIT },
		      { "enclosure", STEP_ENCLOSURE },
		      { "container", STEP_CONTAINER },
		      { "process", STEP_PROCESS } };
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (str_eq(kind, kinds[i].name)) {
			s->kind = kinds[i].kind;
			return argc > 1;
		}
	return false;
}

int main(int argc, char *argv[])
{
	ARENA arena = { 0 };
	struct apply_to to = { .tell = tell };
	struct step s = { 0 };
	struct err e = { 0 };
	int at = 1;

	if (argc > 2 && str_eq(argv[1], "--docker")) {
		to.docker = argv[2];
		at = 3;
	}
	if (argc <= at || !step_of(&s, argc - at, argv + at)) {
		fputs("usage: act [--docker URL] run|unit|enclosure|container|process WORD...\n",
		      stderr);
		return 64;
	}
	if (apply_act(&to, &arena, &s, &e) == 0)
		return 0;
	fprintf(stderr, "%s\n", e.text);
	return 1;
}
