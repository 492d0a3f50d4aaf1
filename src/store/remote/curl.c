/* SPDX-License-Identifier: MIT */
#include "store/remote/curl.h"

#include <errno.h>

#include "base/library.h"
#include "base/str.h"

#define SONAME "libcurl.so.4" /* since 7.16; curl_multi_poll since 7.66 */

#define SYMBOL(member)                                                                             \
	{                                                                                          \
		"curl_" #member, offsetof(struct curl, member)                                     \
	}
static const struct library_symbol symbols[] = {
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
	struct curl lib;
	int r = library_open(SONAME, symbols, COUNT_OF(symbols), &lib, e);

	if (r < 0)
		return r == -ENOENT ? missing(e) : r;
	if (lib.global_init(GLOBAL_ALL) != EASY_OK)
		return err_say(e, -ENOSYS, SONAME " does not start");
	*ret = lib;
	return 0;
}
