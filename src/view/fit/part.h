/* SPDX-License-Identifier: MIT */
#pragma once

#include "view/fit/fit.h"

/* Sums over all GPUs. */
struct fit_sum {
	uint64_t weights, kv, state, compute, projector, draft;
	struct span overhead;
	uint64_t total, free;
};
struct fit_sum fit_sum(const struct fit_view *v, const struct fit_model *m);
/* All parts of it, the driver's as likely. */
uint64_t fit_sum_bytes(const struct fit_sum *s);

/* "whole", "tight", "in part", "not at all", "unknown" */
const char *fit_word(const struct fit_view *v, const struct fit_model *m);
/* What --json has in its place: "whole", "tight", "partly", "none", "unknown". */
const char *fit_key(const struct fit_view *v, const struct fit_model *m);
/* The same of a cell: "whole", "tight", "part", "no"; and as fit_key() has it. */
const char *fit_cell_word(enum fit f);
const char *fit_cell_key(enum fit f);
/* The reason and the margin, one sentence without its full stop. */
const char *fit_reason(const struct fit_view *v, const struct fit_model *m);
/* "RTX 3060 12GB", "2 x RTX 3060 12GB", "RTX 3060 12GB + RTX 4090". */
const char *fit_gpus(const struct fit_view *v);
/* "53 tokens/s (46 to 58)" with as many digits as it is sure of. */
const char *fit_range(struct arena *a, const struct range *r, const char *unit);
/* "53 (46-58)" */
const char *fit_pace_short(struct arena *a, const struct range *r);
/* "llama.cpp b5427", "Ollama 0.12.3", "today's llama.cpp" */
const char *fit_engine(struct arena *a, const struct build *b);
/* "f16", or "q8_0/q4_0" where K and V differ. */
const char *fit_kv_types(struct arena *a, const struct settings *s);
const char *fit_type_name(const struct ggml_type *t); /* NULL: "f16" */
const char *fit_flash(enum flash f);                  /* "auto", "on", "off" */
/* Notes of the model, its size, its speed, the GPUs and the host, each once. */
struct names fit_notes(const struct fit_view *v, const struct fit_model *m);
/* The largest of the contexts that it has been tried for, and its type; NULL: none fits. */
const struct fit_largest *fit_largest(const struct fit_model *m);

/* The memory of one GPU as a line of parts, and what each is below it. */
void fit_bar(FILE *to, const struct fit_view *v, const struct fit_model *m, uint32_t gpu);

void fit_one_text(FILE *to, const struct fit_view *v, const struct fit_model *m);
void fit_many_text(FILE *to, const struct fit_view *v);

/* Lines to paste, of one program. */
struct fit_lines {
	const char *title; /* "llama.cpp", "Ollama's environment", "Modelfile" */
	struct names line;
};
enum { FIT_LINES_MAX = 4 };
size_t fit_lines(const struct fit_view *v, const struct fit_model *m,
		 struct fit_lines ret[FIT_LINES_MAX]);
