/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/err.h"

/*
 * The few functions of libcurl (libcurl-easy(3), libcurl-multi(3)) that are used here. Declared by
 * hand: it is opened only where a model is looked at from afar, linking it would cost every command
 * 8 MB, and building must not need it. tests/live/remote-header.c holds the numbers against curl.h.
 */
struct curl_slist;

enum easy_option {
	EASY_WRITE_DATA = 10001,
	EASY_URL = 10002,
	EASY_PROXY = 10004,
	EASY_RANGE = 10007,
	EASY_ERROR_TEXT = 10010,
	EASY_USER_AGENT = 10018,
	EASY_LOW_SPEED_LIMIT = 19, /* bytes a second */
	EASY_LOW_SPEED_TIME = 20,  /* seconds */
	EASY_HTTP_HEADER = 10023,
	EASY_HEADER_DATA = 10029,
	EASY_VERIFY_PEER = 64,
	EASY_CA_FILE = 10065,
	EASY_VERIFY_HOST = 81,
	EASY_HTTP_VERSION = 84,
	EASY_CONNECT_TIMEOUT_MSEC = 156,
	EASY_PROTOCOLS = 181,
	EASY_NO_CONNECT_HEADERS = 265,
	EASY_QUICK_EXIT = 322, /* since 7.87: does not wait for a name that is looked up */
	EASY_WRITE = 20011,
	EASY_HEADER = 20079,
};

enum {
	EASY_HTTP_OR_HTTPS = 3,
	EASY_HTTP_1_1 = 2,
	EASY_WRITE_PAUSE = 0x10000001,
	EASY_PAUSE_NONE = 0,
	EASY_REDIRECT_URL = 0x10001f, /* char *, until the next transfer */
	MULTI_DONE = 1,
};

/* CURLcode: those that are told apart. */
enum easy_result {
	EASY_OK = 0,
	EASY_NO_PROXY_NAME = 5,
	EASY_NO_HOST_NAME = 6,
	EASY_NO_CONNECTION = 7,
	EASY_PARTIAL = 18,
	EASY_TIMED_OUT = 28,
	EASY_TLS = 35,
	EASY_GOT_NOTHING = 52,
	EASY_SEND = 55,
	EASY_RECEIVE = 56,
	EASY_UNTRUSTED = 60,
	EASY_NO_CA_FILE = 77,
};

struct multi_message {
	int what;
	void *easy;
	union {
		void *whatever;
		int result; /* easy_result */
	} of;
};

typedef size_t easy_bytes(char *data, size_t one, size_t size, void *mine);

struct curl {
	int (*global_init)(long flags);
	void *(*easy_init)(void);
	void (*easy_cleanup)(void *easy);
	int (*easy_setopt)(void *easy, int option, ...);
	int (*easy_getinfo)(void *easy, int what, ...);
	int (*easy_pause)(void *easy, int mask);
	const char *(*easy_strerror)(int result);
	void *(*multi_init)(void);
	int (*multi_cleanup)(void *multi);
	int (*multi_add_handle)(void *multi, void *easy);
	int (*multi_remove_handle)(void *multi, void *easy);
	int (*multi_perform)(void *multi, int *ret_running);
	int (*multi_poll)(void *multi, void *more, unsigned count, int timeout_msec, int *ret);
	struct multi_message *(*multi_info_read)(void *multi, int *ret_left);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
};

/* Opens the library, which stays open. -ENOSYS: it is not installed; *e names the package. */
int curl_open(struct curl *ret, struct err *e);
