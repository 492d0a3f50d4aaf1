/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* A systemd unit. org.freedesktop.systemd1(5). */
struct unit {
	const char *name;
	enum know know;         /* ABSENT: systemd has no such unit */
	const char *load;       /* loaded not-found masked error bad-setting */
	const char *active;     /* active inactive failed activating deactivating reloading */
	const char *sub;        /* running exited dead failed auto-restart ... */
	const char *file_state; /* enabled disabled static masked ... */
	const char *result;     /* of one that failed or is on its way: success exit-code
				   start-limit-hit timeout signal ... */
	const char *exec_start; /* the command line, words joined by blanks */
	struct names listen;    /* of a socket: "/run/docker.sock", "0.0.0.0:2375", "[::]:2375" */
	/* Who starts it, of one that is not enabled: targets, and devices through udev's rules. */
	struct names wanted_by;
	uint64_t restarts; /* of one that failed or is on its way */
	/* Of ollama.service, as that of a container; empty where a file of it could not be read. */
	struct names environment;
	uint64_t active_since_usec; /* wall clock, 0 when not active */
};

struct services {
	enum know know; /* ABSENT: systemd does not run here */
	struct unit *unit;
	size_t unit_count;
	/* Flag: a rule of udev's starts nvidia-persistenced. Looked for only where it runs and
	 * systemd knows nothing that starts it. */
	struct maybe_u64 udev_starts;
};

extern const struct shape shape_services;

/* NULL: not asked, or ABSENT. */
const struct unit *services_unit(const struct services *s, const char *name);
/* Whether it is known if there is such a unit: KNOWN, ABSENT, or why it is not. */
enum know services_know(const struct services *s, const char *name);
/* Whether systemd answered that it has no such unit. */
bool services_lack(const struct services *s, const char *name);
/* Disabled or masked, as its file says. */
bool unit_is_off(const struct unit *u);
/* Nobody enabled it, and no target or device that systemd knows starts it either. */
bool unit_starts_by_hand(const struct unit *u);
/*
 * Whether systemd gave up starting it. Result is start-limit-hit only where nothing else had gone
 * wrong before: systemd keeps the first reason, mostly exit-code. But a unit that systemd restarts
 * of its own ends as failed only by that limit. systemd 252, service_enter_dead().
 */
bool unit_gave_up(const struct unit *u);
