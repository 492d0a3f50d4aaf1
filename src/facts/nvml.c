/* SPDX-License-Identifier: MIT */
#include "facts/nvml.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

const char *probe_end_name(enum probe_end value)
{
	static const char *const words[] = {
		[PROBE_NOT_RUN] = "not run",       [PROBE_ANSWERED] = "answered",
		[PROBE_NO_LIBRARY] = "no library", [PROBE_ABANDONED] = "abandoned",
		[PROBE_CRASHED] = "crashed",       [PROBE_FAILED] = "failed",
	};
	return words[value];
}

static const struct shape shape_process = {
	sizeof(struct nvml_process),
	(const struct field[]){
	    FIELD(COUNT, struct nvml_process, pid),
	    FIELD(COUNT, struct nvml_process, used_bytes),
	    FIELD(BOOL, struct nvml_process, compute),
	    { 0 },
	},
};

static const struct shape shape_nvml_gpu = {
	sizeof(struct nvml_gpu),
	(const struct field[]){
	    FIELD(NAME, struct nvml_gpu, bdf),
	    FIELD(NAME, struct nvml_gpu, uuid),
	    FIELD(NAME, struct nvml_gpu, name),
	    FIELD(U64, struct nvml_gpu, error),
	    FIELD(NAME, struct nvml_gpu, error_name),
	    FIELD(U64, struct nvml_gpu, vram_total_bytes),
	    FIELD(U64, struct nvml_gpu, vram_free_bytes),
	    FIELD(U64, struct nvml_gpu, vram_used_bytes),
	    FIELD(U64, struct nvml_gpu, power_mw),
	    FIELD(U64, struct nvml_gpu, power_limit_mw),
	    FIELD(U64, struct nvml_gpu, temperature_celsius),
	    FIELD(U64, struct nvml_gpu, slowdown_celsius),
	    FIELD(U64, struct nvml_gpu, throttle_reasons),
	    FIELD(U64, struct nvml_gpu, pcie_replays),
	    FIELD(U64, struct nvml_gpu, pcie_generation),
	    FIELD(U64, struct nvml_gpu, pcie_generation_max),
	    FIELD(U64, struct nvml_gpu, pcie_width),
	    FIELD(U64, struct nvml_gpu, pcie_width_max),
	    FIELD(U64, struct nvml_gpu, ecc_uncorrected),
	    FIELD(FLAG, struct nvml_gpu, persistence_mode),
	    FIELD(U64, struct nvml_gpu, utilization_percent),
	    FIELD(U64, struct nvml_gpu, minor),
	    FIELD(KNOW, struct nvml_gpu, process_know),
	    FIELDS_OF(struct nvml_gpu, process, &shape_process),
	    { 0 },
	},
};

const struct shape shape_nvml = {
	sizeof(struct nvml),
	(const struct field[]){
	    FIELD_WORDS(struct nvml, end, probe_end_name),
	    FIELD(NAME, struct nvml, why),
	    FIELD(U64, struct nvml, result),
	    FIELD(NAME, struct nvml, result_name),
	    FIELD(TEXT, struct nvml, driver_version),
	    FIELD(U64, struct nvml, cuda_version),
	    FIELDS_OF(struct nvml, gpu, &shape_nvml_gpu),
	    { 0 },
	},
};

static const struct shape shape_cuda_gpu = {
	sizeof(struct cuda_gpu),
	(const struct field[]){
	    FIELD(NAME, struct cuda_gpu, bdf),
	    FIELD(NAME, struct cuda_gpu, name),
	    FIELD(COUNT, struct cuda_gpu, capability_major),
	    FIELD(COUNT, struct cuda_gpu, capability_minor),
	    FIELD(COUNT, struct cuda_gpu, total_bytes),
	    { 0 },
	},
};

const struct shape shape_cuda = {
	sizeof(struct cuda),
	(const struct field[]){
	    FIELD_WORDS(struct cuda, end, probe_end_name),
	    FIELD(NAME, struct cuda, why),
	    FIELD(U64, struct cuda, result),
	    FIELD(NAME, struct cuda, result_name),
	    FIELD(U64, struct cuda, driver_version),
	    FIELDS_OF(struct cuda, gpu, &shape_cuda_gpu),
	    { 0 },
	},
};

/* NVML writes a domain of eight digits where the kernel and CUDA write four. */
static bool same_bdf(const char *a, const char *b)
{
	unsigned p[4], q[4];

	if (!a || !b || sscanf(a, "%8x:%2x:%2x.%1x", &p[0], &p[1], &p[2], &p[3]) != 4 ||
	    sscanf(b, "%8x:%2x:%2x.%1x", &q[0], &q[1], &q[2], &q[3]) != 4)
		return false;
	return p[0] == q[0] && p[1] == q[1] && p[2] == q[2] && p[3] == q[3];
}

const struct nvml_gpu *nvml_gpu(const struct nvml *n, const char *bdf)
{
	for (size_t i = 0; i < n->gpu_count; i++)
		if (same_bdf(n->gpu[i].bdf, bdf))
			return &n->gpu[i];
	return NULL;
}

const struct cuda_gpu *cuda_gpu(const struct cuda *c, const char *bdf)
{
	for (size_t i = 0; i < c->gpu_count; i++)
		if (same_bdf(c->gpu[i].bdf, bdf))
			return &c->gpu[i];
	return NULL;
}

bool nvml_hides_one(const struct nvml *n)
{
	for (size_t i = 0; i < n->gpu_count; i++)
		if (!*n->gpu[i].bdf)
			return true;
	return false;
}

bool cuda_hides_one(const struct cuda *c)
{
	for (size_t i = 0; i < c->gpu_count; i++)
		if (!*c->gpu[i].bdf)
			return true;
	return false;
}

bool nvml_has_uuid(const struct nvml *n, const char *uuid)
{
	for (size_t i = 0; i < n->gpu_count; i++)
		if (!*n->gpu[i].uuid || str_starts(n->gpu[i].uuid, uuid))
			return true;
	return false;
}

bool nvml_hidden_by(const struct nvml *n, const char *cuda_visible_devices)
{
	size_t size = strcspn(cuda_visible_devices, ",");
	char first[64];
	uint64_t index;

	if (!*cuda_visible_devices || str_eq(cuda_visible_devices, "-1") ||
	    str_eq(cuda_visible_devices, "NoDevFiles"))
		return true;
	if (n->end != PROBE_ANSWERED || n->gpu_count == 0 || size >= sizeof(first))
		return false;
	memcpy(first, cuda_visible_devices, size);
	first[size] = '\0';
	if (str_starts(first, "GPU-"))
		return !nvml_has_uuid(n, first);
	return str_u64(first, 10, UINT32_MAX, &index) && index >= n->gpu_count;
}
