/* SPDX-License-Identifier: MIT */
#include "facts/ollama.h"

#include <inttypes.h>
#include <stddef.h>

static const struct field device_fields[] = {
	FIELD_WORDS(struct ollama_device, backend, ollama_backend_name),
	FIELD(NAME, struct ollama_device, name),
	FIELD(BOOL, struct ollama_device, integrated),
	FIELD(NAME, struct ollama_device, line),
	FIELD(U64, struct ollama_device, total_bytes),
	{ 0 },
};
static const struct shape shape_device = { sizeof(struct ollama_device), device_fields };

static const struct field log_fields[] = {
	FIELDS_OF(struct ollama_log, device, &shape_device),
	FIELD(TEXT, struct ollama_log, version),
	{ 0 },
};
static const struct shape shape_log = { sizeof(struct ollama_log), log_fields };

static const struct field model_fields[] = {
	FIELD(NAME, struct ollama_model, name),
	FIELD(COUNT, struct ollama_model, size_bytes),
	FIELD(COUNT, struct ollama_model, vram_bytes),
	FIELD(U64, struct ollama_model, context_tokens),
	{ 0 },
};
static const struct shape shape_model = { sizeof(struct ollama_model), model_fields };

static const struct field server_fields[] = {
	FIELD(NAME, struct ollama, where),
	FIELD(NAME, struct ollama, endpoint),
	FIELD(TEXT, struct ollama, version),
	FIELD(NAMES, struct ollama, environment),
	FIELD(KNOW, struct ollama, log_know),
	FIELD(NAME, struct ollama, log_from),
	FIELD_OF(struct ollama, log, &shape_log),
	FIELD(KNOW, struct ollama, api_know),
	FIELDS_OF(struct ollama, model, &shape_model),
	FIELD(U64, struct ollama, gpu_processes),
	FIELD(U64, struct ollama, gpu_processes_elsewhere),
	FIELD(NAME, struct ollama, elsewhere),
	FIELD_WORDS(struct ollama, backend, ollama_backend_name),
	FIELD(NAME, struct ollama, backend_why),
	{ 0 },
};
static const struct shape shape_server = { sizeof(struct ollama), server_fields };

static const struct field list_fields[] = {
	FIELD(KNOW, struct ollama_list, know),
	FIELDS_OF(struct ollama_list, server, &shape_server),
	{ 0 },
};
const struct shape shape_ollama = { sizeof(struct ollama_list), list_fields };

static const struct field listener_fields[] = {
	FIELD(NAME, struct listener, address),
	FIELD(COUNT, struct listener, port),
	FIELD(BOOL, struct listener, everywhere),
	{ 0 },
};
static const struct shape shape_listener = { sizeof(struct listener), listener_fields };

static const struct field exposure_fields[] = {
	FIELD(KNOW, struct exposure, know),
	FIELDS_OF(struct exposure, listener, &shape_listener),
	{ 0 },
};
const struct shape shape_exposure = { sizeof(struct exposure), exposure_fields };

const char *ollama_backend_name(enum ollama_backend b)
{
	switch (b) {
	case BACKEND_UNKNOWN:
		return "unknown";
	case BACKEND_CPU:
		return "CPU";
	case BACKEND_CUDA:
		return "CUDA";
	case BACKEND_VULKAN:
		return "Vulkan";
	case BACKEND_ROCM:
		return "ROCm";
	case BACKEND_OTHER:
		return "another library";
	}
	return "";
}

static bool found(const struct ollama_log *log, enum ollama_backend b)
{
	for (size_t i = 0; i < log->device_count; i++)
		if (log->device[i].backend == b)
			return true;
	return false;
}

enum ollama_backend ollama_found(const struct ollama_log *log)
{
	static const enum ollama_backend best_first[] = { BACKEND_CUDA, BACKEND_ROCM,
							  BACKEND_VULKAN, BACKEND_OTHER,
							  BACKEND_CPU };
	for (size_t i = 0; i < COUNT_OF(best_first); i++)
		if (found(log, best_first[i]))
			return best_first[i];
	return BACKEND_UNKNOWN;
}

static uint64_t vram_bytes(const struct ollama *o)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < o->model_count; i++)
		sum += o->model[i].vram_bytes;
	return sum;
}

enum ollama_backend ollama_agree(const struct ollama *o, struct arena *a, const char **why)
{
	enum ollama_backend log = o->log_know == KNOWN ? ollama_found(&o->log) : BACKEND_UNKNOWN;
	bool loaded = o->api_know == KNOWN && o->model_count > 0;
	const char *says = log == BACKEND_UNKNOWN
			       ? "its log does not tell"
			       : arena_printf(a, "its log says %s", ollama_backend_name(log));

	if (!loaded) {
		*why = says;
		return log;
	}
	if (vram_bytes(o) == 0) {
		*why = arena_printf(a, "%s, all of %s is in RAM", says, o->model[0].name);
		return BACKEND_CPU;
	}
	if (o->gpu_processes.know != KNOWN) {
		*why = arena_printf(a, "%s, who computes on the GPU could not be read", says);
		return log;
	}
	uint64_t elsewhere = u64_or(o->gpu_processes_elsewhere, 0);
	*why = arena_printf(a, "%s, the driver lists %" PRIu64 " of its processes%s%s", says,
			    elsewhere ? elsewhere : o->gpu_processes.v, elsewhere ? " on " : "",
			    elsewhere ? o->elsewhere : "");
	if (o->gpu_processes.v > 0 || elsewhere > 0)
		return log == BACKEND_UNKNOWN || log == BACKEND_CPU ? BACKEND_CUDA : log;
	return log == BACKEND_VULKAN || log == BACKEND_ROCM ? log : BACKEND_CPU;
}
