/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/str.h"

/*
 * How Ollama calls a model: HOST/NAMESPACE/MODEL:TAG, of which all but the model may be left out
 * (types/model/name.go). Each part begins with a letter, a digit or "_" and has nothing else but
 * these, "-" and, but for a namespace, "."; a host also ":". So no part is "..", nor has a "/".
 */
enum { OLLAMA_HOST, OLLAMA_NAMESPACE, OLLAMA_MODEL, OLLAMA_TAG, OLLAMA_PARTS };

struct ollama_name {
	const char *part[OLLAMA_PARTS];
	bool cloud; /* said to run on Ollama's servers: "gpt-oss:120b-cloud", "qwen3:cloud" */
};

bool ollama_part_valid(int part, const char *text);
/*
 * What is left out comes in: registry.ollama.ai, library, latest. A "https://" before the host and
 * a
 * ":local" behind it all are taken off, as Ollama does. -EINVAL: no such name can be.
 */
int ollama_name_parse(struct arena *a, const char *text, struct ollama_name *ret, struct err *e);
/* Upper and lower case are one, as to Ollama. */
bool ollama_name_same(const struct ollama_name *a, const struct ollama_name *b);
/* As people write it, without what goes without saying, but always with its tag. */
const char *ollama_name_text(struct arena *a, const struct ollama_name *n);
/* "HOST/NAMESPACE/MODEL/TAG", below a store's "manifests". */
const char *ollama_name_path(struct arena *a, const struct ollama_name *n);
