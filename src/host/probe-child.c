/* SPDX-License-Identifier: MIT */
#include "host/probe.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void *probe_library(const char *soname)
{
	char path[64];
	void *lib = dlopen(soname, RTLD_NOW);

	snprintf(path, sizeof(path), "/run/opengl-driver/lib/%s", soname);
	return lib || access(path, F_OK) < 0 ? lib : dlopen(path, RTLD_NOW);
}

json_t *probe_no_library(void)
{
	const char *why = dlerror();
	return json_pack("{ss ss}", "library", "missing", "error", why ? why : "");
}

json_t *probe_text(char *buffer, size_t size)
{
	buffer[size - 1] = '\0';
	json_t *text = json_string(buffer);
	return text ? text : json_null();
}

json_t *probe_number(unsigned long long v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : json_null();
}

const char *probe_code_name(const struct probe_code *table, int code)
{
	for (; table->name; table++)
		if (table->code == code)
			return table->name;
	return "";
}

/* The answer's own stream: whatever a library prints must not get into it. */
static FILE *answer_stream(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return NULL;
	return fdopen(fd, "we");
}

static int tell(FILE *to, json_t *(*ask)(void), struct err *e)
{
	json_auto_t *answer = ask();
	if (json_dumpf(answer, to, JSON_COMPACT) < 0 || fputc('\n', to) == EOF || fflush(to) != 0)
		return err_set(e, -EIO, "write the answer");
	return 0;
}

/* Its end says that nobody will. */
static bool is_asked_on(void)
{
	char c;
	ssize_t n;

	do
		n = read(STDIN_FILENO, &c, 1);
	while ((n == 1 && c != '\n') || (n < 0 && errno == EINTR));
	return n == 1;
}

int probe_tell(const char *what, struct err *e)
{
	static const struct {
		const char *what;
		json_t *(*first)(void), *(*second)(void);
	} probes[] = {
		{ "nvml", probe_nvml, NULL },
		{ "cuda", probe_cuda, NULL },
		{ "nvml+cuda", probe_nvml, probe_cuda },
	};
	size_t i = 0;

	while (i < COUNT_OF(probes) && !str_eq(what, probes[i].what))
		i++;
	if (i == COUNT_OF(probes))
		return err_set(e, -EINVAL, "probe: nvml or cuda");
	FILE *to = answer_stream();
	if (!to)
		return err_set(e, -errno, "probe");
	int r = tell(to, probes[i].first, e);
	if (r == 0 && probes[i].second && is_asked_on())
		r = tell(to, probes[i].second, e);
	return r;
}
