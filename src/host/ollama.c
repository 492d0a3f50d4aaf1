/* SPDX-License-Identifier: MIT */
/* Ollama's own API, by a literal address: "127.0.0.1:11434/api/version". Ollama: docs/api.md. */
#include <errno.h>
#include <string.h>

#include "base/http.h"
#include "host/sources.h"

enum { ANSWER_MAX = 1 << 20, DEADLINE_USEC = 500000 };

struct place {
	const char
	    *host; /* "127.0.0.1:11434"; Ollama refuses a Host header that is a foreign name */
	const char *address; /* without port and brackets */
	uint64_t port;
	const char *path;
};

static int parse(struct arena *a, const char *question, struct place *ret, struct err *e)
{
	const char *path = strchr(question, '/');
	const char *host = path ? str_ndup(a, question, (size_t)(path - question)) : "";
	const char *colon = strrchr(host, ':');
	uint64_t port;

	if (!path || !colon || !str_u64(colon + 1, 10, 65535, &port) || port == 0)
		return err_set(e, -EINVAL, "%s: not ADDRESS:PORT/PATH", question);
	const char *address = str_ndup(a, host, (size_t)(colon - host));
	if (*address == '[' && str_ends(address, "]"))
		address = str_ndup(a, address + 1, strlen(address) - 2);
	*ret = (struct place){ host, address, port, path };
	return 0;
}

static int ask(struct http *c, const struct place *p, struct http_answer *h, struct err *e)
{
	uint64_t until = http_until(DEADLINE_USEC);
	int r = http_open_tcp(c, p->address, (uint16_t)p->port, until, e);

	if (r == 0)
		r = http_send(c, p->host, p->path, until, e);
	return r == 0 ? http_receive(c, h, until, e) : r;
}

int ollama_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	       struct err *e)
{
	ARENA scratch = { 0 };
	struct http_answer h = { .arena = a, .body_max = ANSWER_MAX };
	struct http line = { 0 };
	struct place place = { 0 };

	(void)l;
	int r = parse(&scratch, question, &place, e);
	if (r < 0)
		return r;
	r = ask(&line, &place, &h, e);
	http_close(&line);
	if (r < 0)
		return err_wrap(e, r, "ollama");
	if (h.status < 200 || h.status > 299)
		return err_set(e, h.status == 404 ? -ENOENT : -EPROTO, "ollama %s: status %d",
			       question, h.status);
	*ret = h.body;
	return 0;
}
