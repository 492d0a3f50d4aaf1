/* SPDX-License-Identifier: MIT */
#include "watch/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

enum { BACKLOG = 128 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool is_loopback(const union address *at)
{
	if (at->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&at->v6.sin6_addr);
	return ntohl(at->v4.sin_addr.s_addr) >> 24 == 127;
}

/* "ADDRESS" or "[ADDRESS]", its port still missing. */
static bool parse_host(struct arena *a, const char *host, union address *ret)
{
	size_t n = strlen(host);

	*ret = (union address){ 0 };
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		ret->v6.sin6_family = AF_INET6;
		return inet_pton(AF_INET6, str_ndup(a, host + 1, n - 2), &ret->v6.sin6_addr) == 1;
	}
	ret->v4.sin_family = AF_INET;
	return inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1;
}

static bool parse(const char *text, union address *ret)
{
	ARENA a = { 0 };
	const char *colon = strrchr(text, ':');
	uint64_t port;

	if (!colon || !str_u64(colon + 1, 10, UINT16_MAX, &port) ||
	    !parse_host(&a, str_ndup(&a, text, (size_t)(colon - text)), ret))
		return false;
	/* The port lies at the same place in both. */
	ret->v4.sin_port = htons((uint16_t)port);
	return true;
}

static int refuse(const char *text, struct err *e)
{
	ARENA a = { 0 };

	return err_set(e, -EINVAL,
		       "metrics are served to this machine only, on 127.0.0.1:PORT or [::1]:PORT, "
		       "not on '%s'",
		       str_clean(&a, text, strlen(text), 60));
}

static int open_socket(const union address *at)
{
	const int yes = 1;
	socklen_t size = at->any.sa_family == AF_INET6 ? sizeof(at->v6) : sizeof(at->v4);
	int fd = socket(at->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	/* A guard that is started anew need not wait for the last one's connections. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
	    bind(fd, &at->any, size) < 0 || listen(fd, BACKLOG) < 0) {
		int r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

int listen_on_loopback(const char *address, struct err *e)
{
	union address at;

	if (!parse(address, &at) || !is_loopback(&at))
		return refuse(address, e);
	int fd = open_socket(&at);
	return fd < 0 ? err_set(e, fd, "serve metrics on %s", address) : fd;
}
