/* SPDX-License-Identifier: MIT */
/* A file of the json-file driver. The first byte says from which second of 10:00 on. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/docker/log.h"

#include "base/rfc3339.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	char dir[] = "/tmp/egpu-fuzz-XXXXXX";
	int64_t since = 0;
	struct bytes got;

	if (n == 0 || !mkdtemp(dir))
		return 0;
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = openat(root, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (root < 0 || fd < 0 || write(fd, p + 1, n - 1) != (ssize_t)n - 1)
		abort();
	rfc3339_nsec(bytes_of(arena_printf(&arena, "2025-03-01T10:00:%02uZ", p[0] % 60)), &since);
	if (docker_log_start(&arena, root, "/x", since, &got) < 0 || got.size > DOCKER_LOG_BYTES)
		abort();
	if (docker_log_end(&arena, root, "/x", &got) < 0 || got.size > DOCKER_LOG_BYTES)
		abort();
	unlinkat(root, "x", 0);
	close(fd);
	close(root);
	rmdir(dir);
	return 0;
}
