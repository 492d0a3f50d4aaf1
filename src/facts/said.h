/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts/value.h"

enum log_kind {
	LOG_KERNEL, /* of this boot */
	LOG_SERVER, /* of an Ollama, since its start */
	LOG_ENGINE, /* what the engine says of a container that does not run */
};

const char *log_kind_name(enum log_kind k); /* "kernel" */

/* A cause that a log gives away. */
struct log_sign {
	const char *cause; /* its id */
	enum log_kind kind;
	const char *from;    /* "kernel-log:boot" */
	const char *subject; /* the container or unit whose log it is; "": the host's */
	const char *line;    /* clean, at most 400 bytes */
	uint64_t sure;       /* percent, at least LOG_SURE_LEAST */
	bool past;           /* the log shows it to be of an earlier boot */
	bool follows;        /* from another cause that the same log gives away */
};

enum { LOG_SIGNS_MAX = 64, LOG_SURE_LEAST = 40 };

/* What the logs give away. */
struct log_signs {
	struct log_sign *sign;
	size_t sign_count;
	const struct book *book; /* the collectors' own */
};

extern const struct shape shape_said;
