/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/gguf.h"

/* What sets the tensors of one architecture apart from a plain Llama's. llama.cpp: src/models/. */
enum trait {
	TIED = 1 << 0,         /* no output.weight */
	QKV_BIAS = 1 << 1,     /* biases of q, k, v */
	OUT_BIAS = 1 << 2,     /* of attn_output */
	FFN_BIAS = 1 << 3,     /* of ffn_up, ffn_down */
	NORM_BIAS = 1 << 4,    /* of all norms */
	QK_NORM = 1 << 5,      /* of a head's width */
	QK_NORM_WIDE = 1 << 6, /* of all heads' width */
	POST_NORM = 1 << 7,    /* norms behind attention and FFN as well */
	NO_PRE_NORM = 1 << 8,  /* ... and none before */
	ATTN_NORM_2 = 1 << 9,  /* the norm before the FFN is called post_attention_norm */
	NO_FFN_NORM = 1 << 10, /* attention and FFN side by side, one norm for both */
	FUSED_QKV = 1 << 11,
	FUSED_UP = 1 << 12, /* gate and up in one */
	NO_GATE = 1 << 13,
	ROPE_FREQS = 1 << 14,
	ROPE_LONG = 1 << 15,  /* two tables of rope factors */
	SINKS = 1 << 16,      /* gpt-oss: attn_sinks, biases of experts and router */
	PROBS_BIAS = 1 << 17, /* exp_probs_b */
	SHARED_GATE = 1 << 18,
	ENCODER = 1 << 19,   /* BERT's norms, no output */
	POSITIONS = 1 << 20, /* position_embd */
	OUTPUT_BIAS = 1 << 21,
	DELTA = 1 << 22,       /* gated delta net where no plain attention is; q twice as wide */
	DELTA_APART = 1 << 23, /* alpha and beta in two */
	GEMMA_4 = 1 << 24,     /* a scale for each layer, experts beside the FFN */
	SAME_KV = 1 << 25,     /* no V in full layers: K serves as both */
};

/* Of a layer, not of a shape. */
enum layer_trait {
	LAYER_MOE = 1 << 26,
	LAYER_DENSE = 1 << 27,
	LAYER_ATTN = 1 << 28, /* plain attention */
	LAYER_MLA = 1 << 29,
	LAYER_DELTA = 1 << 30,
};
#define LAYER_DRAFT (UINT32_C(1) << 31) /* predicts the token after the next */

/* A model's true dimensions: its config.json, or the keys of its GGUF file. 0: has none. */
struct shape {
	const char *name;  /* "llama3.1:8b", as Ollama calls it */
	const char *also;  /* "llama3.1, llama3.1-8b" */
	const char *kin;   /* models tuned from it; their vocabulary may differ by a few rows */
	const char *title; /* "Llama 3.1 8B" */
	const char *arch;
	const char *quant; /* as published, where that is not Q4_K_M */
	uint32_t layers, embd, ff, heads, kv_heads;
	uint32_t head; /* elements of one head; 0: embd / heads */
	uint32_t vocab, context, window, traits;
	uint32_t experts, used, expert_ff, shared,
	    shared_ff;                                /* shared_ff: of all shared together */
	uint32_t dense;                               /* so many layers first are no MoE */
	uint32_t moe_step;                            /* each how manieth is MoE; 0: all */
	uint32_t q_lora, kv_lora, rope, nope, v_head; /* MLA */
	struct {
		uint32_t conv, inner, state, ranks, groups;
	} ssm;           /* DELTA */
	uint32_t period; /* each how manieth layer has plain, or full, attention */
	struct {
		uint32_t head, kv_heads; /* 0: as in the others */
	} full;                          /* layers that see all, where they differ (Gemma 4) */
	uint32_t shared_kv;              /* so many last layers have no K and V of their own, ... */
	bool wide_ff;                    /* ... and an FFN twice as wide */
	uint32_t per_layer;     /* elements of the embedding that each layer has (Gemma 3n, 4 E) */
	uint32_t altup, laurel; /* Gemma 3n */
	uint32_t draft;         /* so many last of the layers only predict further ahead */
	bool draft_embd;        /* and have embeddings of their own */
};

/* Tables of them, each ending with one without a name. */
extern const struct shape shapes_llama[], shapes_mistral[], shapes_qwen[], shapes_deepseek[],
    shapes_google[], shapes_other[], shapes_encoder[];

const struct shape *shape_at(size_t i);             /* of all; NULL behind the last */
const struct shape *shape_called(const char *name); /* by its first name */

/* Does the layer see all, or have plain attention, where only each how manieth does? */
bool shape_full(const struct shape *s, uint32_t layer);
/* The shape as one layer has it. */
struct shape shape_layer(const struct shape *s, uint32_t layer);

/*
 * Keys and tensors as the file of that model has them, 1-D tensors and what is never quantised in
 * f32, the rest in f16; without offsets.
 */
void shape_gguf(struct arena *a, const struct shape *s, struct gguf *ret);
void shape_keys(struct arena *a, const struct shape *s, struct gguf *g);
void shape_tensors(struct arena *a, const struct shape *s, struct gguf *g);
