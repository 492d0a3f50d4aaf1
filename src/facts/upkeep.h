/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/*
 * What `egpu guard` did on this host, over all its starts. It is no fact of a host: no collector
 * reads it and no rule judges it. Who has it hands it on to a view.
 */
struct upkeep {
	enum know know; /* of all of it; ABSENT: none ever ran here */
	bool paused;    /* it looks, and does nothing */
	uint64_t looks;
	uint64_t incidents;     /* that it told of */
	uint64_t tries;         /* attempts to mend a cause */
	uint64_t tries_failed;  /* of those: the deed itself failed */
	uint64_t breakers_open; /* given up, until seen whole or told to try again */
};
