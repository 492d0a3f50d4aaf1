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

/* What a recurrent layer keeps of each sequence. llama-hparams.cpp: n_embd_r, n_embd_s. */
enum arch_state {
	STATE_NONE,
	STATE_SSM,         /* Mamba 2, gated delta nets: ssm.* */
	STATE_SSM_UNGROUP, /* Mamba 1: no groups in the convolution */
	STATE_WKV,         /* RWKV */
	STATE_CONV,        /* LFM2: a short convolution and no more */
	STATE_KDA,         /* Kimi's delta attention */
	STATE_LINEAR,      /* MiniMax's lightning attention */
};

/* Which layers of a hybrid have a state. */
enum arch_recur {
	RECUR_NO_KV,    /* those with attention.head_count_kv 0 */
	RECUR_NO_KV_FF, /* those, where feed_forward_length is 0 as well (Nemotron-H) */
	RECUR_LISTED,   /* attention.recurrent_layers, else all but each recur_interval-th */
	RECUR_BOTH,     /* all, and all have attention too (Falcon-H1) */
};

/* Keys of a sparse attention's indexer, kept beside K. */
enum arch_indexer {
	INDEXER_NONE,
	INDEXER_ALL,    /* in each layer that attends */
	INDEXER_TYPES,  /* in those that attention.indexer.types says */
	INDEXER_SPARSE, /* in those behind leading_dense_block_count, a V row as well (MiniMax M3)
			 */
	INDEXER_RATIOS, /* DeepSeek 4: attention.compress_ratios */
};

struct arch {
	const char *name; /* general.architecture */
	enum cache_kind cache;
	bool encoder;  /* no tokens come out: embeddings, reranking */
	bool headless; /* has no output matrix: none is copied from token_embd */

	uint32_t window_period;  /* layer i sees a window if i % p < p-1; 0: none do */
	bool window_dense_first; /* if i % p != 0 instead */
	uint32_t window_default; /* where the file does not say how wide; 0: then there is none */
	bool window_unused;      /* the key is there, and llama.cpp does not heed it (phi3) */
	bool window_all;         /* all that attend, where the file says how wide (lfm2) */
	bool window_listed;      /* the file lists which; the period is a guess where it does not */
	bool window_fixed; /* as wide as the default whatever the file says, unless 0 (llama4) */
	uint32_t window_layers; /* only the model of so many layers has one (exaone4); 0: all do */

	uint32_t kv_layers; /* only the first so many keep a cache of their own (gemma3n); 0: all */
	enum arch_state state;
	enum arch_recur recur;
	uint32_t recur_interval;
	enum arch_indexer indexer;
};

/* NULL: not in the table. */
const struct arch *arch_find(const char *name);

enum layer_cache {
	LAYER_CACHE_NONE, /* shares another layer's, or has no attention */
	LAYER_CACHE_FULL,
	LAYER_CACHE_WINDOW,
	LAYER_CACHE_STATE,
};

/*
 * What llama.cpp of today does. Before its PR 19067 (January 2026) an MLA layer kept V too, v_head
 * * kv_heads wide; before PR 13108 (May 2025) encoders had a cache of all their heads.
 */
struct model_layer {
	uint64_t weight_bytes;         /* all its tensors */
	uint64_t expert_bytes;         /* of them those that are used in part for each token */
	uint64_t largest_bytes;        /* the largest of its weights; experts apart */
	uint64_t largest_expert_bytes; /* the largest of its expert tensors (all experts of one) */
	enum layer_cache cache;
	uint32_t k_width, v_width; /* elements of a token's K and V row: 1024, 1024; MLA: 576, 0 */
	uint64_t
	    state_bytes; /* of each sequence, always f32; a layer with a cache may have one too */
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

	uint64_t embd_bytes; /* token_embd.weight and what else is only looked up: stays in RAM */
	bool tied; /* no output.weight: token_embd.weight is there twice, in RAM and here */
	uint64_t output_bytes;        /* output.weight (or that copy), output_norm and its like */
	uint64_t output_weight_bytes; /* of them the one matrix */
	uint64_t other_bytes; /* belongs to no layer and is not named above: goes with the output */
	struct model_layer *layer;
	uint32_t layer_count;       /* of the trunk; draft layers (NextN, MTP) are in draft_bytes */
	uint32_t draft_layer_count; /* llama.cpp counts them among the layers that it offloads */
	uint64_t draft_bytes;

	uint64_t projector_bytes; /* of an mmproj, a file or inside this one: whole on the GPU */
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
