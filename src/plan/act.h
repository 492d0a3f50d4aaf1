/* SPDX-License-Identifier: MIT */
#pragma once

#include "cause/cause.h"
#include "plan/plan.h"

enum { ACT_WORDS_MAX = 32 };

/*
 * One command of a remedy's line, on its way to become steps. What egpu does
 * itself stands in the tables of these files and nowhere else: a verb, an option, a unit,
 * a module, a path that is not in them is for a person. The words hold nothing that
 * a shell would read as more than a word.
 */
struct act {
	struct planner *p;
	struct names word;   /* without sudo; at least one */
	const char *line;    /* the command as it is pasted */
	bool installs;       /* packages are installed by a step before */
	const char *why_not; /* out: it is known, but cannot be done here; one clause */
};

/*
 * True: the steps that it stands for were added (none where nothing is left to do). False:
 * nothing was added that the caller may keep; not known, or why_not says more.
 */
bool act_tool(struct act *a);
bool act_packages(struct act *a);
bool act_unit(struct act *a);
bool act_container(struct act *a);
bool act_enclosure(struct act *a);

/* Whether word n is that. */
bool act_is(const struct act *a, size_t n, const char *word);
/* Whether a text has only letters, digits and these, and begins with one of the former. */
bool act_plain(const char *text, const char *also);
/* "a, b and 3 more" of the running containers that hold a GPU, or of all; "" where none runs. */
const char *act_running(const struct planner *p, bool gpu_only);
