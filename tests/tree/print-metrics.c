/* SPDX-License-Identifier: MIT */
/* The names of all metrics, one a line. */
#include "view/metrics.h"

int main(void)
{
	ARENA arena = { 0 };
	const char *name;

	for (size_t i = 0; (name = metrics_name(&arena, i)); i++)
		puts(name);
	return 0;
}
