/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "collect/docker/ollama-log.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	struct ollama_log log = ollama_log_parse(&a, (struct bytes){ (const char *)p, n }, "fuzz");
	ollama_found(&log);
	return 0;
}
