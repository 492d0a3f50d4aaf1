/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"

/*
 * The few functions of libarchive that are used here: archive_read(3),
 * archive_write(3), archive_entry(3). Declared by hand, since linking the
 * library would cost every command 3 MB, and building must not need it.
 */
struct archive;
struct archive_entry;

enum { ARCHIVE_EOF = 1, ARCHIVE_OK = 0, ARCHIVE_WARN = -20 };

struct libarchive {
	struct archive *(*read_new)(void);
	int (*read_support_filter_zstd)(struct archive *);
	int (*read_support_format_tar)(struct archive *);
	int (*read_open_fd)(struct archive *, int fd, size_t block_bytes);
	int (*read_next_header)(struct archive *, struct archive_entry **);
	ssize_t (*read_data)(struct archive *, void *, size_t);
	int (*read_free)(struct archive *);

	struct archive *(*write_new)(void);
	int (*write_add_filter_zstd)(struct archive *);
	int (*write_set_format_gnutar)(struct archive *);
	int (*write_open_fd)(struct archive *, int fd);
	int (*write_header)(struct archive *, struct archive_entry *);
	ssize_t (*write_data)(struct archive *, const void *, size_t);
	int (*write_close)(struct archive *);
	int (*write_free)(struct archive *);

	const char *(*error_string)(struct archive *);

	struct archive_entry *(*entry_new)(void);
	void (*entry_free)(struct archive_entry *);
	const char *(*entry_pathname)(struct archive_entry *);
	mode_t (*entry_filetype)(struct archive_entry *);
	const char *(*entry_hardlink)(struct archive_entry *);
	int64_t (*entry_size)(struct archive_entry *);
	void (*entry_set_pathname)(struct archive_entry *, const char *);
	void (*entry_set_filetype)(struct archive_entry *, unsigned);
	void (*entry_set_perm)(struct archive_entry *, mode_t);
	void (*entry_set_size)(struct archive_entry *, int64_t);
	void (*entry_set_mtime)(struct archive_entry *, time_t, long);
};

/*
 * Opens the library, which stays open. -ENOSYS: it is not installed; *e names
 * the package and the way that works without it.
 */
int libarchive_open(struct libarchive *ret, struct err *e);
