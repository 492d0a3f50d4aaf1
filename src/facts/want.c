/* SPDX-License-Identifier: MIT */
#include "facts/want.h"

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
