/* SPDX-License-Identifier: MIT */
#pragma once

#include "apply/apply.h"

/*
 * The steps that are no files, a kind each; apply_act() sends a step to its actor. None of them
 * waits for ever: every wait ends at the step's deadline, and while it goes on act_tell() lets the
 * caller show that something is still happening.
 *
 * They return 0 when it is done, also where there was nothing left to do (an enclosure that is
 * authorised already). Errors are one sentence: who did not do what, and the last that they said.
 */
int apply_run(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e);
int apply_unit(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e);
int apply_enclosure(const struct apply_to *to, struct arena *a, const struct step *s,
		    struct err *e);
int apply_container(const struct apply_to *to, struct arena *a, const struct step *s,
		    struct err *e);
int apply_process(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e);
int apply_device(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e);

enum { ACT_TELL_USEC = 2000000 };

/* A wait of a step: until when, and when to tell next that it goes on (usec of clock_usec()). */
struct act_wait {
	const struct apply_to *to;
	const struct step *step;
	uint64_t until_usec, tell_usec;
};
struct act_wait act_wait(const struct apply_to *to, const struct step *s, unsigned sec);
/* Tells it where it is time to. The next moment to look again: of telling, or the deadline. */
uint64_t act_tell(struct act_wait *w);
bool act_is_over(const struct act_wait *w);
