/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"
#include "host/host.h"

/*
 * EFI variables, as the kernel shows them: four bytes of attributes, then the
 * value. Kernel: Documentation/filesystems/efivarfs.rst.
 */
#define EFIVAR_GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFIVAR_LOADER "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f" /* systemd's boot loader interface */

/* A value of one byte. ABSENT: no such variable, or no EFI. */
struct maybe_u64 efivar_flag(struct host *h, struct arena *a, const char *name, const char *vendor);
/* A value in UTF-16; what is not ASCII becomes '?'. */
struct maybe_text efivar_text(struct host *h, struct arena *a, const char *name,
			      const char *vendor);
