/* SPDX-License-Identifier: MIT */
#include "recording/recording.h"
