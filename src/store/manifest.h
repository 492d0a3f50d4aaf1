/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* A manifest of Ollama's (manifest/manifest.go, server/images.go): what a model is made of. */
enum layer_kind {
	LAYER_OTHER, /* licence, template, system prompt, messages */
	LAYER_MODEL,
	LAYER_PROJECTOR,
	LAYER_ADAPTER,
	LAYER_DRAFT,
	LAYER_PARAMETERS,
	LAYER_TENSOR, /* one tensor of a model for MLX */
};

enum { MANIFEST_MOST = 1 << 20 }; /* bytes */

struct manifest_layer {
	enum layer_kind kind;
	const char *digest; /* 64 hexadecimal digits, of SHA-256 */
	uint64_t bytes;     /* as it says */
};

struct manifest {
	const char *config; /* digest; NULL: none */
	struct manifest_layer *layer;
	size_t layer_count;
};

/*
 * Pure. -EINVAL: "NAME:LINE:COLUMN: reason" where it is no JSON or has a key twice; "NAME: layer 2:
 * reason" where a layer has no digest of the form sha256:HEX.
 */
int manifest_parse(struct arena *a, struct bytes text, const char *name, struct manifest *ret,
		   struct err *e);
/* The first layer of a kind; NULL: none. */
const struct manifest_layer *manifest_layer(const struct manifest *m, enum layer_kind kind);

/* What its config says (types/model/config.go); "" where it says nothing. */
struct manifest_config {
	const char *format;                     /* "gguf", "safetensors" */
	const char *remote_host, *remote_model; /* runs there, not here */
};
int manifest_config_parse(struct arena *a, struct bytes text, const char *name,
			  struct manifest_config *ret, struct err *e);
/* The Modelfile's parameters as one line of JSON. -EINVAL: they are no object. */
int manifest_parameters(struct arena *a, struct bytes text, const char *name, const char **ret,
			struct err *e);
