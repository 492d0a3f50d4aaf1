/* SPDX-License-Identifier: MIT */
#include "guard/say.h"

#include <string.h>

static const char *done_by(enum deed d)
{
	static const char *const words[] = { "left alone", "left alone", "stopped",   "mended",
					     "reset",      "started",    "restarted", "made anew" };
	return words[d];
}

static const char *seconds(struct arena *a, int64_t usec)
{
	return arena_printf(a, "%.1f s", (double)usec / 1e6);
}

static const char *counted(struct arena *a, uint64_t n, const char *one, const char *many)
{
	return arena_printf(a, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

static const char *times(struct arena *a, unsigned n)
{
	return n == 1 ? "once" : arena_printf(a, "%u times", n);
}

static const char *mended(struct arena *a, const struct incident *i, bool proven)
{
	const char *took = seconds(a, i->over_usec - i->since_usec);

	if (i->deed == DEED_STOP)
		return arena_printf(a, "The GPU is back, and so is who uses it (%s: %s).", i->cause,
				    i->text);
	if (!*i->subject)
		return arena_printf(a, "Mended after %s: %s (%s).", took, i->text, i->cause);
	if (!proven)
		return arena_printf(a,
				    "%s was %s, and whether it computes on the GPU now cannot be "
				    "seen; it was: %s (%s). To look: egpu check",
				    i->subject, done_by(i->deed), i->text, i->cause);
	return arena_printf(a, "%s was %s %s and works again after %s; it was: %s (%s).",
			    i->subject, done_by(i->deed), times(a, i->tries), took, i->text,
			    i->cause);
}

static const char *gave_up(struct arena *a, const struct incident *i, const struct want_guard *w)
{
	bool named = !*i->subject || str_starts(i->text, i->subject);

	return arena_printf(a,
			    "%s%s%s (%s). %s in %s did not help%s%s, so nothing "
			    "more is done. Why: egpu explain %s. To have it tried again: sudo egpu "
			    "guard --resume",
			    named ? "" : i->subject, named ? "" : ": ", i->text, i->cause,
			    counted(a, w->tries, "try", "tries"),
			    counted(a, w->window_sec / 60, "minute", "minutes"),
			    *i->failed ? ", the last one for: " : "", i->failed, i->cause);
}

static const char *stopped(struct arena *a, const struct incident *i)
{
	const char *who =
	    i->done ? arena_printf(a, "%s that used it %s again when it is back",
				   counted(a, i->done, "program", "programs"),
				   i->done == 1 ? "is stopped and starts" : "are stopped and start")
		    : "nothing that used it runs";

	return arena_printf(a, "The GPU is gone: %s (%s); %s. What to do: egpu explain %s", i->text,
			    i->cause, who, i->cause);
}

static const char *say(struct arena *a, const struct incident *i, const struct want_guard *w)
{
	switch (i->outcome) {
	case OUTCOME_MENDED:
	case OUTCOME_UNPROVEN:
		return mended(a, i, i->outcome == OUTCOME_MENDED);
	case OUTCOME_BY_ITSELF:
		return arena_printf(a, "Over by itself: %s (%s).", i->text, i->cause);
	case OUTCOME_STOPPED:
		return stopped(a, i);
	case OUTCOME_GAVE_UP:
		return gave_up(a, i, w);
	case OUTCOME_OPEN:
	case OUTCOME_LEFT:
		break;
	}
	return arena_printf(a, "%s (%s). To mend it: sudo egpu fix %s", i->text, i->cause,
			    i->cause);
}

/* Why a deed failed is in the words of whoever failed. */
const char *incident_say(struct arena *a, const struct incident *i, const struct want_guard *w)
{
	const char *text = say(a, i, w);

	return str_clean(a, text, strlen(text), strlen(text));
}

int incident_priority(const struct incident *i)
{
	switch (i->outcome) {
	case OUTCOME_STOPPED:
	case OUTCOME_GAVE_UP:
		return 2;
	case OUTCOME_LEFT:
		return 3;
	case OUTCOME_UNPROVEN:
		return 4;
	case OUTCOME_MENDED:
		return 5;
	case OUTCOME_OPEN:
	case OUTCOME_BY_ITSELF:
		break;
	}
	return 6;
}
