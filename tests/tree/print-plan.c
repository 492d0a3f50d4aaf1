/* SPDX-License-Identifier: MIT */
/* usage: print-plan every|nothing|hostile     that plan as JSON, to be held against its schema */
#include <stdio.h>

#include "every-step.h"
#include "view/plan.h"

int main(int argc, char *argv[])
{
	ARENA a = { 0 };
	struct plan *nothing = arena_alloc(&a, sizeof(*nothing));
	const char *which = argc > 1 ? argv[1] : "";
	json_auto_t *j = view_plan_json(&a,
					str_eq(which, "every") ? every_step(&a)
					: str_eq(which, "hostile")
					    ? hostile_plan(&a, "\033[2J\xff\n\t\xc2\x9b\r\nb")
					    : nothing,
					EGPU_VERSION);

	return !j || json_dumpf(j, stdout, JSON_INDENT(2)) < 0;
}
