/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/*
 * A container's log, a bounded piece of it, whatever its size. Both forms become lines
 * "TIME text\n", TIME as the engine keeps it (RFC 3339), stdout and stderr in the order they came,
 * a line that was kept in parts as one. What is no whole record, a torn write, is left out.
 */
enum { DOCKER_LOG_BYTES = 64 << 10 }; /* of text in one answer */

/*
 * Where the log of a container's current start begins, from its State: a little before StartedAt,
 * since the engine notes it late, but not before the end of the run before. 0: not known.
 */
int64_t docker_log_since(const char *started, const char *finished);

/*
 * A file of the json-file driver, by its path below root (O_PATH), and "PATH.1", the one that was
 * rotated away before. Lines are in the order of time, so the start is found by halving: about
 * half a megabyte is read of a log of any size. Start: from the first line that is not older than
 * since; where those were rotated away too, the oldest that are left. End: the last lines.
 * -ENOENT, -EACCES: no such file, or not for us.
 */
int docker_log_start(struct arena *a, int root, const char *path, int64_t since_nsec,
		     struct bytes *ret);
int docker_log_end(struct arena *a, int root, const char *path, struct bytes *ret);

/*
 * The Engine's answer to /containers/ID/logs?timestamps=1: frames of stdout and stderr, or plain
 * text where the container has a terminal. end: the last DOCKER_LOG_BYTES of it, else the first.
 */
struct bytes docker_log_stream(struct arena *a, struct bytes stream, bool end);
