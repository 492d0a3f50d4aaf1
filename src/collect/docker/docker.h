/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/json.h"
#include "facts/docker.h"
#include "facts/facts.h"
#include "host/host.h"

/* The parts that the collectors of the container engine are made of. */

/* daemon.json of the engine that f->docker tells of: its flavour, and rootless, decide where it is.
 */
struct docker_config docker_config(const struct facts *f, struct host *h);

/* A string below a path of keys as a value: ABSENT where there is none or it is empty. */
struct maybe_text docker_text(struct arena *a, const json_t *j, const char *from);

/* Whether that program is on disk, by its path or a bare name: flag. */
struct maybe_u64 docker_program(struct arena *a, struct host *h, const char *name);

/* Fills what is known of an engine that was asked and answered with the error r. */
void docker_silence(struct facts *f, struct host *h, int r);

/* What a container is, by its image's name and its command. */
enum container_kind container_kind(const char *image, const char *command);

/* Fills asks, asks_how and asked_devices from one inspect answer; the rest of c is there. */
void container_asks(struct arena *a, const json_t *inspect, struct container *c);
/* What else it asks for where "nvidia" is the engine's default runtime. */
void container_asks_by_default(struct arena *a, struct container *c);

/*
 * What neither the engine nor its containers alone tell. For the end of both collectors: either may
 * come first, and it is done once both are known.
 */
void docker_settle(struct facts *f);
