/* SPDX-License-Identifier: MIT */
#include "facts/facts.h"

const struct shape shape_facts = { 0 };
