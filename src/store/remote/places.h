/* SPDX-License-Identifier: MIT */
#pragma once

#include "store/name.h"
#include "store/store.h"

/* What a name of something far away stands for, and where that is asked for. Pure. */
enum place_kind {
	PLACE_FILE,     /* one GGUF file, or the first of several */
	PLACE_HUB,      /* a repository of Hugging Face's, whose files are listed first */
	PLACE_REGISTRY, /* of Ollama's: a manifest, then blobs */
};

struct place {
	enum place_kind kind;
	const char *name;  /* for people: "hf.co/owner/repo:Q4_K_M", "qwen2.5:32b"; cleaned */
	const char *url;   /* of the file, the list of files, the manifest */
	const char *below; /* what files or blobs are asked for behind: ".../resolve/main/" */
	const char *base;  /* Hugging Face's, for whom the token is; NULL: it is not there */
	const char *page;  /* of the repository, where its licence is accepted */
	const char *quant; /* of a repository; NULL: none was named */
	bool cloud;        /* runs on Ollama's servers, they say */
};

/*
 * "https://HOST/.../x.gguf"; "hf:OWNER/REPO", with ":QUANT" or "/FILE.gguf" behind it, also as
 * "hf.co/..." and "https://huggingface.co/...", with "/blob/REVISION/FILE.gguf" or "/resolve/..."
 * as its pages have it; "ollama:NAME:TAG" as Ollama takes names, also as
 * "https://ollama.com/library/". -EINVAL: none of these.
 */
int remote_place(struct arena *a, const char *text, const struct remote *r, struct place *ret,
		 struct err *e);
