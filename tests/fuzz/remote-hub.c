/* SPDX-License-Identifier: MIT */
/* A repository's listing: what is picked of it leads nowhere else, and what is said can be shown.
 */
#include <stdlib.h>
#include <string.h>

#include "store/remote/hub.h"
#include "store/remote/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool good)
{
	if (!good)
		abort();
}

static void choose(struct arena *a, struct bytes text, const char *quant)
{
	const struct place place = { .name = "hf.co/o/r", .quant = quant };
	struct hub_choice c = { 0 };
	struct err e = { 0 };

	if (hub_choose(a, text, &place, &c, &e) < 0) {
		hold(!c.model && !c.projector);
		for (const char *s = e.text; *s; s++)
			hold((unsigned char)*s >= ' ' && *s != 0x7f);
		return;
	}
	hold(url_path_safe(c.model) && (!c.projector || url_path_safe(c.projector)));
	hold(url_check(arena_printf(a, "https://h/%s", url_path(a, c.model)), &e) == 0 ||
	     strlen(c.model) > URL_MAX / 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct bytes text = { str_ndup(&arena, (const char *)p, n), n };

	choose(&arena, text, NULL);
	choose(&arena, text, "Q8_0");
	return 0;
}
