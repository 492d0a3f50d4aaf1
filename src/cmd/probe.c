/* SPDX-License-Identifier: MIT */
/* The child that asks the driver; see host/probe.h. */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/str.h"
#include "host/probe.h"

static const struct {
	const char *what;
	json_t *(*ask)(void);
} probes[] = { { "nvml", probe_nvml }, { "cuda", probe_cuda } };

/* The answer's own stream: whatever a library prints must not get into it. */
static FILE *answer_stream(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return NULL;
	return fdopen(fd, "we");
}

static int tell(json_t *(*ask)(void), struct err *e)
{
	FILE *to = answer_stream();
	if (!to)
		return err_set(e, -errno, "probe");
	json_auto_t *answer = ask();
	if (json_dumpf(answer, to, JSON_COMPACT) < 0 || fputc('\n', to) == EOF || fclose(to) != 0)
		return err_set(e, -EIO, "write the answer");
	return 0;
}

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	(void)env;
	for (size_t i = 0; argc == 2 && i < COUNT_OF(probes); i++)
		if (str_eq(argv[1], probes[i].what))
			return tell(probes[i].ask, e);
	return err_set(e, -EINVAL, "probe: nvml or cuda");
}

const struct cmd cmd_probe = {
	.name = "probe",
	.args = "nvml|cuda",
	.help = "What the driver tells, as JSON; egpu starts this itself, behind its gate",
	.options = "",
	.internal = true,
	.run = run,
};
