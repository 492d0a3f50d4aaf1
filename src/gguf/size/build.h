/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/size.h"

/*
 * When llama.cpp began to do what sizes depend on, by its b-numbers. Where only the day of a merge
 * is known, the number is that of a release near it.
 */
enum llama_since {
	SINCE_PIPELINE = 2361, /* #6017: GPUs work in a pipeline */
	SINCE_ROWS = 2536,     /* #6122: results are picked from the last layer */
	SINCE_CONTEXT_PADDED =
	    2960, /* the context is a multiple of 32, of 256 with flash attention */
	SINCE_GEMMA2_FLASH = 3620,  /* #8542: flash attention for models with a soft cap */
	SINCE_CONTEXT_4096 = 3985,  /* llama-server's -c; 512 before */
	SINCE_ENCODER_BARE = 5260,  /* #12799: encoders have no cache */
	SINCE_WINDOW_CACHE = 5427,  /* #13194: layers with a window keep the window only */
	SINCE_WINDOW_UBATCH = 5552, /* #13833: window + one ubatch; one batch before */
	SINCE_GLU = 5781,           /* #14158: gate and up make a third tensor, not in place */
	SINCE_QKV_VIEWS = 5800,     /* parts of one product for Q, K and V are no copies any more */
	SINCE_STREAMS = 5913,       /* #14363: -np splits the cache */
	SINCE_ROW_INDICES = 6069,   /* #14959: cache rows are stored by index: one input more */
	SINCE_FLASH_AUTO = 6325,    /* #15434: flash attention where it is supported; off before */
	SINCE_V_PADDED = 6350,      /* without flash attention V is as wide as the widest layer */
	SINCE_PAD_256 = 6940,       /* #17046: always a multiple of 256 */
	SINCE_CONTEXT_MODEL = 7400, /* -c is the model's own */
	SINCE_FOUR_SLOTS = 7445,    /* llama-server: -np 4 over one cache, where nothing is said */
	SINCE_OUTPUT_FIRST = 7670,  /* #18148: -ngl 1 is the output layer */
	SINCE_TWO_EMBEDDINGS = 7700, /* #18550: both ways into the model are reserved */
	SINCE_NO_V = 7835,           /* #19067: MLA stores no V */
	SINCE_ROTATION = 8610,       /* #21038: what goes into a quantised cache is rotated */
	SINCE_HALF_MASK = 9390,   /* #23764: the mask is f16 from the start with flash attention */
	SINCE_FEW_OUTPUTS = 9470, /* #23861: llama-server reserves one result a sequence */
	SINCE_LATE_ROWS = 9500,   /* what can draft picks its results behind the last layer */
};

/* Ollama's releases, as struct build has them. */
enum ollama_since {
	OLLAMA_CONTEXT_4096 = 6007,     /* 0.6.7; 2048 before */
	OLLAMA_FLASH_GPTOSS = 11008,    /* 0.11.8 */
	OLLAMA_FLASH_QWEN3 = 12005,     /* 0.12.5 */
	OLLAMA_FLASH_MORE = 13002,      /* 0.13.2: mistral3, olmo3, encoders */
	OLLAMA_ONE_SLOT = 10000,        /* 0.10.0; as many as fit before */
	OLLAMA_CONTEXT_BY_VRAM = 15005, /* 0.15.5: 4096, 32768 from 24 GiB on, 262144 from 48 on */
	OLLAMA_LLAMA_SERVER =
	    30000, /* 0.30.0: runs llama.cpp's server, and has nothing of its own */
};

/* The b-number whose rules hold: of Ollama that of the llama.cpp in it; UINT32_MAX: today's. */
uint32_t build_rules(const struct build *b);
/* Ollama's X.Y.Z; UINT32_MAX: today's; of llama.cpp 0. */
uint32_t build_ollama(const struct build *b);
