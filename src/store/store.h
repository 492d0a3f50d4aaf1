/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/gguf.h"

/*
 * Where models come from: files, Ollama's store of models, and servers. Everything here only reads.
 */

/* One model's headers: its parts in order, and the projector that comes with it. */
struct stored {
	const char *name;  /* "qwen2.5:32b", or the file's; cleaned */
	const char *where; /* path or URL of the first part, cleaned, without secrets */
	struct gguf *part;
	size_t part_count;
	struct gguf *projector; /* NULL: none */
	const char *parameters; /* of Ollama's Modelfile: {"num_ctx": 8192}, as JSON; NULL: none */
	uint64_t fetched_bytes; /* from a server */
};

/* A GGUF file; the other parts of a split one are looked for beside it. */
int store_file(struct arena *a, const char *path, struct stored *ret, struct err *e);

/*
 * An Ollama store: the folder with "manifests" and "blobs" in it (docs/modelfile, OLLAMA_MODELS).
 * Names as Ollama takes them: "qwen2.5", "qwen2.5:32b", "user/model:tag",
 * "hf.co/user/model:Q4_K_M". -ENOENT: no such model there.
 */
int store_ollama(struct arena *a, const char *dir, const char *name, struct stored *ret,
		 struct err *e);
/* All names that it has manifests of, sorted. */
int store_list(struct arena *a, const char *dir, struct names *ret, struct err *e);

struct remote {
	unsigned deadline_msec; /* for the whole of it */
	const char *ca_file;    /* NULL: the system's */
	const char *token;      /* for Hugging Face; NULL: none */
};
/*
 * By HTTPS, of which only the header is fetched: "https://...gguf", "hf:owner/repo:quant" (or
 * "hf:owner/repo/file.gguf"), "ollama:name:tag". -ENOENT, -EACCES (a token is wanted), -ETIMEDOUT,
 * -EPROTO; *e says what to do.
 */
int store_remote(struct arena *a, const char *url, const struct remote *r, struct stored *ret,
		 struct err *e);
