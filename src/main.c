/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

static const struct cmd *const cmds[] = { &cmd_check, &cmd_record, &cmd_probe };

int main(int argc, char *argv[])
{
	struct err e = { 0 };
	struct env env = { 0 };
	int r = cmds[0]->run(&env, argc, argv, &e);
	if (r >= 0)
		return r;
	fprintf(stderr, "egpu: %s\n", e.text);
	return EXIT_TROUBLE;
}
