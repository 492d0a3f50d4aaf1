/* SPDX-License-Identifier: MIT */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * A server that knows its answers by heart. It ends with its test. A path that is not listed gets
 * silence. Sends are of one byte each where slow says so, with a pause between.
 */
struct canned {
	const char *path;
	const char *answer; /* the whole of it; with a body: its head so far */
	const char *body;   /* NULL: none, or it is in the answer */
	bool hang_up;       /* close the connection after it */
	unsigned slow_usec; /* pause before each byte */
};

static inline void server_say(int fd, const struct canned *c)
{
	char text[4096];
	int n = c->body ? snprintf(text, sizeof(text), "%sContent-Length: %zu\r\n\r\n%s", c->answer,
				   strlen(c->body), c->body)
			: snprintf(text, sizeof(text), "%s", c->answer);
	size_t size = (size_t)n;
	for (size_t i = 0; c->slow_usec && i < size; i++) {
		usleep(c->slow_usec);
		if (send(fd, text + i, 1, MSG_NOSIGNAL) != 1)
			_exit(0);
	}
	if (!c->slow_usec && send(fd, text, size, MSG_NOSIGNAL) != (ssize_t)size)
		_exit(0);
	if (c->hang_up)
		_exit(0);
}

/* One connection: requests end with an empty line, and there may be several ahead. */
static inline void server_talk(int fd, const struct canned *script)
{
	char in[65536];
	size_t have = 0;

	for (ssize_t n; (n = recv(fd, in + have, sizeof(in) - have - 1, 0)) > 0;) {
		have += (size_t)n;
		in[have] = '\0';
		for (char *end; (end = strstr(in, "\r\n\r\n"));) {
			size_t used = (size_t)(end + 4 - in);
			for (const struct canned *c = script; c->path; c++) {
				size_t k = strlen(c->path);
				if (strncmp(in + 4, c->path, k) == 0 && in[4 + k] == ' ')
					server_say(fd, c);
			}
			memmove(in, in + used, have - used + 1);
			have -= used;
		}
	}
	_exit(0);
}

static inline void server_end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* too late to be told */
		_exit(0);
}

static inline void server_run(int listener, const struct canned *script)
{
	signal(SIGCHLD, SIG_IGN);
	pid_t self = getpid();
	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; close(fd))
		if (fork() == 0) {
			server_end_with(self);
			server_talk(fd, script);
		}
	_exit(0);
}

static inline void server_fork(int listener, const struct canned *script)
{
	pid_t self = getpid();
	if (fork() == 0) {
		server_end_with(self);
		server_run(listener, script);
	}
	close(listener);
}

static inline void server_unix(const char *path, const struct canned *script)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(at.sun_path))
		_exit(2);
	memcpy(at.sun_path, path, strlen(path));
	unlink(path);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 16) < 0)
		_exit(2);
	server_fork(fd, script);
}

/* On the loopback address; returns its port. Without a script: nobody listens there. */
static inline uint16_t server_tcp(int family, const struct canned *script)
{
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	struct sockaddr *at =
	    family == AF_INET ? (struct sockaddr *)&four : (struct sockaddr *)&six;
	socklen_t size = family == AF_INET ? sizeof(four) : sizeof(six);
	int fd = socket(family, SOCK_STREAM, 0);

	if (bind(fd, at, size) < 0 || getsockname(fd, at, &size) < 0)
		return 0;
	uint16_t port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
	if (!script) {
		close(fd);
		return port;
	}
	if (listen(fd, 16) < 0)
		_exit(2);
	server_fork(fd, script);
	return port;
}
