/* SPDX-License-Identifier: MIT */
#include "facts/gate.h"

struct gate gate_of(const struct facts *f)
{
	(void)f;
	return (struct gate){ .why = "not judged yet" };
}
