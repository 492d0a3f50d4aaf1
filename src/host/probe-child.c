/* SPDX-License-Identifier: MIT */
#include "host/probe.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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

int probe_tell(const char *what, struct err *e)
{
	static const struct {
		const char *what;
		json_t *(*ask)(void);
	} probes[] = { { "nvml", probe_nvml }, { "cuda", probe_cuda } };

	for (size_t i = 0; i < COUNT_OF(probes); i++)
		if (str_eq(what, probes[i].what))
			return tell(probes[i].ask, e);
	return err_set(e, -EINVAL, "probe: nvml or cuda");
}
