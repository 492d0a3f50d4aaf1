/* SPDX-License-Identifier: MIT */
#pragma once

#include "store/manifest.h"
#include "store/store.h"

/*
 * A model's blobs, wherever they lie: in a store's folder, at a registry. Both say in *ret_where
 * which path or URL that is, cleaned, also where they fail.
 */
struct blobs {
	struct arena *arena;
	const char *title; /* of the model: "qwen2.5:32b" */
	bool cloud;        /* its name says that it runs on Ollama's servers */
	int (*header)(struct blobs *b, const struct manifest_layer *l, struct gguf *ret,
		      const char **ret_where, struct err *e);
	/* Of a config, of parameters: small. Where it is, briefly, is for messages only. */
	int (*text)(struct blobs *b, const char *digest, struct bytes *ret, const char **ret_where,
		    struct err *e);
};

/*
 * Reads what the manifest's layers have into *ret: parts, projector, draft, parameters, notes. Its
 * name is not touched. -ENODATA, -EREMOTE, -EOPNOTSUPP as store_ollama() has them, or what
 * header() failed with.
 */
int layers_read(struct blobs *b, const struct manifest *m, struct stored *ret, struct err *e);
