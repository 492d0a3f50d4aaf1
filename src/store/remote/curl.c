/* SPDX-License-Identifier: MIT */
#include "store/remote/curl.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"

#define SONAME "libcurl.so.4" /* since 7.16; curl_multi_poll since 7.66 */

#define SYMBOL(member)                                                                             \
	{                                                                                          \
		"curl_" #member, offsetof(struct curl, member)                                     \
	}
static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
	SYMBOL(global_init),      SYMBOL(easy_init),           SYMBOL(easy_cleanup),
	SYMBOL(easy_setopt),      SYMBOL(easy_getinfo),        SYMBOL(easy_pause),
	SYMBOL(easy_strerror),    SYMBOL(multi_init),          SYMBOL(multi_cleanup),
	SYMBOL(multi_add_handle), SYMBOL(multi_remove_handle), SYMBOL(multi_perform),
	SYMBOL(multi_poll),       SYMBOL(multi_info_read),     SYMBOL(slist_append),
	SYMBOL(slist_free_all),
};

static int missing(struct err *e)
{
	return err_say(e, -ENOSYS,
		       SONAME " is not installed (Debian, Ubuntu: libcurl4 or libcurl4t64; Arch: "
			      "curl; Fedora: libcurl); without it: egpu fit FILE.gguf, or a model "
			      "that Ollama has");
}

int curl_open(struct curl *ret, struct err *e)
{
	enum { GLOBAL_ALL = 3 };
	void *so = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	struct curl lib;

	if (!so)
		return missing(e);
	for (size_t i = 0; i < COUNT_OF(symbols); i++) {
		void *at = dlsym(so, symbols[i].name);
		if (!at)
			return err_set(e, -ENOSYS, SONAME " has no %s", symbols[i].name);
		memcpy((char *)&lib + symbols[i].offset, &at, sizeof(at));
	}
	if (lib.global_init(GLOBAL_ALL) != EASY_OK)
		return err_say(e, -ENOSYS, SONAME " does not start");
	*ret = lib;
	return 0;
}
