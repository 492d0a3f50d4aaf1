/* SPDX-License-Identifier: MIT */
#include "gguf/model/layers.h"
#include "gguf/model/weights.h"

/* general.file_type: llama.h enum llama_ftype. */
static const char *const file_types[] = {
	[0] = "F32",      [1] = "F16",      [2] = "Q4_0",    [3] = "Q4_1",    [7] = "Q8_0",
	[8] = "Q5_0",     [9] = "Q5_1",     [10] = "Q2_K",   [11] = "Q3_K_S", [12] = "Q3_K_M",
	[13] = "Q3_K_L",  [14] = "Q4_K_S",  [15] = "Q4_K_M", [16] = "Q5_K_S", [17] = "Q5_K_M",
	[18] = "Q6_K",    [19] = "IQ2_XXS", [20] = "IQ2_XS", [21] = "Q2_K_S", [22] = "IQ3_XS",
	[23] = "IQ3_XXS", [24] = "IQ1_S",   [25] = "IQ4_NL", [26] = "IQ3_S",  [27] = "IQ3_M",
	[28] = "IQ2_S",   [29] = "IQ2_M",   [30] = "IQ4_XS", [31] = "IQ1_M",  [32] = "BF16",
	[36] = "TQ1_0",   [37] = "TQ2_0",   [38] = "MXFP4",  [39] = "NVFP4",  [40] = "Q1_0",
	[41] = "Q2_0",
};

enum { TYPES_MAX = 64 };

struct tally {
	const struct ggml_type *type[TYPES_MAX];
	uint64_t bytes[TYPES_MAX];
	size_t count;
};

static void count(struct tally *t, const struct gguf_tensor *tensor)
{
	size_t i = 0;

	while (i < t->count && t->type[i] != tensor->type)
		i++;
	if (i == TYPES_MAX || !tensor->type)
		return;
	if (i == t->count)
		t->type[t->count++] = tensor->type;
	t->bytes[i] = sat_add(t->bytes[i], tensor->bytes);
}

static const struct ggml_type *most_of(const struct gguf *parts, size_t part_count)
{
	struct tally t = { 0 };
	size_t best = 0;

	for (size_t p = 0; p < part_count; p++)
		for (size_t i = 0; i < parts[p].tensor_count; i++)
			count(&t, &parts[p].tensor[i]);
	for (size_t i = 1; i < t.count; i++)
		if (t.bytes[i] > t.bytes[best])
			best = i;
	return t.type[best];
}

const char *quant_of(struct arena *a, const struct shape *s, const struct gguf *parts,
		     size_t part_count)
{
	if (s->file_type < COUNT_OF(file_types) && file_types[s->file_type])
		return file_types[s->file_type];
	const struct ggml_type *type = most_of(parts, part_count);
	return type ? arena_printf(a, "mostly %s", type->name) : "no weights";
}
