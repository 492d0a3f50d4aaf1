/* SPDX-License-Identifier: MIT */
#include "host/sources.h"
