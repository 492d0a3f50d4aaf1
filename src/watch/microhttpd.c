/* SPDX-License-Identifier: MIT */
#include "watch/microhttpd.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"

#define SONAME "libmicrohttpd.so.12" /* of 0.9.34 to 1.0 */

#define SYMBOL(member)                                                                             \
	{                                                                                          \
		"MHD_" #member, offsetof(struct microhttpd, member)                                \
	}
static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
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
	void *so = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	struct microhttpd lib;

	if (!so)
		return missing(e);
	for (size_t i = 0; i < COUNT_OF(symbols); i++) {
		void *at = dlsym(so, symbols[i].name);
		if (!at)
			return err_set(e, -ENOSYS, SONAME " has no %s", symbols[i].name);
		memcpy((char *)&lib + symbols[i].offset, &at, sizeof(at));
	}
	*ret = lib;
	return 0;
}
