/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* What the driver tells, through NVML and CUDA. NVML API Reference Guide; CUDA Driver API. */

/* How the probe child ended. */
enum probe_end {
	PROBE_NOT_RUN,    /* behind the gate, or another answer forbade it */
	PROBE_ANSWERED,   /* an error that the library reports is an answer */
	PROBE_NO_LIBRARY, /* the library could not be loaded */
	PROBE_ABANDONED,  /* no answer before the deadline: it may hang in the driver for ever */
	PROBE_CRASHED,    /* killed by a signal of its own */
	PROBE_FAILED,     /* could not be asked, or the answer was not understood */
};

const char *probe_end_name(enum probe_end end); /* "abandoned" */

struct nvml_process {
	uint64_t pid, used_bytes; /* used_bytes 0: the driver does not tell */
	bool compute;
};

struct nvml_gpu {
	const char *bdf, *uuid, *name; /* "" where the driver does not tell */
	struct maybe_u64 error;        /* nvmlReturn_t; KNOWN: it can no more be asked */
	const char *error_name;        /* "NVML_ERROR_GPU_IS_LOST" */
	struct maybe_u64 vram_total_bytes, vram_free_bytes, vram_used_bytes;
	struct maybe_u64 power_mw, power_limit_mw, temperature_celsius, slowdown_celsius;
	struct maybe_u64 throttle_reasons; /* bits of nvmlClocksThrottleReasons */
	struct maybe_u64 pcie_replays, pcie_generation, pcie_generation_max, pcie_width,
	    pcie_width_max;
	struct maybe_u64 ecc_uncorrected;  /* volatile; ABSENT without ECC */
	struct maybe_u64 persistence_mode; /* flag */
	struct maybe_u64 utilization_percent;
	struct maybe_u64 minor; /* N of /dev/nvidiaN */
	enum know process_know; /* ABSENT: the driver does not tell who computes on it */
	struct nvml_process *process;
	size_t process_count;
};

struct nvml {
	enum probe_end end;
	const char *why; /* one clause, when it did not answer: "no answer before the deadline" */
	struct maybe_u64
	    result; /* nvmlReturn_t of nvmlInit_v2, or of counting the GPUs when that failed */
	const char *result_name; /* "NVML_ERROR_LIB_RM_VERSION_MISMATCH"; "" where not known */
	struct maybe_text driver_version;
	struct maybe_u64 cuda_version; /* 13010 is 13.1 */
	struct nvml_gpu *gpu;
	size_t gpu_count;
};

struct cuda_gpu {
	const char *bdf, *name;                                   /* "" where CUDA does not tell */
	uint64_t capability_major, capability_minor, total_bytes; /* 0: CUDA does not tell */
};

struct cuda {
	enum probe_end end;
	const char *why;
	struct maybe_u64 result;         /* CUresult of cuInit */
	const char *result_name;         /* "CUDA_ERROR_UNKNOWN" */
	struct maybe_u64 driver_version; /* cuDriverGetVersion: 13010 is 13.1 */
	struct cuda_gpu *gpu;
	size_t gpu_count;
};

extern const struct shape shape_nvml, shape_cuda;

const struct nvml_gpu *
nvml_gpu(const struct nvml *n,
	 const char *bdf); /* NULL: not listed. BDF domains of 4 or 8 digits */
/* A GPU is listed whose address the driver, or CUDA, did not tell: it may be any. */
bool nvml_hides_one(const struct nvml *n);
bool cuda_hides_one(const struct cuda *c);
/* A GPU of that UUID, or of one that begins so, is listed, or may be: one has no UUID here. */
bool nvml_has_uuid(const struct nvml *n, const char *uuid);
/*
 * CUDA_VISIBLE_DEVICES of that value leaves no GPU: CUDA takes those that stand before the first
 * that it does not know. Where the driver did not list its GPUs, only what names none does.
 */
bool nvml_hidden_by(const struct nvml *n, const char *cuda_visible_devices);
const struct cuda_gpu *cuda_gpu(const struct cuda *c, const char *bdf);
