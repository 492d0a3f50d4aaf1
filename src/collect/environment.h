/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

#include "base/str.h"

/*
 * The environment of a container or a service: of its variables only those that tell of the GPU, of
 * its servers and of who may reach them; the rest is not our business. Of a secret only that it is
 * set, "LITELLM_MASTER_KEY=(set)". What is over 64 variables or 200 bytes of one is cut off.
 */
struct names environment_new(struct arena *a);
/* "NAME=value", in place of one that is there; a variable that is none of these is passed over. */
void environment_put(struct arena *a, struct names *to, const char *text);
/* The same of a JSON array of them. */
void environment_put_all(struct arena *a, struct names *to, const json_t *all);
/* The same of a file in the form of systemd.exec(5), EnvironmentFile=. */
void environment_put_file(struct arena *a, struct names *to, struct bytes text);
