/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* What the driver tells, through NVML and CUDA. NVML API Reference Guide; CUDA Driver API. */

/* How the probe child ended. */
enum probe_end {
	PROBE_NOT_RUN,
	PROBE_ANSWERED,
	PROBE_NO_LIBRARY,
	PROBE_ABANDONED,
	PROBE_CRASHED,
	PROBE_FAILED
};

struct nvml_process {
	uint64_t pid, used_bytes; /* used_bytes 0: the driver does not tell */
	bool compute;
};

struct nvml_gpu {
	const char *bdf, *uuid, *name;
	struct maybe_u64 vram_total_bytes, vram_free_bytes, vram_used_bytes;
	struct maybe_u64 power_mw, power_limit_mw, temperature_celsius, slowdown_celsius;
	struct maybe_u64 throttle_reasons; /* bits of nvmlClocksThrottleReasons */
	struct maybe_u64 pcie_replays, pcie_generation, pcie_generation_max, pcie_width,
	    pcie_width_max;
	struct maybe_u64 ecc_uncorrected;  /* volatile; ABSENT without ECC */
	struct maybe_u64 persistence_mode; /* flag */
	struct maybe_u64 utilization_percent;
	struct maybe_u64 minor; /* N of /dev/nvidiaN */
	struct nvml_process *process;
	size_t process_count;
};

struct nvml {
	enum probe_end end;
	const char *why; /* one clause, when it did not answer: "no answer within 2000 ms" */
	struct maybe_u64 result; /* nvmlReturn_t of nvmlInit_v2 */
	const char *result_name; /* "NVML_ERROR_LIB_RM_VERSION_MISMATCH"; "" where not known */
	struct maybe_text driver_version;
	struct maybe_u64 cuda_version; /* 13010 is 13.1 */
	struct nvml_gpu *gpu;
	size_t gpu_count;
};

struct cuda_gpu {
	const char *bdf, *name;
	uint64_t capability_major, capability_minor, total_bytes;
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
const struct cuda_gpu *cuda_gpu(const struct cuda *c, const char *bdf);
