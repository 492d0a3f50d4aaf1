/* SPDX-License-Identifier: MIT */
#pragma once

#include "host/sources.h"

/*
 * Questions that are answered before they are asked. The questions of one errand go to one source,
 * one after the other, on a thread of their own; whoever asks one of them waits for that answer.
 * The first that fails ends it, since who was silent once costs a deadline each time: what is left
 * is answered when it is asked. Only "there is no such thing" (-ENOENT) is no such failure.
 */
struct errand;

void ahead_send(struct live *l, enum source who, const struct names *questions);
/* True: the answer came on an errand, and *ret_code is what live_answer() would have returned. */
bool ahead_take(struct live *l, struct arena *a, enum source who, const char *question,
		struct bytes *ret, struct err *e, int *ret_code);
/* Waits for those that are out, each until its deadline. */
void ahead_end(struct live *l);
