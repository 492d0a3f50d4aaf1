/* SPDX-License-Identifier: MIT */
#include "host/docker/connect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { SAID_MAX = 160 };

/* "HOST:PORT", "[V6]:PORT"; what follows is no business of ours. */
static int open_address(struct http *line, struct arena *a, const char *url, uint64_t until,
			struct err *e)
{
	const char *s = url + strlen("tcp://"), *tls = getenv("DOCKER_TLS_VERIFY");
	size_t n = *s == '[' ? strcspn(s, "]") : strcspn(s, ":/");
	const char *host = *s == '[' && s[n] ? str_ndup(a, s + 1, n - 1) : str_ndup(a, s, n);
	const char *rest = s + n + (s[n] == ']');
	uint64_t port = 2375;

	if (tls && *tls)
		return err_set(e, -EPROTONOSUPPORT, "%s with TLS", url);
	if (*rest == ':' &&
	    !str_u64(str_ndup(a, rest + 1, strcspn(rest + 1, "/")), 10, 65535, &port))
		return err_set(e, -EINVAL, "%s: not a port", url);
	host = str_eq(host, "localhost") ? "127.0.0.1" : host;
	return http_open_tcp(line, host, (uint16_t)port, until, e);
}

int docker_connect(struct http *line, struct arena *a, const char *url, uint64_t until,
		   struct err *e)
{
	if (str_starts(url, "unix://"))
		return http_open_unix(line, url + strlen("unix://"), e);
	if (str_starts(url, "tcp://"))
		return open_address(line, a, url, until, e);
	return err_set(e, -EPROTONOSUPPORT, "%s: only unix:// and tcp:// can be asked", url);
}

/* The first where an engine answers; *ret_url as docker_find(). */
static int open_usual(struct http *line, struct arena *a, uint64_t until, const char **ret_url,
		      struct err *e)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	const char *const place[] = {
		"unix:///var/run/docker.sock",
		run ? arena_printf(a, "unix://%s/docker.sock", run) : NULL,
		run ? arena_printf(a, "unix://%s/podman/podman.sock", run) : NULL,
		"unix:///run/podman/podman.sock",
	};
	const char *stopped = NULL;

	for (size_t i = 0; i < COUNT_OF(place); i++) {
		int r = place[i] ? docker_connect(line, a, place[i], until, e) : -ENOENT;
		if (r == -ENOENT)
			continue;
		if (r != -EHOSTDOWN) {
			*ret_url = place[i];
			return r;
		}
		stopped = stopped ? stopped : place[i];
	}
	if (!stopped)
		return err_set(e, -ENOENT, "no container engine's socket");
	*ret_url = stopped;
	return err_set(e, -EHOSTDOWN, "connect %s", stopped + strlen("unix://"));
}

int docker_find(struct http *line, struct arena *a, const char *wanted, uint64_t until,
		const char **ret_url, struct err *e)
{
	*ret_url = wanted;
	return wanted ? docker_connect(line, a, wanted, until, e)
		      : open_usual(line, a, until, ret_url, e);
}

bool docker_is_id(const char *s)
{
	return *s && *s != '.' &&
	       !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")];
}

/* What failed stands last, behind all who pass it on. */
static const char *the_end(struct arena *a, const char *said)
{
	size_t n = strlen(said), left_out = n > SAID_MAX ? n - SAID_MAX : 0;
	const char *end = str_clean(a, said + left_out, n - left_out, SAID_MAX);
	return left_out ? arena_printf(a, "...%s", end) : end;
}

int docker_judge(const struct http_answer *h, const char *question, struct err *e)
{
	ARENA scratch = { 0 };

	if (h->status >= 200 && h->status < 300)
		return 0;
	json_auto_t *j = json_parse(h->body, question, NULL);
	const char *said = json_text(&scratch, json_at(j, "message"));
	said = *said ? the_end(&scratch, said) : "no reason given";
	return err_say(e, h->status == 404 ? -ENOENT : -EPROTO, "%s: %d, %s", question, h->status,
		       said);
}
