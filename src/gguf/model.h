/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gguf/gguf.h"

/*
 * What memory and speed depend on, of one model. All counts are of elements where the name does not
 * say bytes. Sources: llama.cpp src/llama-hparams.*, llama-arch.cpp, llama-model.cpp, models/.
 */

/* How an architecture keeps what it has read. One line of the table in arch.c each. */
enum cache_kind {
	CACHE_PLAIN,     /* a K and a V row for each token */
	CACHE_MLA,       /* one latent row for each token (DeepSeek) */
	CACHE_RECURRENT, /* a state of fixed size for each sequence (Mamba, RWKV) */
	CACHE_HYBRID,    /* some layers so, some so (Jamba, Qwen3-Next, LFM2) */
	CACHE_NONE,      /* encoders (BERT) */
};

struct arch {
	const char *name; /* general.architecture */
	enum cache_kind cache;
	uint32_t window_period;  /* layer i sees a window if i % p < p-1; 0: none do */
	bool window_dense_first; /* if i % p != 0 instead */
	uint32_t window_default; /* where the file does not say how wide */
	bool window_unused;      /* the key is there, and llama.cpp does not heed it (phi3) */
};

/* NULL: not in the table. */
const struct arch *arch_find(const char *name);

enum layer_cache {
	LAYER_CACHE_NONE, /* shares another layer's, or has no attention */
	LAYER_CACHE_FULL,
	LAYER_CACHE_WINDOW,
	LAYER_CACHE_STATE,
};

struct model_layer {
	uint64_t weight_bytes;         /* all its tensors */
	uint64_t expert_bytes;         /* of them those that are used in part for each token */
	uint64_t largest_bytes;        /* the largest of its weights; experts apart */
	uint64_t largest_expert_bytes; /* the largest of its expert tensors (all experts of one) */
	enum layer_cache cache;
	uint32_t k_width, v_width; /* elements of a token's K and V row: 1024, 1024; MLA: 576, 0 */
	uint64_t state_bytes;      /* LAYER_CACHE_STATE: of each sequence, always f32 */
	uint32_t heads, kv_heads, k_head, v_head, ff; /* v_head: elements of one head's V */
};

struct model {
	const char *name;      /* "Qwen2.5 32B", or of the file; cleaned */
	const char *arch;      /* as the file says */
	const char *quant;     /* "Q4_K_M", or what most of the weights are: "mostly q4_K" */
	const struct arch *as; /* never NULL: its own, or the nearest */
	bool arch_known;
	bool encoder; /* no tokens come out: embeddings, reranking */
	bool guessed; /* the weights were reckoned from a description, no file was seen */

	uint64_t params;        /* elements of all tensors */
	uint64_t file_bytes;    /* of all its parts, as the headers say */
	uint64_t missing_bytes; /* of them not there (yet) */

	uint32_t context_max; /* as trained; 0: not told */
	uint32_t embd, ff, heads, kv_heads, k_head, v_head, vocab;
	uint32_t experts, experts_used, expert_ff, shared_ff; /* 0: dense */
	uint32_t window;                                      /* tokens; 0: none */
	uint32_t conv;                                        /* 0: no recurrent layer */

	uint64_t embd_bytes;   /* token_embd.weight: stays in RAM */
	bool tied;             /* no output.weight: a second copy of embd_bytes goes to the GPU */
	uint64_t output_bytes; /* output.weight (or that copy), output_norm and its like */
	uint64_t output_weight_bytes; /* of them the one matrix */
	uint64_t other_bytes; /* belongs to no layer and is not named above: goes with the output */
	struct model_layer *layer;
	uint32_t layer_count; /* of the trunk; draft layers (NextN, MTP) are in draft_bytes */
	uint64_t draft_bytes;

	uint64_t projector_bytes; /* of an mmproj that comes with it: whole on the GPU; 0: none */
	struct names notes;       /* sentences on what is not sure */
};

/*
 * A model of the header's keys and tensors; parts: the headers of a split file, first part first.
 * -EINVAL: "NAME: byte OFFSET: rule" where a key is of the wrong type or out of bounds.
 */
int model_of(struct arena *a, const char *name, const struct gguf *parts, size_t part_count,
	     struct model *ret, struct err *e);
/* The weights of a second file, an mmproj: general.architecture clip. */
int model_add_projector(struct model *m, const struct gguf *g, struct err *e);
