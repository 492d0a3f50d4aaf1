/* SPDX-License-Identifier: MIT */
#pragma once

#include "sign/line.h"

/*
 * A line of JSON that some logger wrote, from l->message to the end: what it
 * says takes its place, as the logger would write it as text. {"log"}, {"MESSAGE"},
 * {"message"} and {"error"} say their text, {"msg"} with all that stands beside
 * it as "level=info msg=... error=...". Its time is read where none is known.
 * Not yet plain: it may hold any byte but NUL. False: no such JSON, nothing
 * is changed.
 */
bool unpack_json(struct line *l);
