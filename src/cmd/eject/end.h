/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/carry.h"
#include "plan/eject.h"

/* Exit statuses of `egpu eject`. */
enum { EJECT_SAFE, EJECT_NOT_SAFE, EJECT_NO_GPU = 4 };

/* Whose cable it is, as it may be shown. */
const char *eject_title(const struct facts *f);
/* Says whether the cable may be pulled; with --json on stderr, since the plan alone stands on
 * stdout. f: what the plan was made of. The exit status. */
int eject_tell(const struct carry *c, const struct facts *f, const struct eject_end *end);
/* A second look, at nothing that a driver which hangs could hold up, and that told. */
int eject_prove(const struct carry *c, struct env *env, const struct facts *f, struct err *e);
