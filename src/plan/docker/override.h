/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/docker/compose.h"
#include "plan/docker/docker.h"

/* What our override file says of one service. */
struct override_part {
	const char *service;
	bool reserves;    /* the GPU */
	struct names env; /* "NAME=value" */
};

/* The file's text; `of` is the file that it stands beside. "": no part says anything. */
const char *override_text(struct arena *a, const char *of, enum gpu_way way,
			  const struct override_part *part, size_t count);
/* Was it written here? By its first line. */
bool override_is_ours(struct bytes text);
