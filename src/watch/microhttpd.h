/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The few functions of GNU libmicrohttpd (libmicrohttpd(3)) that are used here. Declared by hand:
 * it is opened only where metrics are served, and building must not need it. tests/live/serve.c
 * holds the numbers against microhttpd.h.
 */
struct MHD_Daemon;
struct MHD_Connection;
struct MHD_Response;

enum { HTTPD_NO = 0, HTTPD_YES = 1 };

enum httpd_flag { HTTPD_USE_EPOLL = 512 }; /* without a thread: who has the daemon runs it */

enum httpd_option {
	HTTPD_END = 0,
	HTTPD_CONNECTION_MEMORY = 1, /* size_t, bytes */
	HTTPD_CONNECTION_LIMIT = 2,  /* unsigned */
	HTTPD_CONNECTION_IDLE = 3,   /* unsigned, seconds */
	HTTPD_LISTEN_SOCKET = 12,    /* int; the daemon closes it */
	HTTPD_NOTIFY = 27,           /* httpd_notify, void * */
};

enum httpd_info { HTTPD_CONNECTION_FD = 6, HTTPD_EPOLL_FD = 3 };
enum httpd_memory { HTTPD_MUST_COPY = 2 };
enum httpd_change { HTTPD_STARTED = 0, HTTPD_CLOSED = 1 };

/* Answers a request. *request is NULL at the first call for one, and the callee's from then on. */
typedef int httpd_answer(void *data, struct MHD_Connection *c, const char *url, const char *method,
			 const char *version, const char *upload, size_t *upload_bytes,
			 void **request);
/* A connection has come or gone; *socket is the callee's as long as it lives. */
typedef void httpd_notify(void *data, struct MHD_Connection *c, void **socket, unsigned change);

struct microhttpd {
	struct MHD_Daemon *(*start_daemon)(unsigned flags, uint16_t port, void *, void *,
					   httpd_answer *, void *data, ...);
	void (*stop_daemon)(struct MHD_Daemon *);
	int (*run)(struct MHD_Daemon *);
	int (*get_timeout)(struct MHD_Daemon *, unsigned long long *ret_msec);
	const int *(*get_daemon_info)(struct MHD_Daemon *, unsigned info, ...);
	const int *(*get_connection_info)(struct MHD_Connection *, unsigned info, ...);
	struct MHD_Response *(*create_response_from_buffer)(size_t, void *, unsigned memory);
	int (*add_response_header)(struct MHD_Response *, const char *name, const char *value);
	int (*queue_response)(struct MHD_Connection *, unsigned status, struct MHD_Response *);
	void (*destroy_response)(struct MHD_Response *);
};

/* Opens the library, which stays open. -ENOSYS: it is not installed; *e names the package. */
int microhttpd_open(struct microhttpd *ret, struct err *e);
