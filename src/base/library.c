/* SPDX-License-Identifier: MIT */
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int library_open(const char *soname, const struct library_symbol *symbols, size_t count, void *ret,
		 struct err *e)
{
	void *so = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!so)
		return -ENOENT;
	for (size_t i = 0; i < count; i++) {
		void *at = dlsym(so, symbols[i].name);
		if (!at)
			return err_set(e, -ENOSYS, "%s has no %s", soname, symbols[i].name);
		memcpy((char *)ret + symbols[i].offset, &at, sizeof(at));
	}
	return 0;
}
