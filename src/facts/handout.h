/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"

/* How the container engine hands out the GPU, as far as rules and plans both ask. */

/* An Ollama of the host itself: then the engine need not hand it out. */
bool handout_is_native(const struct facts *f);
/* An enclosure is connected now, or was once. */
bool handout_may_come(const struct thunderbolt *t);
/* The toolkit's hook puts the nodes in, and neither engine nor systemd know of them. */
bool handout_by_hook(const struct facts *f, const struct container *c);
/* dockerd ends where a directive, as hosts, stands both in daemon.json and on its command line. */
bool handout_hosts_twice(const struct facts *f);
/* It can open every node that it was asked about, and there was one. */
bool container_opens_all(const struct container *c);
/* One of its nodes was asked about, and whether it opens could not be read. */
bool handout_is_unread(const struct container *c);
/* Not by a CDI name or by plain nodes alone: these need no runtime and no hook. */
bool handout_by_toolkit(const struct container *c);
/*
 * CDI specifications serve all that ask: none goes by the runtime, or by
 * `--gpus` in a Docker before 29.2. Whether there is one is not asked here.
 */
bool handout_cdi_serves(const struct docker *d);
/*
 * The toolkit's hook, which dockerd looks for as it starts, serves all that
 * ask: they say `--gpus` and none was refused for want of it.
 */
bool handout_hook_serves(const struct docker *d);
/* A node that is made when something asks for it, and that no CUDA program needs. */
bool handout_is_on_demand(const char *node);
/* As far as the unit's command line tells, runtimes and defaults are those of /etc/docker alone. */
bool handout_file_rules(const struct unit *docker);
