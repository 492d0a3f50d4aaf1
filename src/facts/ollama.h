/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

enum ollama_backend {
	BACKEND_UNKNOWN,
	BACKEND_CPU,
	BACKEND_CUDA,
	BACKEND_VULKAN,
	BACKEND_ROCM,
	BACKEND_OTHER
};

/* A device that Ollama found when it started. Its log, all formats since 0.1. */
struct ollama_device {
	enum ollama_backend backend;
	const char *name, *line;
	struct maybe_u64 total_bytes;
	bool integrated;
};

/* What one log of an Ollama server says of its current start. */
struct ollama_log {
	struct ollama_device *device;
	size_t device_count;
	struct maybe_text version; /* as it told when it began to listen */
};

struct ollama_model {
	const char *name;
	uint64_t size_bytes, vram_bytes; /* /api/ps: size, size_vram */
	struct maybe_u64 context_tokens;
};

/* One Ollama server: a container, or a unit of the host. */
struct ollama {
	const char *where;     /* container's name, or "ollama.service" */
	const char *container; /* container's name, "" for a unit */
	const char *endpoint;  /* "127.0.0.1:11434"; "" where none could be found */
	struct maybe_text version;
	struct names environment;

	enum know log_know;
	const char *log_from;
	struct ollama_log log;

	enum know api_know;
	struct ollama_model *model; /* loaded now */
	size_t model_count;

	struct maybe_u64
	    gpu_processes; /* processes of this server that the driver lists on the chosen GPU */
	/* the same on another NVIDIA GPU, asked where the chosen one has none; "": there is none */
	struct maybe_u64 gpu_processes_elsewhere;
	const char *elsewhere;       /* that GPU's BDF as NVML writes it */
	enum ollama_backend backend; /* what the sources agree on, see backend_why */
	const char *backend_why;     /* "log says CUDA, driver lists 1 process" */
};

struct ollama_list {
	enum know know;
	struct ollama *server;
	size_t server_count;
};

extern const struct shape shape_ollama;

/*
 * The backend that its three witnesses agree on, and which said what. Each may
 * lie: the log tells what was found at the start, /api/ps what was planned when
 * a model was loaded (a size_vram of 0 is reliable, one above is not), the
 * driver's list who holds the GPU now, and it has the last word when it could
 * be read and a model is loaded.
 */
enum ollama_backend ollama_agree(const struct ollama *o, struct arena *a, const char **why);
/* What discovery found: the best of the log's devices. */
enum ollama_backend ollama_found(const struct ollama_log *log);
const char *ollama_backend_name(enum ollama_backend b); /* "CUDA", "CPU" */

/* A listening TCP socket of the host. */
struct listener {
	const char *address; /* "0.0.0.0", "::", "127.0.0.1" */
	uint64_t port;
	bool everywhere; /* bound to all interfaces */
};

struct exposure {
	enum know know;
	struct listener *listener;
	size_t listener_count;
};

extern const struct shape shape_exposure;
