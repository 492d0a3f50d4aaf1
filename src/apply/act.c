/* SPDX-License-Identifier: MIT */
#include "apply/act.h"

#include <errno.h>

#include "base/clock.h"

struct act_wait act_wait(const struct apply_to *to, const struct step *s, unsigned sec)
{
	uint64_t now = clock_usec();
	return (struct act_wait){ to, s, now + sec * UINT64_C(1000000), now + ACT_TELL_USEC };
}

uint64_t act_tell(struct act_wait *w)
{
	uint64_t now = clock_usec();

	if (now >= w->tell_usec) {
		w->tell_usec = now + ACT_TELL_USEC;
		if (w->to->tell)
			w->to->tell(w->to->data, w->step, true);
	}
	return w->tell_usec < w->until_usec ? w->tell_usec : w->until_usec;
}

bool act_is_over(const struct act_wait *w)
{
	return clock_usec() >= w->until_usec;
}

int apply_act(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	if (to->files_only)
		return err_say(e, -ENOTSUP, "%s: not done, since only files are written here",
			       s->what);
	switch (s->kind) {
	case STEP_RUN:
	case STEP_PACKAGES:
		return apply_run(to, a, s, e);
	case STEP_UNIT:
		return apply_unit(to, a, s, e);
	case STEP_ENCLOSURE:
		return apply_enclosure(to, a, s, e);
	case STEP_CONTAINER:
		return apply_container(to, a, s, e);
	case STEP_PROCESS:
		return apply_process(to, a, s, e);
	case STEP_DEVICE:
		return apply_device(to, a, s, e);
	case STEP_FILE:
	case STEP_PERSON:
		break;
	}
	return err_say(e, -ENOTSUP, "%s: nothing that can be run", s->what);
}
