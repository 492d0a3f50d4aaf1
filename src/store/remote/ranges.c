/* SPDX-License-Identifier: MIT */
#include "store/remote/ranges.h"

#include <errno.h>

#include "store/remote/url.h"

enum { GGUF_SHORTEST = 24 /* magic, version, two counts */ };

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The size that the answer tells must be the one that was told before. */
static int take_size(struct ranges *r, struct err *e)
{
	uint64_t total = r->fetch->answer.total;

	if (total == UINT64_MAX || total == r->in.size)
		return 0;
	if (r->in.size != UINT64_MAX)
		return err_say(
		    e, -EPROTO, "%s: it has %llu bytes now, and had %llu: did it change meanwhile?",
		    r->in.name, (unsigned long long)total, (unsigned long long)r->in.size);
	r->in.size = total;
	return 0;
}

static int ask(struct ranges *r, uint64_t begin, uint64_t end, struct err *e)
{
	if (r->questions++ == RANGES_QUESTIONS_MAX)
		return err_say(e, -EPROTO, "%s: the server sends it in crumbs", r->in.name);
	r->question.begin = begin;
	r->question.end = min_u64(end, r->in.size);
	int code = fetch_ask(r->fetch, &r->question, e);
	return code < 0 ? code : take_size(r, e);
}

/* The window's bytes before that offset are needed no more. */
static void drop_until(struct ranges *r, uint64_t at)
{
	uint64_t bytes = min_u64(at - r->at, r->fetch->size);

	fetch_drop(r->fetch, (size_t)bytes);
	r->at += bytes;
}

/* The answer that is coming in has more of the file. */
static bool goes_on(const struct fetch *f)
{
	return f->open && !f->done;
}

/* Reads past what is not wanted, where the answer that is coming in has it anyway. */
static int skip_until(struct ranges *r, uint64_t at, struct err *e)
{
	drop_until(r, at);
	while (r->at < at && goes_on(r->fetch)) {
		uint64_t bytes = min_u64(at - r->at, 1 << 20);
		int code = fetch_more(r->fetch, (size_t)bytes, e);
		if (code < 0)
			return code;
		drop_until(r, at);
	}
	return 0;
}

/* More behind what is in the window, from the answer that is coming in or from another. */
static int more(struct ranges *r, uint64_t at, uint64_t want, uint64_t until, struct err *e)
{
	struct fetch *f = r->fetch;

	if (goes_on(f))
		return fetch_more(f, (size_t)want, e);
	if (f->answer.whole) {
		r->in.size = r->at + f->size;
		return 0;
	}
	if (f->size == 0)
		r->at = at;
	return ask(r, r->at + f->size, until, e);
}

static int take(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		struct bytes *ret, struct err *e)
{
	struct ranges *r = (struct ranges *)in;
	struct fetch *f = r->fetch;

	if (at < r->at || want > FETCH_TEXT_MAX)
		return err_set(e, -EINVAL, "%s: read backwards or too much at once", in->name);
	if (at > RANGES_HEADER_MAX - want)
		return err_say(e, -EFBIG, "%s: its header does not end within %d MiB", in->name,
			       RANGES_HEADER_MAX >> 20);
	/* What is sure, and a little: what is not of the header is not fetched. */
	uint64_t reach = min_u64(surely, RANGES_HEADER_MAX) + GGUF_AHEAD;
	uint64_t until = at + (reach > want ? reach : want);
	int code = skip_until(r, at, e);

	while (code == 0 && (r->at < at || f->size < want) &&
	       (f->size ? r->at + f->size : at) < in->size)
		code = more(r, at, want, until, e);
	if (code < 0)
		return code;
	*ret = (struct bytes){ f->data + f->start, f->size };
	return 0;
}

int ranges_open(struct ranges *r, struct fetch *f, const char *url, bool with_token, struct err *e)
{
	*r = (struct ranges){
		.in = { .name = url_shown(f->arena, url), .size = UINT64_MAX, .take = take },
		.fetch = f,
		.question = { .url = url, .with_token = with_token },
	};
	fetch_drop(f, f->size);
	return ask(r, 0, GGUF_SHORTEST + GGUF_AHEAD, e);
}
