/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "host/host.h"

/* Exit statuses are interface; documented in egpu(1). 0 to 4 are the chain's, see rules/chain.h. */
enum { EXIT_USAGE = 64, EXIT_TROUBLE = 70 };

/* What every command is given. Commands own none of it. */
struct env {
	struct host_options host; /* for host_live() */
};

/*
 * A command is one object; main.c is a table of them, and help, man page test
 * and completion test walk that table.
 */
struct cmd {
	const char *name;
	const char *args;    /* "[--json] [--host RECORDING] [--link NAME]" */
	const char *help;    /* one line */
	const char *options; /* lines of "  --json   the verdict as JSON", or "" */
	bool internal;       /* not for people: left out of the list of commands */
	/* Exit status, or a negative errno with *e filled (EXIT_TROUBLE; -EINVAL: EXIT_USAGE). */
	int (*run)(struct env *env, int argc, char *argv[], struct err *e);
};

extern const struct cmd cmd_check, cmd_explain, cmd_record, cmd_setup, cmd_fix, cmd_undo,
    cmd_enclosure, cmd_wait, cmd_guard, cmd_eject, cmd_timeline, cmd_metrics, cmd_fit, cmd_probe;

/* A usage error: -EINVAL with "COMMAND: ..." and how to get help. */
int usage(struct err *e, const char *command, const char *fmt, ...) PRINTF(3, 4);
