/* SPDX-License-Identifier: MIT */
/* A name of a model far away, and a server's Content-Range: what is asked for is an address that is
 * taken, below the base it is for. */
#include <stdlib.h>
#include <string.h>

#include "store/remote/fetch.h"
#include "store/remote/places.h"
#include "store/remote/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool good)
{
	if (!good)
		abort();
}

static void shown(const char *s)
{
	for (; *s; s++)
		hold((unsigned char)*s >= ' ' && *s != 0x7f);
}

static void place(struct arena *a, const char *text)
{
	const struct remote r = { .hf_base = "https://mirror.example" };
	struct place at = { 0 };
	struct err e = { 0 };

	if (remote_place(a, text, &r, &at, &e) < 0) {
		shown(e.text);
		return;
	}
	shown(at.name);
	hold(url_check(at.url, &e) == 0 || strlen(at.url) > URL_MAX);
	if (!at.base)
		return;
	hold(str_eq(at.base, r.hf_base) && str_starts(at.url, "https://mirror.example/") &&
	     str_starts(at.below, at.page));
	hold(!strstr(at.url, "/../") && !strstr(at.url, "//mirror.example//"));
}

static void range(const char *text)
{
	uint64_t begin, end, total;

	if (content_range(text, &begin, &end, &total))
		hold(begin < end && end <= total);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	const char *text = str_ndup(&arena, (const char *)p, n);

	place(&arena, text);
	range(text);
	shown(url_shown(&arena, text));
	shown(url_file(&arena, text));
	return 0;
}
