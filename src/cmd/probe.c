/* SPDX-License-Identifier: MIT */
#include "cmd/cmd.h"

static int run(struct env *env, int argc, char *argv[], struct err *e)
{
	(void)env;
	(void)argc;
	return err_set(e, -38, "%s", argv[0]);
}

const struct cmd cmd_probe = { .name = "probe", .args = "", .help = "", .options = "", .run = run };
