/* SPDX-License-Identifier: MIT */
#include "facts/want.h"

#include <ctype.h>
#include <string.h>

struct want want_default(void)
{
	return (struct want){
		.gpu = "external",
		.early = WISH_YES,
		.persistence = WISH_YES,
		.suspend = WISH_KEEP,
		.order = WISH_YES,
		.policy = "auto",
		.enclosure = "",
		.runtime = RUNTIME_AUTO,
		.reload = RELOAD_AUTO,
		.override = WISH_YES,
		.project = "",
		.ollama = { "true", "q8_0", "1", "10m" },
		.error = "",
	};
}

/* [0000:]22:00.0 */
static bool is_bdf(const char *s)
{
	const char *form = strlen(s) == 7 ? "xx:xx.d" : "xxxx:xx:xx.d";
	if (strlen(s) != strlen(form))
		return false;
	for (; *s; s++, form++) {
		bool fits = *form == 'x'   ? isxdigit((unsigned char)*s)
			    : *form == 'd' ? *s >= '0' && *s <= '7'
					   : *s == *form;
		if (!fits)
			return false;
	}
	return true;
}

bool want_takes_gpu(const char *text)
{
	return str_eq(text, "external") || str_eq(text, "any") || is_bdf(text);
}
