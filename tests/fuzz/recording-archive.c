/* SPDX-License-Identifier: MIT */
/* A recording as a file from somebody else: opened, and asked what it holds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recording/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void walk(struct host *h, const char *dir, int depth)
{
	ARENA a = { 0 };
	struct names names;
	struct bytes b;
	struct host_stat st;

	if (depth == 6 || host_list(h, &a, dir, &names, NULL) < 0)
		return;
	for (size_t i = 0; i < names.count && i < 16; i++) {
		const char *path = arena_printf(&a, "%s/%s", dir, names.name[i]);
		host_read(h, &a, path, &b, NULL);
		host_stat(h, &a, path, &st, NULL);
		walk(h, path, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	char path[64];
	struct bytes b;
	int fd = memfd_create("recording", MFD_CLOEXEC);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	HOST *h = host_replay(path, NULL);
	close(fd);
	if (!h)
		return 0;
	walk(h, "", 0);
	host_ask(h, &a, SOURCE_DOCKER, "/info", &b, NULL);
	return 0;
}
