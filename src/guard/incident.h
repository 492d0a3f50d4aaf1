/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/deed.h"
#include "guard/sight.h"

/* What became of an incident. */
enum outcome {
	OUTCOME_OPEN,
	OUTCOME_MENDED,   /* done, and seen to be whole after */
	OUTCOME_UNPROVEN, /* done, and it cannot be seen whether it helped */
	OUTCOME_BY_ITSELF,
	OUTCOME_STOPPED, /* the GPU is gone, who used it is stopped; it waits for a person */
	OUTCOME_LEFT,    /* for a person: nothing may be done, or acting is switched off */
	OUTCOME_GAVE_UP, /* the budget is spent */
};
const char *outcome_name(enum outcome o); /* "mended" */

/* One trouble, from when it was seen until it is over. Times as struct budget_try. */
struct incident {
	char cause[SIGHT_NAME], subject[SIGHT_NAME], text[SIGHT_TEXT];
	enum deed deed;
	enum outcome outcome;
	bool told;      /* once somebody was told how it stands */
	unsigned tries; /* acts, of all whom it is about */
	unsigned done;  /* those of them that succeeded */
	int64_t since_usec, acted_usec, over_usec;
	int64_t act_took_usec;   /* of all acts together */
	uint64_t done_stamp;     /* the line of a log that was acted on */
	char failed[SIGHT_TEXT]; /* why the last act did not succeed; "" */
};

enum { INCIDENTS_MAX = TROUBLES_MAX };
