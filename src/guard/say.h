/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/incident.h"

/*
 * One message about an incident as it stands: what it was, what was done, and where something is
 * left, what a person can do, as a line to be pasted. Clean.
 */
const char *incident_say(struct arena *a, const struct incident *i, const struct want_guard *w);
/* How urgent, as syslog(3) counts: 2 critical, 3 error, 4 warning, 5 notice, 6 information. */
int incident_priority(const struct incident *i);
