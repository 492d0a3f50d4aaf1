/* SPDX-License-Identifier: MIT */
/*
 * An HTTP answer, and the log stream that its body may be. The first byte says how it is split;
 * whatever the split, the answer has to be the same.
 */
#include <stdlib.h>

#include "base/http.h"
#include "host/docker/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int read_pieces(struct http_answer *h, struct bytes all, size_t piece)
{
	int r = 0;

	while (r == 0 && all.size && h->state != HTTP_DONE) {
		struct bytes part = { all.data, all.size < piece ? all.size : piece };
		size_t had = part.size;
		r = http_feed(h, &part, NULL);
		all.data += had - part.size;
		all.size -= had - part.size;
	}
	return r < 0 ? r : http_end(h, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct http_answer whole = { .arena = &arena, .body_max = 4096 };

	if (n == 0)
		return 0;
	whole.cut = p[0] & 1;
	struct http_answer split = whole;
	struct bytes in = { (const char *)p + 1, n - 1 };
	int r = read_pieces(&whole, in, SIZE_MAX);
	if (r != read_pieces(&split, in, 1 + p[0] / 2))
		abort();
	if (r == 0 && (whole.status != split.status || whole.whole != split.whole ||
		       whole.body.size != split.body.size || whole.body.size > 4096))
		abort();
	docker_log_stream(&arena, whole.body.data ? whole.body : bytes_of(""), p[0] & 2);
	docker_log_stream(&arena, in, p[0] & 2);
	return 0;
}
