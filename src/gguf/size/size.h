/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/model.h"

/*
 * How much memory a model takes, and where: what llama.cpp would print, reckoned from the model.
 * Weights and KV cache are arithmetic; the compute buffer is a model of ggml's graph allocator;
 * what the driver takes for a process is a range. Pure. llama.cpp: llama-kv-cache.cpp,
 * llama-model.cpp, llama-context.cpp.
 */
enum engine { ENGINE_LLAMA_CPP, ENGINE_OLLAMA };

/* What runs the model, where the answer depends on the version. */
struct build {
	enum engine engine;
	uint32_t number;  /* llama.cpp's b-number; 0: not known, today's is taken */
	uint32_t version; /* Ollama's X.Y.Z as X * 1000000 + Y * 1000 + Z; 0: not known */
	bool known;
};
/* "b5427", "ollama-0.12.3". -EINVAL */
int build_parse(const char *text, struct build *ret, struct err *e);

enum flash { FLASH_AUTO, FLASH_ON, FLASH_OFF };

/* llama.cpp's names. Zero-initialised but for what is asked for; settings_complete() does the rest.
 */
struct settings {
	uint32_t ctx;    /* -c, of all sequences together; 0: what the engine takes by itself */
	uint32_t batch;  /* -b */
	uint32_t ubatch; /* -ub */
	enum flash flash;
	const struct ggml_type *type_k, *type_v; /* NULL: f16 */
	uint32_t parallel;                       /* -np */
	bool has_gpu_layers;                     /* else as many as fit */
	uint32_t gpu_layers;                     /* -ngl */
	uint32_t cpu_moe;    /* --n-cpu-moe: experts of the first so many layers stay in RAM */
	bool no_kv_offload;  /* -nkvo */
	bool swa_full;       /* --swa-full */
	bool embedding;      /* --embedding, --reranking: results for all tokens */
	uint64_t vram_bytes; /* of all GPUs, for Ollama's default context; 0: not known */
	struct build build;
};

/* What the engine of that build takes where nothing is said: never zero afterwards. */
void settings_complete(struct settings *s, const struct model *m);

/* bytes */
struct span {
	uint64_t low, likely, high;
};

enum { GPUS_MAX = 16 };

struct size_gpu {
	uint64_t weights_bytes, kv_bytes, state_bytes, compute_bytes;
	uint64_t projector_bytes,
	    draft_bytes;      /* draft: weights, KV and compute of the draft model */
	struct span overhead; /* CUDA context and what else no buffer shows */
	uint32_t layers;      /* repeating ones */
};

struct size {
	struct size_gpu gpu[GPUS_MAX];
	uint32_t gpu_count;
	struct {
		uint64_t weights_bytes, kv_bytes, state_bytes, compute_bytes;
	} host;
	uint32_t layers_gpu,
	    layers_total; /* as llama.cpp prints "offloaded N/M", output included */
	bool output_gpu;
	uint64_t streamed_bytes; /* weights in RAM that cross the link for each large batch */
	/* one token reads so much, KV apart: of the weights on all GPUs, and of those in RAM */
	uint64_t active_gpu_bytes, active_host_bytes;
	struct names notes; /* where a figure rests on a guess, or another version would differ */
};

/* A GPU as the sizes need it. */
struct size_room {
	const char *name;
	uint64_t total_bytes, free_bytes;
	struct span overhead; /* of a process on this card */
};

/* s is complete and says gpu_layers; layers are split over the GPUs as their free memory is. a: for
 * the notes; NULL: there are none. */
void size_of(struct arena *a, const struct model *m, const struct settings *s,
	     const struct size_room *gpu, uint32_t gpu_count, struct size *ret);

/* Sum of a GPU's parts, overhead as likely. */
uint64_t size_gpu_bytes(const struct size_gpu *g);
/* Free memory less the sum on the fullest GPU; negative: so much is too much. */
int64_t size_margin(const struct size *z, const struct size_room *gpu);

enum fit { FIT_WHOLE, FIT_TIGHT, FIT_PARTLY, FIT_NONE };
/* whole; whole unless the driver takes as much as it may (the high end); in part; not at all, or
 * RAM cannot hold the rest */

/*
 * The most layers that fit, into s->gpu_layers (has_gpu_layers set), and what they take. Where
 * s->has_gpu_layers was set, that many are taken, fit or not. ram_bytes: what the host may use for
 * the rest, 0: not known.
 */
enum fit size_fit(struct arena *a, const struct model *m, struct settings *s,
		  const struct size_room *gpu, uint32_t gpu_count, uint64_t ram_bytes,
		  struct size *ret);

/* The largest context, a multiple of 256 up to the model's own, at which all layers fit. 0: none.
 */
uint32_t size_largest_context(struct arena *a, const struct model *m, const struct settings *s,
			      const struct size_room *gpu, uint32_t gpu_count);
/* The fewest layers whose experts must go to RAM so that all else fits; UINT32_MAX: no number does.
 */
uint32_t size_cpu_moe(struct arena *a, const struct model *m, const struct settings *s,
		      const struct size_room *gpu, uint32_t gpu_count);
