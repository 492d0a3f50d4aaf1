/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/size.h"

/* The KV cache and what recurrent layers keep instead. llama-kv-cache.cpp, llama-kv-cache-iswa.cpp,
 * llama-memory-recurrent.cpp. */

/* Cells of one stretch of the cache: what one token of the graph may look at. */
uint64_t kv_cells(const struct settings *s);
/* The same, of layers with a window. */
uint64_t kv_window_cells(const struct model *m, const struct settings *s);

/* What depends on the model as a whole and is the same for each layer. */
struct kv_plan {
	uint64_t cells, window_cells; /* of all stretches together */
	uint64_t parallel;
	const struct ggml_type *type_k, *type_v;
	uint32_t v_width; /* all V rows are at least as wide */
	bool none;        /* no cache at all */
	bool encoder;     /* rows all the same, in builds that knew no better */
	bool mla_v;       /* MLA with a V of its own */
};
struct kv_plan kv_plan(const struct model *m, const struct settings *s);
uint64_t kv_layer_bytes(const struct kv_plan *p, const struct model_layer *l);
uint64_t kv_state_bytes(const struct kv_plan *p, const struct model_layer *l);
