/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/*
 * What `egpu guard` did since it was started. It is no fact of a host: no collector reads it and
 * no rule judges it. Who has it hands it on to a view.
 */
struct upkeep {
	enum know know; /* of all of it; ABSENT: no guard watches here */
	bool paused;    /* it looks, and does nothing */
	uint64_t looks;
	uint64_t incidents;     /* times that the chain broke */
	uint64_t tries;         /* attempts to mend a cause */
	uint64_t tries_failed;  /* of those: the cause was still there afterwards */
	uint64_t breakers_open; /* causes that it has given up on, until a person has looked */
};
