/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/cmd.h"
#include "store/store.h"
#include "view/fit/fit.h"

/* Models, quantisations, cards and links that are known by name. */
void fit_list(FILE *to);

/* What the call says; zero: nothing. */
struct fit_options {
	const char *host;  /* a recording */
	const char *store; /* an Ollama store */
	const char *quant, *mmproj, *draft, *link;
	double params; /* of a description */
	const char *gpu[GPUS_MAX];
	uint32_t gpu_count;
	uint64_t vram_bytes, ram_bytes;
	double ram_gb_s;
	struct settings set; /* ctx, batch, ubatch and parallel: 0 where not said */
	bool set_flash, set_build;
	bool all, table, json, list;
	char **name; /* models that are meant */
	size_t name_count;
};

/* Values of options: for cmd/options.h, each into its own member. */
int fit_take_size(void *bytes, const char *text, struct err *e);  /* "12G"; a mere number: MiB */
int fit_take_count(void *count, const char *text, struct err *e); /* uint32_t from 1 on */
int fit_take_layers(void *settings, const char *text, struct err *e); /* -ngl, also "all" */
int fit_take_moe(void *count, const char *text, struct err *e);       /* uint32_t from 0 on */
int fit_take_flash(void *options, const char *text, struct err *e);
int fit_take_type(void *type, const char *text, struct err *e);
int fit_take_build(void *options, const char *text, struct err *e);
int fit_take_params(void *params, const char *text, struct err *e);
int fit_take_rate(void *gb_s, const char *text, struct err *e);
int fit_take_gpu(void *options, const char *text, struct err *e);

/* A folder that is an Ollama store here, or may be one. */
struct fit_store {
	const char *dir;       /* on this host */
	const char *container; /* whose it is; NULL: the host's */
	int error;             /* -EACCES: it may not be looked into */
	struct store_id id;
};
enum { FIT_STORES_MAX = 16 };

/* What of this host, or of a recording, the answer rests on. */
struct ollama;
struct fit_host {
	struct facts *facts; /* NULL: not looked */
	struct host *host;
	bool live;
	const char *root; /* files are below it; NULL: "/" */
	struct fit_store store[FIT_STORES_MAX];
	size_t store_count; /* in the order in which a name is looked for */
};
/*
 * Looks at what the answer needs of it: at the GPUs, asking the driver behind the gate, where those
 * of the call are not enough; at the engine and Ollama, where a name may be one of its store.
 */
void fit_look(struct fit_host *h, struct arena *a, const struct fit_options *o);
/* Its last step: fills in the stores, by what is known of the host. */
void fit_look_for_stores(struct fit_host *h, struct arena *a, const struct fit_options *o);
/* Whether the GPUs are those of the host. */
bool fit_wants_own_gpus(const struct fit_options *o);
/* Neither a file nor a URL. */
bool fit_is_name(const char *model);
/*
 * The Ollama server whose environment counts: of that container, or, where container is NULL, the
 * first. NULL: none is known.
 */
const struct ollama *fit_ollama(const struct fit_host *h, const char *container);

/* The GPUs that a model is to run on. */
struct fit_gpus {
	struct rig rig;
	struct size_room room[GPUS_MAX];
	bool link_assumed, free_known;
	uint64_t ram_bytes;
	struct names notes;
};
enum { FIT_NO_GPU = 4 };
/* FIT_NO_GPU, with *e: there is none here, and none was named. -EINVAL: one that is not known. */
int fit_gpus_of(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		struct fit_gpus *ret, struct err *e);

/* One model as it was found. */
struct fit_found {
	const char *asked, *where, *from, *ollama;
	struct gguf *part;
	size_t part_count;
	const char *parameters; /* as struct stored has them */
	const char *container;  /* whose store it was in; NULL: the host's, or none */
	bool of_ollama;
	struct names notes;
	const struct gguf *draft; /* that came with it; NULL: none */
	struct model model;
};
/*
 * By path, URL, name in a store, name in the table of known models, or, where name is NULL, by
 * --params. Negative: *e says why.
 */
int fit_find(struct arena *a, const struct fit_options *o, const struct fit_host *h,
	     const char *name, struct fit_found *ret, struct err *e);
/* All models of the store. */
int fit_find_names(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		   struct names *ret, struct err *e);

/* Options, the model's own parameters, Ollama's environment, the engine's own, in this order. */
void fit_settings(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		  const struct fit_gpus *g, const struct fit_found *found, struct fit_model *m);
/* What Ollama's environment keeps free on each GPU. */
uint64_t fit_ollama_reserve(struct arena *a, const struct fit_options *o, const struct fit_host *h);

/* A draft model of the call, or one that came with it, into m->model.draft_bytes. */
int fit_add_draft(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		  const struct fit_found *found, struct fit_model *m, struct err *e);
/* Size, fit and speed of m, whose model and settings are set. */
void fit_reckon(struct arena *a, const struct fit_gpus *g, struct fit_model *m);
/* The best settings of it. */
void fit_best_of(struct arena *a, const struct fit_gpus *g, const struct fit_found *found,
		 struct fit_model *m);
/* Contexts by types of K and V. */
void fit_cells(struct arena *a, const struct fit_gpus *g, struct fit_model *m);
