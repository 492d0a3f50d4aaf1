/* SPDX-License-Identifier: MIT */
/* state.json: no bytes harm, no try is of the future, and what was taken is written back the same.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "watch/kept-json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct keep_now now = { 1000000000, 1700000000000000,
				     "0123456789abcdef0123456789abcdef" };

static void check_text(const char *s, size_t size)
{
	if (strnlen(s, size) == size)
		abort();
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			abort();
}

static void check(const struct guard_kept *k)
{
	if (k->budget.try_count > TRIES_MAX || k->budget.breaker_count > BREAKERS_MAX ||
	    k->parked_count > WORKERS_MAX)
		abort();
	for (size_t i = 0; i < k->budget.try_count; i++) {
		check_text(k->budget.tries[i].on, sizeof(k->budget.tries[i].on));
		if (k->budget.tries[i].usec > now.boot_usec)
			abort();
	}
	for (size_t i = 0; i < k->budget.breaker_count; i++)
		check_text(k->budget.breaker[i].on, sizeof(k->budget.breaker[i].on));
	for (size_t i = 0; i < k->parked_count; i++)
		check_text(k->parked[i].name, sizeof(k->parked[i].name));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct guard_kept once, twice;
	ARENA a = { 0 };
	struct err e = { 0 };
	char *text = str_ndup(&a, (const char *)p, n);

	memset(&once, 0, sizeof(once));
	memset(&twice, 0, sizeof(twice));
	int r = kept_parse((struct bytes){ text, n }, &now, &once, &e);
	if (r < 0) {
		if (r != -EINVAL || !*e.text)
			abort();
		return 0;
	}
	check(&once);
	const char *again = kept_text(&a, &now, &once);
	if (kept_parse(bytes_of(again), &now, &twice, NULL) < 0 ||
	    memcmp(&once, &twice, sizeof(once)) != 0)
		abort();
	return 0;
}
