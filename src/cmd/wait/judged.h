/* SPDX-License-Identifier: MIT */
#pragma once

#include "collect/collect.h"
#include "facts/ready.h"
#include "rules/chain.h"

/*
 * What stands in the way of a GPU that is waited for: the root of the chain's breaks, from what the
 * look has learned and from what else can be read or asked without harm. Neither Docker, Ollama nor
 * a unit is asked: they may be waiting for us, and who connects to a socket that systemd holds for
 * such a one would wait for himself. What was not looked at stays unknown. Once it is over, NVML is
 * asked too where CUDA had no good answer. NULL: nothing is known to be broken that `what` hangs
 * on: a kernel without nvidia keeps no GPU from the bus. Lives in f's arena.
 */
const struct finding *wait_root(struct facts *f, struct host *h, enum ready_for what, bool over);

/* Whether this break stays whatever comes: a GPU that nvidia cannot take will not be taken later.
 */
bool wait_is_hopeless(const struct finding *root);
