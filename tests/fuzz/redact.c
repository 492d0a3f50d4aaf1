/* SPDX-License-Identifier: MIT */
/* Redaction: no bytes harm, and JSON stays JSON. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "recording/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool is_json(struct bytes b)
{
	json_t *j = json_loadb(b.data, b.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	json_decref(j);
	return j != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	struct redactor *r = redactor_new();
	/* A copy without the NUL that bytes usually have: nothing may rely on it. */
	struct bytes in = { (const char *)p, n };

	redactor_learn(r, REDACT_HOST, "tower");
	redactor_learn(r, REDACT_USER, "anna");
	redactor_learn(r, REDACT_UUID, "0123456789abcdef0123456789abcdef");
	struct bytes out = redact(r, &a, in);
	if (is_json(in) && !is_json(out))
		abort();
	redact_file(r, &a, "/proc/net/tcp6", in);
	redactor_free(r);
	return 0;
}
