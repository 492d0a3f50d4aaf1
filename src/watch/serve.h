/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct sd_event;

/*
 * The guard's last look over HTTP, on loopback: /metrics, and /ready for the health check of a
 * load balancer. A request is answered from memory; it opens no driver and reads no file. No
 * thread: answers come while the event loop runs, after all else that it has to do. One request a
 * connection, SERVE_CONNECTIONS_MAX of them at once (others wait), none longer than SERVE_SEC.
 *
 *   /metrics  200 and the text; 503 before the first serve_set()
 *   /ready    200 "ready"; 503 and why not
 */
enum { SERVE_CONNECTIONS_MAX = 16, SERVE_SEC = 10 };

struct serve;

/*
 * listen: as listen_on_loopback() takes it. libmicrohttpd is opened here, at run time. -ENOSYS: it
 * is not installed; -EADDRINUSE: somebody else has the port; -EINVAL: not on loopback.
 */
int serve_start(struct sd_event *ev, const char *listen, struct serve **ret, struct err *e);
/*
 * What is served from now on. Copied. metrics NULL: those that were set last. why: one clause,
 * where it is not ready.
 */
void serve_set(struct serve *s, const char *metrics, size_t bytes, bool ready, const char *why);
/* The port that it listens on. */
unsigned serve_port(const struct serve *s);
/*
 * In a forked child, once: one that hangs in a driver for ever must not keep the port from who is
 * started after its parent. NULL is fine.
 */
void serve_let_go(struct serve *s);
/* Closes all connections. NULL is fine. */
void serve_stop(struct serve *s);
