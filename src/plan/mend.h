/* SPDX-License-Identifier: MIT */
#pragma once

#include "cause/cause.h"
#include "plan/plan.h"

enum { MEND_WORDS_MAX = 32 };

/*
 * One command of a remedy's line, on its way to become steps. What egpu does
 * itself stands in the tables of these files and nowhere else: a verb, an option, a unit,
 * a module, a path that is not in them is for a person. The words hold nothing that
 * a shell would read as more than a word.
 */
struct mend {
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
bool mend_tool(struct mend *a);
bool mend_packages(struct mend *a);
bool mend_unit(struct mend *a);
bool mend_container(struct mend *a);
bool mend_enclosure(struct mend *a);

/* Whether word n is that. */
bool mend_is(const struct mend *a, size_t n, const char *word);
/* Whether a text has only letters, digits and these, and begins with one of the former. */
bool mend_plain(const char *text, const char *also);
/* "a, b and 3 more" of the running containers that hold a GPU, or of all; "" where none runs. */
const char *mend_running(const struct planner *p, bool gpu_only, unsigned *ret_count);
