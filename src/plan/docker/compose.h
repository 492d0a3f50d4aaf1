/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/docker/yaml.h"

struct planner;

/*
 * The compose files of one project, in the order in which they are merged.
 * github.com/compose-spec/compose-spec; how two files become one is in
 * 13-merge.md: mappings merge, a later scalar wins, lists append.
 */
enum { COMPOSE_FILES_MAX = 16 };

struct compose {
	struct arena *arena;
	struct yaml file[COMPOSE_FILES_MAX];
	size_t count;
	struct names env; /* "NAME=value" of the project's .env */
};

/*
 * Reads the files and dir/.env. -EINVAL: *e says "FILE:LINE: why"; else as
 * planner_read(). The caller closes it, also then.
 */
int compose_open(struct planner *p, const char *dir, const struct names *files, struct compose *ret,
		 struct err *e);
void compose_close(struct compose *c);
#define COMPOSE __attribute__((cleanup(compose_close))) struct compose

/* Is each file what a compose file may be, as far as it concerns us? -EINVAL as above. */
int compose_check(struct compose *c, struct err *e);

/*
 * The service can be told: it stands in one of the files, and does not extend
 * another. -EINVAL as above.
 */
int compose_service(struct compose *c, const char *service, struct err *e);
/* A file of it could not be followed to the end: what was told of it may be wrong. */
bool compose_gave_up(const struct compose *c);
bool compose_has(struct compose *c, const char *service);
/* Asks for a GPU: reservations, gpus, the runtime nvidia, a node or a CDI name. */
bool compose_asks(struct compose *c, const char *service);
/* Its files, not its image, set that variable. */
bool compose_sets(struct compose *c, const char *service, const char *variable);
/* "NAME=value" of those that its files set with a value of their own. */
struct names compose_environment(struct compose *c, const char *service);
/* Something of it is kept outside of the container. */
bool compose_keeps(struct compose *c, const char *service);
/* With the variables filled in; "": it names none, or that cannot be told. */
const char *compose_image(struct compose *c, const char *service);
/*
 * What of the service comes from the shell in which `docker compose` is called, and so is
 * another's under sudo: "$HOME", "~"; NULL: nothing.
 */
const char *compose_from_shell(struct compose *c, const char *service);
/* The value of a variable in .env, or NULL. */
const char *compose_env(const struct compose *c, const char *name);

/*
 * A value with its ${VAR:-default} filled in from .env. *missing is the first
 * variable that has no value there and no default, else left alone.
 */
const char *compose_fill(struct compose *c, const char *text, const char **missing);
