/* SPDX-License-Identifier: MIT */
/*
 * A stand-in libcuda.so.1: one RTX 3060 at 0000:22:00.0.
 *
 *	EGPU_FAKE_CUDA   ok, none (100), unknown (999), mismatch (803), hang, crash, garbage,
 *	                 environment (999 where a variable hides GPUs, else ok); default ok
 *	EGPU_FAKE_BDF    in place of the default
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

enum { OK = 0, INVALID_VALUE = 1, NO_DEVICE = 100, MISMATCH = 803, UNKNOWN = 999 };

static int is(const char *mood)
{
	const char *m = getenv("EGPU_FAKE_CUDA");
	return strcmp(m ? m : "ok", mood) == 0;
}

static int hidden(void)
{
	return getenv("CUDA_VISIBLE_DEVICES") || getenv("NVIDIA_VISIBLE_DEVICES");
}

int cuInit(unsigned flags)
{
	if (flags)
		return INVALID_VALUE;
	while (is("hang"))
		pause();
	if (is("crash")) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if (is("unknown") || (is("environment") && hidden()))
		return UNKNOWN;
	return is("none") ? NO_DEVICE : is("mismatch") ? MISMATCH : OK;
}

int cuDriverGetVersion(int *version)
{
	*version = is("garbage") ? -13010 : 13010;
	return OK;
}

int cuDeviceGetCount(int *n)
{
	*n = is("garbage") ? 0x7fffffff : 1;
	return OK;
}

int cuDeviceGet(int *device, int i)
{
	*device = i;
	return OK;
}

static int copy(char *to, int size, const char *from)
{
	if (is("garbage"))
		memset(to, 0xff, (size_t)size);
	else
		snprintf(to, (size_t)size, "%s", from);
	return OK;
}

int cuDeviceGetPCIBusId(char *to, int size, int device)
{
	(void)device;
	const char *bdf = getenv("EGPU_FAKE_BDF");
	return copy(to, size, bdf ? bdf : "0000:22:00.0");
}

int cuDeviceGetName(char *to, int size, int device)
{
	(void)device;
	return copy(to, size, "NVIDIA GeForce RTX 3060");
}

int cuDeviceGetAttribute(int *to, int attribute, int device)
{
	(void)device;
	*to = is("garbage") ? -1 : attribute == 75 ? 8 : attribute == 76 ? 6 : 0;
	return OK;
}

int cuDeviceTotalMem_v2(size_t *to, int device)
{
	(void)device;
	*to = is("garbage") ? (size_t)-1 : (size_t)12 << 30;
	return OK;
}
