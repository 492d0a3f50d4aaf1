/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/str.h"
#include "host/host.h"

/*
 * Boot loader specification entries, type 1: files "loader/entries/NAME.conf",
 * read by systemd-boot and by Fedora's GRUB.
 * https://uapi-group.org/specifications/specs/boot_loader_specification/
 */
enum { BLS_ENTRIES_MAX = 64 };

struct bls_entry {
	const char *id; /* the file's name, without the tries: "arch.conf" for "arch+3-1.conf" */
	const char *title, *version, *sort_key, *machine_id;
	const char *kernel;  /* of "linux", "uki" or "efi" */
	const char *options; /* its lines, joined by a blank */
	const char *initrd;  /* its files, joined by a blank */
	const char *root;    /* the partition that holds it, "/boot"; "" where not told */
	bool is_spent;       /* counts its tries, and has none left */
};

struct bls_entry bls_parse(struct arena *a, struct bytes text, const char *file);

/* Adds those of a directory, at most BLS_ENTRIES_MAX in all; 0 or a negative errno. */
int bls_read(struct host *h, struct arena *a, const char *dir, struct bls_entry *out,
	     size_t *count);

/* For qsort: the one that a menu shows first, first. */
int bls_compare(const void *a, const void *b);

/* Order of versions, as the UAPI Group's version specification has it: < 0, 0, > 0. */
int bls_compare_versions(const char *a, const char *b);
