/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "cmd/cmd.h"

static const struct cmd *const cmds[] = { &cmd_check, &cmd_explain, &cmd_record,    &cmd_setup,
					  &cmd_fix,   &cmd_undo,    &cmd_enclosure, &cmd_wait,
					  &cmd_guard, &cmd_eject,   &cmd_timeline,  &cmd_metrics,
					  &cmd_fit,   &cmd_probe };

static const struct cmd *find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(cmds); i++)
		if (str_eq(cmds[i]->name, name))
			return cmds[i];
	return NULL;
}

static void help(void)
{
	puts("usage: egpu [--root DIR] [--docker URL] [--deadline MSEC] [COMMAND] [OPTION]...\n\n"
	     "Checks a Linux machine that computes on an external NVIDIA GPU, from the\n"
	     "Thunderbolt cable to Ollama's tokens, and names the one cause of what is wrong.\n");
	for (size_t i = 0; i < COUNT_OF(cmds); i++)
		if (!cmds[i]->internal)
			printf("  %-10s%s\n", cmds[i]->name, cmds[i]->help);
	puts("\n  --root DIR       read files below DIR (a host mounted there)\n"
	     "  --docker URL     the container engine, as unix:///run/docker.sock\n"
	     "  --deadline MSEC  how long the driver may take to answer (default 2000)\n"
	     "  --version\n\n"
	     "Without a command: check. egpu COMMAND --help tells the options of one.\n"
	     "Exit status: 0 ok, 1 warning, 2 broken, 3 unknown, 4 no external GPU here,\n"
	     "64 usage, 70 trouble.");
}

static bool wants_help(int argc, char *argv[])
{
	for (int i = 1; i < argc && !str_eq(argv[i], "--"); i++)
		if (str_eq(argv[i], "--help"))
			return true;
	return false;
}

/* 0: go on; 1: done; negative: *e */
static int options(struct env *env, int argc, char *argv[], struct err *e)
{
	static const struct option longs[] = {
		{ "root", required_argument, NULL, 'r' },
		{ "docker", required_argument, NULL, 'd' },
		{ "deadline", required_argument, NULL, 't' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	uint64_t msec;

	opterr = 0;
	for (int c; (c = getopt_long(argc, argv, "+:", longs, NULL)) != -1;)
		switch (c) {
		case 'r':
			env->host.root = optarg;
			break;
		case 'd':
			env->host.docker = optarg;
			break;
		case 't':
			if (!str_u64(optarg, 10, 600000, &msec) || msec == 0)
				return err_set(
				    e, -EINVAL,
				    "--deadline takes 1 to 600000 milliseconds, not '%s'", optarg);
			env->host.probe_msec = (unsigned)msec;
			break;
		case 'v':
			puts("egpu " EGPU_VERSION);
			return 1;
		case 'h':
			help();
			return 1;
		case ':':
			return err_set(e, -EINVAL, "option '%s' needs a value; see egpu --help",
				       argv[optind - 1]);
		default:
			return err_set(e, -EINVAL, "no option '%s'; see egpu --help",
				       argv[optind - 1]);
		}
	return 0;
}

static int run(int argc, char *argv[], struct err *e)
{
	struct env env = { 0 };
	char *only_name[] = { "check", NULL };
	int r = argc > 1 && *argv[1] == '-' && !str_eq(argv[1], "--") ? options(&env, argc, argv, e)
								      : 0;
	if (r != 0)
		return r < 0 ? r : 0;

	int at = optind;
	const struct cmd *cmd = at < argc ? find(argv[at]) : &cmd_check;
	if (!cmd)
		return err_set(e, -EINVAL, "no command '%s'; see egpu --help", argv[at]);
	if (wants_help(argc - at, argv + at)) {
		printf("usage: egpu %s %s\n\n%s.\n\n%s", cmd->name, cmd->args, cmd->help,
		       cmd->options);
		return 0;
	}
	return at < argc ? cmd->run(&env, argc - at, argv + at, e)
			 : cmd->run(&env, 1, only_name, e);
}

int main(int argc, char *argv[])
{
	struct err e = { 0 };
	/* Of the threads that ask ahead none lives long enough to be worth a heap of its own. */
	mallopt(M_ARENA_MAX, 1);
	int r = run(argc, argv, &e);
	if (fflush(stdout) != 0 && r >= 0)
		r = err_set(&e, -errno, "write the answer");
	if (r >= 0)
		return r;
	fprintf(stderr, "egpu: %s\n", e.text);
	return r == -EINVAL ? EXIT_USAGE : EXIT_TROUBLE;
}
