/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "format/shell.h"
#include "host/host.h"

/* Each tool's own files, one function a tool: images, error, glued. The kernels are known by now.
 */
enum { INITRAMFS_IMAGES_MAX = 64 };

void initramfs_mkinitcpio(struct facts *f, struct host *h);
void initramfs_dracut(struct facts *f, struct host *h);
void initramfs_tools(struct facts *f, struct host *h);

/* Adds an image while there is room; its time is read where its path is known. */
void initramfs_add(struct facts *f, struct host *h, struct initramfs_image i);
/* The first thing that was not understood, "FILE:LINE: ..."; later ones are left out. */
void initramfs_not_understood(struct initramfs *i, const char *what);

/* NVIDIA modules among the words, with '_' for '-': "nvidia", "nvidia_uvm". */
struct names initramfs_nvidia(struct arena *a, const struct names *words);
