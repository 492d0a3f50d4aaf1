/* SPDX-License-Identifier: MIT */
#include "recording/libarchive.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"

#define SYMBOL(prefix, member)                                                                     \
	{                                                                                          \
		prefix #member, offsetof(struct libarchive, member)                                \
	}
static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
	SYMBOL("archive_", read_new),
	SYMBOL("archive_", read_support_filter_zstd),
	SYMBOL("archive_", read_support_format_tar),
	SYMBOL("archive_", read_open_fd),
	SYMBOL("archive_", read_next_header),
	SYMBOL("archive_", read_data),
	SYMBOL("archive_", read_free),
	SYMBOL("archive_", write_new),
	SYMBOL("archive_", write_add_filter_zstd),
	SYMBOL("archive_", write_set_format_gnutar),
	SYMBOL("archive_", write_open_fd),
	SYMBOL("archive_", write_header),
	SYMBOL("archive_", write_data),
	SYMBOL("archive_", write_close),
	SYMBOL("archive_", write_free),
	SYMBOL("archive_", error_string),
	SYMBOL("archive_", entry_new),
	SYMBOL("archive_", entry_free),
	SYMBOL("archive_", entry_pathname),
	SYMBOL("archive_", entry_filetype),
	SYMBOL("archive_", entry_hardlink),
	SYMBOL("archive_", entry_size),
	SYMBOL("archive_", entry_set_pathname),
	SYMBOL("archive_", entry_set_filetype),
	SYMBOL("archive_", entry_set_perm),
	SYMBOL("archive_", entry_set_size),
	SYMBOL("archive_", entry_set_mtime),
};

static int missing(struct err *e)
{
	/* Said in full here: "Function not implemented" behind it would only confuse. */
	err_set(e, -EINVAL,
		"libarchive.so.13 is not installed (Debian, Ubuntu: libarchive13 or "
		"libarchive13t64; Arch, Fedora: libarchive); a recording that is a directory works "
		"without it: -o DIR/");
	if (e)
		e->code = -ENOSYS;
	return -ENOSYS;
}

int libarchive_open(struct libarchive *ret, struct err *e)
{
	void *so = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
	struct libarchive lib;

	if (!so)
		return missing(e);
	for (size_t i = 0; i < COUNT_OF(symbols); i++) {
		void *at = dlsym(so, symbols[i].name);
		if (!at)
			return err_set(e, -ENOSYS, "libarchive.so.13 has no %s", symbols[i].name);
		memcpy((char *)&lib + symbols[i].offset, &at, sizeof(at));
	}
	*ret = lib;
	return 0;
}
