/* SPDX-License-Identifier: MIT */
#include "recording/libarchive.h"

#include <errno.h>

#include "base/library.h"
#include "base/str.h"

#define SYMBOL(prefix, member)                                                                     \
	{                                                                                          \
		prefix #member, offsetof(struct libarchive, member)                                \
	}
static const struct library_symbol symbols[] = {
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
	struct libarchive lib;
	int r = library_open("libarchive.so.13", symbols, COUNT_OF(symbols), &lib, e);

	if (r < 0)
		return r == -ENOENT ? missing(e) : r;
	*ret = lib;
	return 0;
}
