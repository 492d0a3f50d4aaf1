/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* An option of a command, and where in the command's own struct its value goes. */
enum option_kind {
	OPTION_FLAG, /* a bool becomes true */
	OPTION_TEXT, /* a const char *, pointing into argv */
	OPTION_TAKE, /* take() puts it there, or refuses it */
};
struct cmd_option {
	const char *name; /* "dry-run"; NULL ends the table */
	char letter;      /* 'n' for -n; 0: none */
	enum option_kind kind;
	size_t offset;
	int (*take)(void *to, const char *value, struct err *e);
};

#define OPTION_IN(type, member, name, letter, kind)                                                \
	{                                                                                          \
		name, letter, OPTION_##kind, offsetof(type, member), NULL                          \
	}
#define OPTION_BY(type, member, name, take)                                                        \
	{                                                                                          \
		name, 0, OPTION_TAKE, offsetof(type, member), take                                 \
	}

/*
 * Fills in *options (of the command's type) from argv[1] on. The index of the first argument that
 * is no option; options may stand behind it. -EINVAL: a usage error, "COMMAND: ...".
 */
int options_parse(const char *command, const struct cmd_option *table, void *options, int argc,
		  char *argv[], struct err *e);
/*
 * The same, with names of several letters behind one dash too: -ngl 20. What take() says of a value
 * that it refuses comes after "COMMAND: --NAME: ".
 */
int options_parse_single(const char *command, const struct cmd_option *table, void *options,
			 int argc, char *argv[], struct err *e);
