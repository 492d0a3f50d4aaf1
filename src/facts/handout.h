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
