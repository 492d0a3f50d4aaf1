/* SPDX-License-Identifier: MIT */
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"
#include "cmd/cmd.h"

enum { OPTIONS_MAX = 48, FIRST = 256 /* of getopt's values, above all letters */ };

static bool has_value(const struct cmd_option *o)
{
	return o->kind != OPTION_FLAG;
}

static size_t describe(const struct cmd_option *table, struct option *longs, char *letters)
{
	size_t count = 0;

	*letters++ = ':';
	for (; table[count].name && count < OPTIONS_MAX; count++) {
		const struct cmd_option *o = &table[count];
		longs[count] = (struct option){ o->name, has_value(o), NULL, FIRST + (int)count };
		if (!o->letter)
			continue;
		*letters++ = o->letter;
		if (has_value(o))
			*letters++ = ':';
	}
	return count;
}

static const struct cmd_option *found(const struct cmd_option *table, size_t count, int value)
{
	if (value >= FIRST && value < FIRST + (int)count)
		return &table[value - FIRST];
	for (size_t i = 0; i < count; i++)
		if (table[i].letter && table[i].letter == value)
			return &table[i];
	return NULL;
}

static int set(const struct cmd_option *o, void *options, struct err *e)
{
	void *to = (char *)options + o->offset;

	switch (o->kind) {
	case OPTION_FLAG:
		*(bool *)to = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)to = optarg;
		return 0;
	case OPTION_TAKE:
		return o->take(to, optarg, e);
	}
	return 0;
}

static int parse(const char *command, const struct cmd_option *table, bool single_dash,
		 void *options, int argc, char *argv[], struct err *e)
{
	int (*const next)(int, char *const[], const char *, const struct option *, int *) =
	    single_dash ? getopt_long_only : getopt_long;
	struct option longs[OPTIONS_MAX + 1] = { 0 };
	char letters[2 * OPTIONS_MAX + 2] = "";
	size_t count = describe(table, longs, letters);

	opterr = 0;
	optind = 0;
	for (int k; (k = next(argc, argv, letters, longs, NULL)) != -1;) {
		const struct cmd_option *o = found(table, count, k);
		if (k == ':')
			return usage(e, command, "option '%s' needs a value", argv[optind - 1]);
		if (!o)
			return usage(e, command, "no option '%s'", argv[optind - 1]);
		int r = set(o, options, e);
		if (r < 0)
			return single_dash ? err_wrap(e, r, "%s: --%s", command, o->name) : r;
	}
	return optind;
}

int options_parse(const char *command, const struct cmd_option *table, void *options, int argc,
		  char *argv[], struct err *e)
{
	return parse(command, table, false, options, argc, argv, e);
}

int options_parse_single(const char *command, const struct cmd_option *table, void *options,
			 int argc, char *argv[], struct err *e)
{
	return parse(command, table, true, options, argc, argv, e);
}

int usage(struct err *e, const char *command, const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(e, -EINVAL, "%s: %s; see egpu %s --help", command, what, command);
}
