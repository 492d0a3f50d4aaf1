/* SPDX-License-Identifier: MIT */
/* A plan of any texts: what is shown moves no cursor, and what is printed is JSON. */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "every-step.h"
#include "view/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool what)
{
	if (!what)
		abort();
}

static void show(struct arena *a, const struct plan *p, bool verbose)
{
	char *out;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	hold(f != NULL);
	view_plan(f, a, p, verbose);
	hold(fclose(f) == 0);
	for (size_t i = 0; i < size; i++)
		hold(out[i] == '\n' || out[i] == '\t' ||
		     ((uint8_t)out[i] >= 0x20 && out[i] != 0x7f));
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	const struct bytes all = { str_ndup(&a, (const char *)p, n), n };
	struct plan *plan = hostile_plan(&a, all.data);

	next_step(plan, (struct step){ .kind = STEP_FILE,
				       .what = "",
				       .file = { .path = "/etc/x",
						 .existed = true,
						 .before = { all.data + n / 2, n - n / 2 },
						 .after = { all.data, n / 2 } } });
	show(&a, plan, false);
	show(&a, plan, true);
	json_auto_t *j = view_plan_json(&a, plan, "1");
	char *text = j ? json_dumps(j, 0) : NULL;
	hold(text != NULL);
	free(text);
	return 0;
}
