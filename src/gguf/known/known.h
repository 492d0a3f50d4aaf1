/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/gguf.h"

/*
 * Models without a file: a name whose true shape is in the table, or a number of parameters. What
 * comes out is a header as its GGUF file would have it, keys and table of tensors, so that all else
 * treats it as one.
 */

struct known_for {
	const char *name; /* "qwen2.5:32b", "llama-3.1-8b", "Qwen2.5 32B Instruct"; NULL: by size */
	/* "Q4_K_M"; NULL: what the name says ("...-q8_0"), else as it is published, mostly Q4_K_M
	 */
	const char *quant;
	double params; /* 33e9, where there is no name */
};

/*
 * -ENOENT: the name is not in the table (*e names the nearest that are, and the size that it says);
 * -EINVAL: no such quantisation, or no size that a model has. *title: what it is, for people
 * ("Qwen2.5 32B", "a dense model of 33 B"); *exact: its tensors are those of the real file.
 */
int known_model(struct arena *a, const struct known_for *wanted, struct gguf *ret,
		const char **title, bool *exact, struct err *e);

/*
 * "33B", "1.5b", "8x7B", "350M" as a number. false: no such. Experts share all but the FFN, so 8x7B
 * is 46.7e9 to the parameter; known_model() knows from that number that it is a mixture.
 */
bool known_params(const char *text, double *ret);

/* Names in the table, for help and completion; NULL behind the last. */
const char *known_name(size_t i);
/*
 * Quantisations that people use, best first: "F16", "Q8_0", ...; NULL behind the last. Taken as
 * well where they are asked for: F32, BF16, Q5_1, Q5_0, Q4_1, TQ1_0, TQ2_0, MXFP4.
 */
const char *quant_name(size_t i);
/* A model like this one with other quantisations: what would fit whole. */
int known_requantised(struct arena *a, const struct gguf *g, const char *quant, struct gguf *ret,
		      struct err *e);
