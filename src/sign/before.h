/* SPDX-License-Identifier: MIT */
#pragma once

#include "sign/line.h"

/*
 * What loggers, mails and tools put before a message, from l->message on: moves
 * l->message behind it, clears l->bare where there is any, and sets l->clock and
 * l->usec where they are not known yet. l->text is NUL-terminated and stays.
 */
void before_message(struct line *l);

/*
 * The same for `"MESSAGE" : "`: JSON over several lines, or one that was cut.
 * False: there is none.
 */
bool before_member(struct line *l);

/* "> > " and blanks of a mail at the start of a text: their size. */
size_t before_quotes(struct bytes text);
