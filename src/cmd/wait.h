/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/look.h"
#include "facts/ready.h"

/* Exit statuses, as egpu-wait(1) has them. */
enum { WAITED_READY = 0, WAITED_TIMEOUT = 1, WAITED_BROKEN = 2, WAITED_ABSENT = 4 };

struct wait_for {
	const char *gpu; /* as struct want has it; NULL: as /etc/egpu.conf says */
	enum ready_for what;
	uint64_t timeout_sec;
};

/* What came of it, one clause; "" where it is ready. Both live in the caller's arena. */
struct waited {
	const char *why;
	const char *cause; /* id of the chain's root cause, which `why` tells then; "": not known */
};

/*
 * Blocks until the GPU has come that far, by events; one of the statuses above. Where it has not,
 * the chain is judged to say why. Negative errno: devices cannot be listened to.
 */
int wait_for_gpu(struct env *env, struct arena *a, const struct wait_for *what, struct waited *ret,
		 struct err *e);
