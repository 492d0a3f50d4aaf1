/* SPDX-License-Identifier: MIT */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include "base/str.h"
#include "tap.h"

/*
 * What bash(1) makes of files: they are written to a scratch folder and all
 * sourced in one run, each in a shell of its own with an empty environment.
 */
struct oracle {
	struct arena *arena;
	char dir[64];
	size_t count;
};

struct sourced {
	struct names word; /* the variable's elements; a text has one */
	bool is_list;
	const char *others; /* `declare -p` of all else that the file sets */
};

static inline void oracle_write(const char *path, const char *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static inline struct bytes oracle_read(struct arena *a, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	if (fd < 0 || fstat(fd, &st) < 0)
		return (struct bytes){ "", 0 };
	char *text = arena_alloc(a, (size_t)st.st_size + 1);
	CHECK(read(fd, text, (size_t)st.st_size) == st.st_size);
	close(fd);
	return (struct bytes){ text, (size_t)st.st_size };
}

static inline struct oracle oracle_new(struct arena *a)
{
	struct oracle o = { .arena = a, .dir = "/tmp/shell-edit-XXXXXX" };
	CHECK(mkdtemp(o.dir) != NULL);
	return o;
}

/* The file's number, for oracle_told(). NAME[KEY] is asked for as NAME. */
static inline size_t oracle_ask(struct oracle *o, struct bytes text, const char *name)
{
	struct arena *a = o->arena;
	size_t n = strcspn(name, "[");

	oracle_write(arena_printf(a, "%s/%zu", o->dir, o->count), text.data, text.size);
	oracle_write(arena_printf(a, "%s/%zu.name", o->dir, o->count),
		     arena_printf(a, "%.*s\n", (int)n, name), n + 1);
	return o->count++;
}

/* Each file costs one fork. What `declare -p` says is compared without what the shell sets itself.
 */
static inline void oracle_run(const struct oracle *o)
{
	static const char script[] =
	    "count=$1 i= n=\n"
	    "compgen -v >\"$0/known\"\n"
	    "for ((i = 0; i < count; i++)); do (\n"
	    "	read -r n <\"$0/$i.name\"\n"
	    "	source \"$0/$i\" >/dev/null 2>&1\n"
	    "	declare -n it=$n\n"
	    "	[ ! -v it[@] ] || printf '%s\\0' \"${it[@]}\" >\"$0/$i.word\"\n"
	    "	[[ ${it@a} != *a* ]] || : >\"$0/$i.list\"\n"
	    "	declare -p >\"$0/$i.others\"\n"
	    "); done\n";
	char count[24];
	snprintf(count, sizeof(count), "%zu", o->count);
	pid_t pid = fork();
	if (pid == 0) {
		char *argv[] = { "timeout", "240",          "bash",         "--norc", "--noprofile",
				 "-c",      (char *)script, (char *)o->dir, count,    NULL };
		char *env[] = { NULL };
		execvpe("timeout", argv, env);
		_exit(127);
	}
	int status = -1;
	waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

/* The lines "declare -x NAME=..." but for those of the names. */
static inline const char *oracle_others(struct arena *a, struct bytes declared,
					const struct names *but)
{
	char *out = arena_alloc(a, declared.size + 1), *end = out;

	for (struct bytes line; bytes_line(&declared, &line);) {
		const char *name = memchr(line.data, '-', line.size);
		size_t skip = name ? strcspn(name, " ") + 1 : 0;
		if (skip && names_have(but, str_ndup(a, name + skip, strcspn(name + skip, "=\n"))))
			continue;
		memcpy(end, line.data, line.size);
		end += line.size;
		*end++ = '\n';
	}
	return out;
}

static inline struct sourced oracle_told(const struct oracle *o, size_t i)
{
	struct arena *a = o->arena;
	struct sourced told = { 0 };
	struct bytes words = oracle_read(a, arena_printf(a, "%s/%zu.word", o->dir, i));
	size_t room = 0;

	for (size_t at = 0; at < words.size; at += strlen(words.data + at) + 1)
		names_add(a, &told.word, &room, words.data + at);
	told.is_list = access(arena_printf(a, "%s/%zu.list", o->dir, i), F_OK) == 0;
	struct bytes name = oracle_read(a, arena_printf(a, "%s/%zu.name", o->dir, i));
	struct bytes known = oracle_read(a, arena_printf(a, "%s/known", o->dir));
	struct names but = str_split(a, arena_printf(a, "%s\nit", known.data), "\n", 1024);
	names_add(a, &but, &(size_t){ but.count }, str_trim(a, name.data, name.size));
	told.others =
	    oracle_others(a, oracle_read(a, arena_printf(a, "%s/%zu.others", o->dir, i)), &but);
	return told;
}

static inline void oracle_done(const struct oracle *o)
{
	static const char *const kinds[] = { "", ".name", ".word", ".list", ".others" };
	for (size_t i = 0; i < o->count; i++)
		for (size_t k = 0; k < COUNT_OF(kinds); k++)
			unlink(arena_printf(o->arena, "%s/%zu%s", o->dir, i, kinds[k]));
	unlink(arena_printf(o->arena, "%s/known", o->dir));
	rmdir(o->dir);
}
