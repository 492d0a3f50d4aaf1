/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

/*
 * A listening TCP socket of this machine's loopback: "127.0.0.1:9469" (any of 127.0.0.0/8) or
 * "[::1]:9469"; port 0 is any free one. Names are not looked up. Any other address is refused
 * (-EINVAL): what is served has no password. The socket does not block. Returns it, or a negative
 * errno.
 */
int listen_on_loopback(const char *address, struct err *e);
