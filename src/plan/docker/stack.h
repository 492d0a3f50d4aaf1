/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/docker/override.h"
#include "plan/docker/project.h"

/* One compose project on its way to the GPU. */
struct stack {
	struct planner *planner;
	enum gpu_way way;
	struct project project;
	struct compose theirs, ours; /* ours.count 0: there is none yet */
	struct override_part *part;
	size_t part_count;
	bool has_ours; /* when the plan is done */
};

void stack_close(struct stack *s);
#define STACK __attribute__((cleanup(stack_close))) struct stack

/* "NAME=value" of what this Ollama shall have and what neither its file nor its image sets. */
struct names stack_ollama(struct stack *s, const struct container *c);
/* Adds the step that makes those containers anew that are not as the files say now. */
void stack_recreate(struct stack *s, const struct container *first);
