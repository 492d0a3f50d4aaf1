/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "facts/timeline/timeline.h"
#include "host/host.h"

/*
 * The moments of this boot, and the races among them. f: after the collectors of machine,
 * thunderbolt, pci, the driver, services, docker and containers; the rest of it is not needed. What
 * is asked beside what they asked: the kernel log again, boltd's devices, the times of units, of
 * device nodes, and the logs of Ollama. Neither the driver nor a container is touched. In f's
 * arena.
 */
void collect_timeline(const struct facts *f, struct host *h, struct timeline *ret);
