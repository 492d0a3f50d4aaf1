/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

#include "base/json.h"
#include "gguf/speed/speed.h"

/*
 * Whether models fit, with which settings, how fast: as text, as a table, as JSON. Everything here
 * is reckoned; nothing is read. All pointers live in the view's arena.
 */

/* Who said a setting: "-c", "OLLAMA_CONTEXT_LENGTH of ollama"; NULL: nobody, so the engine's own.
 */
struct fit_said {
	const char *ctx, *batch, *ubatch, *flash, *type_k, *type_v, *parallel, *gpu_layers, *build;
};

/* The largest context at which all layers fit, with that type of K and V. 0: none does. */
struct fit_largest {
	const struct ggml_type *type;
	uint32_t ctx;
};

enum { FIT_LARGEST = 3 };

/* What to do with this model on these GPUs. */
struct fit_best {
	struct fit_largest largest[FIT_LARGEST];
	size_t largest_count;
	/* Where it does not fit whole: the best quantisation of it that does. NULL: none, or not
	 * known. */
	const char *quant;
	uint64_t quant_bytes;
	/* Experts of so many layers in RAM, so that all else fits; UINT32_MAX: no such number. */
	uint32_t cpu_moe;
	struct speed cpu_moe_speed;
	bool has_cpu_moe_speed;
	/* The settings to run it with, of which the lines are made. */
	struct settings settings;
	bool whole; /* with them */
};

/* What a model needs at one context and one type of K and V. */
struct fit_cell {
	const struct ggml_type *type;
	uint32_t ctx;
	uint64_t gpu_bytes; /* all GPUs, the driver as likely; of all layers, fit or not */
	uint32_t layers, layers_total;
	enum fit fit;
};

/* One model, and what came of it. */
struct fit_model {
	const char *asked; /* as the call names it; cleaned */
	const char *where; /* path or URL; "": of no file */
	const char *from; /* "not in the store; sizes of the published model"; "": nothing to say */
	const char *ollama; /* its name for Ollama; NULL: it has none */
	const char
	    *error; /* one sentence: it could not be read; all below is empty. NULL: it was */
	struct model model;
	struct settings settings;
	struct fit_said said;
	const char *mmproj, *draft; /* files that the call names; NULL: none */
	struct size size;
	uint64_t all_bytes; /* of VRAM that all layers would take */
	enum fit fit;
	struct speed speed; /* with an empty context */
	struct speed full;  /* with one that is full */
	bool has_speed;     /* false: a GPU's bandwidth is not known */
	struct fit_best best;
	struct fit_cell *cell; /* rows by context, columns by type */
	size_t cell_count, cell_columns;
	struct names notes;
};

struct fit_view {
	struct arena *arena;
	const struct fit_model *model;
	size_t model_count;
	bool several;                 /* a table was asked for, however many there are */
	const struct size_room *room; /* of each GPU */
	uint32_t gpu_count;
	const struct rig *rig;
	bool link_assumed;  /* nobody said what joins it to the host */
	bool free_known;    /* what is free was read, or said */
	uint64_t ram_bytes; /* 0: not known */
	struct names notes; /* of the GPUs and the host */
	bool colour;
	unsigned columns; /* 80 where the output is no terminal */
	const char *version;
};

/* One model: the answer on one screen; several: a table with a line each. */
void fit_text(FILE *to, const struct fit_view *v);
/* Contexts by types of K and V of one model. */
void fit_table(FILE *to, const struct fit_view *v);
/* data/fit.schema.json says what this is: of one model an answer, of several a list of them. Caller
 * decrefs. */
json_t *fit_json(const struct fit_view *v);
/* The status that the command ends with: of one model 0 whole, 1 tight or in part, 2 not at all, 3
 * not known; of several 0, or 3 where none could be read. */
int fit_exit_status(const struct fit_view *v);
