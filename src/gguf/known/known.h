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
	const char *quant; /* "Q4_K_M"; NULL: Q4_K_M */
	double params;     /* 33e9, where there is no name */
};

/*
 * -ENOENT: the name is not in the table (*e names the nearest that are); -EINVAL: no such
 * quantisation, or no size that a model has. *title: what it is, for people ("Qwen2.5 32B", "a
 * dense model of 33 B"); *exact: its tensors are those of the real file.
 */
int known_model(struct arena *a, const struct known_for *wanted, struct gguf *ret,
		const char **title, bool *exact, struct err *e);

/* "33B", "1.5b", "8x7B", "350M" as a number. false: no such. */
bool known_params(const char *text, double *ret);

/* Names in the table, for help and completion; NULL behind the last. */
const char *known_name(size_t i);
/* Quantisations that are known, best first: "F16", "Q8_0", ...; NULL behind the last. */
const char *quant_name(size_t i);
/* A model like this one with other quantisations: what would fit whole. */
int known_requantised(struct arena *a, const struct gguf *g, const char *quant, struct gguf *ret,
		      struct err *e);
