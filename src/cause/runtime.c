/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

const struct cause causes_runtime[] = {
	{ 0 },
};
