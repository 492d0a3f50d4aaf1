/* SPDX-License-Identifier: MIT */
/* The child that asks the driver; see host/probe.h. */
#include "cmd/cmd.h"

#include "host/probe.h"

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	(void)env;
	return probe_tell(argc == 2 ? argv[1] : "", e);
}

const struct cmd cmd_probe = {
	.name = "probe",
	.args = "nvml|cuda",
	.help = "What the driver tells, as JSON; egpu starts this itself, behind its gate",
	.options = "",
	.internal = true,
	.run = run,
};
