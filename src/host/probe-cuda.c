/* SPDX-License-Identifier: MIT */
/*
 * The CUDA driver library, in the probe child. Numbers are those of the CUDA
 * Driver API (docs.nvidia.com/cuda/cuda-driver-api). No context is made: that
 * would take video memory, and seconds.
 */
#include "host/probe.h"

#include <dlfcn.h>

enum { NAME_SIZE = 96, GPUS_MAX = 32 };

/* CUdevice_attribute */
enum { CAPABILITY_MAJOR = 75, CAPABILITY_MINOR = 76 };

enum { OK = 0, NOT_FOUND = 500 };

/* CUresult: what cuInit() can say. Newer libraries are asked for the name themselves. */
static const struct probe_code results[] = {
	{ OK, "CUDA_SUCCESS" },
	{ 1, "CUDA_ERROR_INVALID_VALUE" },
	{ 2, "CUDA_ERROR_OUT_OF_MEMORY" },
	{ 3, "CUDA_ERROR_NOT_INITIALIZED" },
	{ 34, "CUDA_ERROR_STUB_LIBRARY" },
	{ 35, "CUDA_ERROR_INSUFFICIENT_DRIVER" },
	{ 36, "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER" },
	{ 46, "CUDA_ERROR_DEVICE_UNAVAILABLE" },
	{ 100, "CUDA_ERROR_NO_DEVICE" },
	{ 101, "CUDA_ERROR_INVALID_DEVICE" },
	{ 102, "CUDA_ERROR_DEVICE_NOT_LICENSED" },
	{ 214, "CUDA_ERROR_ECC_UNCORRECTABLE" },
	{ 304, "CUDA_ERROR_OPERATING_SYSTEM" },
	{ NOT_FOUND, "CUDA_ERROR_NOT_FOUND" },
	{ 800, "CUDA_ERROR_NOT_PERMITTED" },
	{ 801, "CUDA_ERROR_NOT_SUPPORTED" },
	{ 802, "CUDA_ERROR_SYSTEM_NOT_READY" },
	{ 803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" },
	{ 804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE" },
	{ 805, "CUDA_ERROR_MPS_CONNECTION_FAILED" },
	{ 999, "CUDA_ERROR_UNKNOWN" },
	{ 0, NULL },
};

/* POSIX lets an object pointer hold a function's address; ISO C has no cast for it. */
#define FIND(function, lib, symbol) (*(void **)&(function) = dlsym((lib), (symbol)))

static const char *name_of(void *lib, int result)
{
	int (*get)(int, const char **);
	const char *name = probe_code_name(results, result);

	if (!*name && FIND(get, lib, "cuGetErrorName") && get(result, &name) != OK)
		name = "";
	return name ? name : "";
}

static void tell_text(void *lib, int device, json_t *gpu, const char *name, const char *symbol)
{
	int (*get)(char *, int, int);
	char text[NAME_SIZE] = "";

	if (FIND(get, lib, symbol) && get(text, sizeof(text), device) == OK)
		json_object_set_new(gpu, name, probe_text(text, sizeof(text)));
}

static void tell_attribute(void *lib, int device, json_t *gpu, const char *name, int attribute)
{
	int (*get)(int *, int, int);
	int v = 0;

	if (FIND(get, lib, "cuDeviceGetAttribute") && get(&v, attribute, device) == OK)
		json_object_set_new(gpu, name, json_integer(v));
}

static void tell_gpu(void *lib, int device, json_t *gpu)
{
	int (*total)(size_t *, int);
	size_t bytes = 0;

	tell_text(lib, device, gpu, "bdf", "cuDeviceGetPCIBusId");
	tell_text(lib, device, gpu, "name", "cuDeviceGetName");
	tell_attribute(lib, device, gpu, "capability_major", CAPABILITY_MAJOR);
	tell_attribute(lib, device, gpu, "capability_minor", CAPABILITY_MINOR);
	if (FIND(total, lib, "cuDeviceTotalMem_v2") && total(&bytes, device) == OK)
		json_object_set_new(gpu, "total_bytes", probe_number(bytes));
}

static int tell_gpus(void *lib, json_t *answer)
{
	int (*count)(int *);
	int (*get)(int *, int);
	int n = 0;

	if (!FIND(count, lib, "cuDeviceGetCount") || !FIND(get, lib, "cuDeviceGet"))
		return NOT_FOUND;
	int r = count(&n);
	if (r != OK)
		return r;
	json_t *gpus = json_array();
	for (int i = 0, device; i < n && i < GPUS_MAX; i++) {
		json_t *gpu = json_object();
		if (get(&device, i) == OK)
			tell_gpu(lib, device, gpu);
		json_array_append_new(gpus, gpu);
	}
	json_object_set_new(answer, "gpus", gpus);
	return OK;
}

json_t *probe_cuda(void)
{
	int (*init)(unsigned);
	int (*version)(int *);
	int v = 0;
	void *lib = probe_library("libcuda.so.1");
	if (!lib)
		return probe_no_library();

	json_t *answer = json_pack("{ss}", "library", "loaded");
	/* This one may be asked before cuInit(). */
	if (FIND(version, lib, "cuDriverGetVersion") && version(&v) == OK && v > 0)
		json_object_set_new(answer, "driver_version", json_integer(v));
	int r = FIND(init, lib, "cuInit") ? init(0) : NOT_FOUND;
	if (r == OK)
		r = tell_gpus(lib, answer);
	json_object_set_new(answer, "result", json_integer(r));
	json_object_set_new(answer, "result_name", json_string(name_of(lib, r)));
	return answer;
}
