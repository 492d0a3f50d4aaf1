/* SPDX-License-Identifier: MIT */
#include "watch/microhttpd.h"

#include <errno.h>

#include "base/library.h"
#include "base/str.h"

#define SONAME "libmicrohttpd.so.12" /* of 0.9.34 to 1.0 */

#define SYMBOL(member)                                                                             \
	{                                                                                          \
		"MHD_" #member, offsetof(struct microhttpd, member)                                \
	}
static const struct library_symbol symbols[] = {
	SYMBOL(start_daemon),
	SYMBOL(stop_daemon),
	SYMBOL(run),
	SYMBOL(get_timeout),
	SYMBOL(get_daemon_info),
	SYMBOL(get_connection_info),
	SYMBOL(create_response_from_buffer),
	SYMBOL(add_response_header),
	SYMBOL(queue_response),
	SYMBOL(destroy_response),
};

static int missing(struct err *e)
{
	return err_say(e, -ENOSYS,
		       SONAME " is not installed (Debian, Ubuntu: libmicrohttpd12 or "
			      "libmicrohttpd12t64; Arch, Fedora: libmicrohttpd); without it: "
			      "systemctl enable --now egpu-metrics.timer");
}

int microhttpd_open(struct microhttpd *ret, struct err *e)
{
	struct microhttpd lib;
	int r = library_open(SONAME, symbols, COUNT_OF(symbols), &lib, e);

	if (r < 0)
		return r == -ENOENT ? missing(e) : r;
	*ret = lib;
	return 0;
}
