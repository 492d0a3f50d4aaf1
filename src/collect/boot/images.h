/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/kernel.h"
#include "host/host.h"

enum { IMAGES_MAX = 32 };

/*
 * The installed kernels, whether each has the NVIDIA module, and of which
 * version it is: k->image, images_know, running_modules_exist, dkms_source.
 * k->release is known by now. depmod(8), dkms(8).
 */
void images_find(struct kernel *k, struct arena *a, struct host *h);
