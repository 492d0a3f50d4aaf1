/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "gguf-sparse.h"
#include "scratch.h"

/* A store of Ollama's in the scratch folder. Digests are one digit, 64 times. */
#define LIBRARY "manifests/registry.ollama.ai/library/"

static struct arena arena;
static struct err err;

static inline const char *digest(char c)
{
	char *text = arena_alloc(&arena, 65);
	memset(text, c, 64);
	return text;
}

static inline const char *blob(char c)
{
	return arena_printf(&arena, "blobs/sha256-%s", digest(c));
}

/* One layer's JSON. */
static inline const char *layer(const char *kind, char c, unsigned bytes)
{
	return arena_printf(&arena,
			    "{\"mediaType\":\"application/vnd.ollama.image.%s\","
			    "\"digest\":\"sha256:%s\",\"size\":%u}",
			    kind, digest(c), bytes);
}

/* layers: JSON, NULL behind the last. */
static inline void manifest(const char *path, const char *const *layers)
{
	const char *all = "";
	for (size_t i = 0; layers[i]; i++)
		all = arena_printf(&arena, "%s%s%s", all, i ? "," : "", layers[i]);
	scratch_text(
	    path,
	    arena_printf(&arena,
			 "{\"schemaVersion\":2,\"mediaType\":"
			 "\"application/vnd.docker.distribution.manifest.v2+json\",\"config\":"
			 "{\"mediaType\":\"application/vnd.docker.container.image.v1+json\","
			 "\"digest\":\"sha256:%s\",\"size\":2},\"layers\":[%s]}",
			 digest('c'), all));
}
#define MANIFEST(path, ...) manifest(path, (const char *const[]){ __VA_ARGS__, NULL })

static inline void weights(const char *path, const struct gguf_sparse *g)
{
	scratch_write("blobs/", NULL, 0);
	gguf_sparse_write(scratch_path(path), g);
}

static inline void one_model(const char *path)
{
	weights(blob('a'), &(struct gguf_sparse){ .tensors = 3 });
	MANIFEST(path, layer("model", 'a', 500), layer("template", 'b', 10),
		 layer("license", 'd', 10));
}
