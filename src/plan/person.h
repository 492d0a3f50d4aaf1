/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/* Lines of a remedy that egpu does not carry out, read for a person. */

/* A line that shows something and changes nothing: `dmesg | grep NVRM`, `boltctl list`. */
bool person_looks(const char *line);
/* One sentence for a line that a person runs: "reboot", "let your user talk to Docker". */
const char *person_sentence(const char *line);
/* A comment that only goes with what follows, and asks nobody to do anything first. */
bool person_remark(const char *comment);
/*
 * Comments are written in lines of at most some 75 characters: whether the second one is the rest
 * of the first one's sentence.
 */
bool person_goes_on(const char *comment, const char *next);
/* What a person does there, told by its words. */
enum step_when person_when(const char *sentence);
