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
	size_t parts_missing;   /* of a split one; how large they are nobody knows */
	struct gguf *projector; /* NULL: none */
	struct gguf *draft;     /* a second, smaller model that guesses ahead; NULL: none */
	const char *parameters; /* of Ollama's Modelfile: {"num_ctx":8192}, as JSON; NULL: none */
	uint64_t fetched_bytes; /* from a server */
	struct names notes;     /* sentences on what is missing, or comes on top; cleaned */
};

/*
 * A failure to read a file or a folder says which, code -ENOENT, -EISDIR, -EACCES (and then who
 * owns it, and what to do: never taken for "no such model"), -EIO (it became shorter meanwhile);
 * -EINVAL: no regular file, or what is in it breaks a rule, with the place. Nothing waits for a
 * fifo or opens a device.
 */

/*
 * A GGUF file. Of a split one (NAME-00002-of-00005.gguf, any of them) the others are looked for
 * beside it; without the first nothing is known: -ENOENT.
 */
int store_file(struct arena *a, const char *path, struct stored *ret, struct err *e);

/* It is no model by itself: an mmproj, what lets a model see or hear. */
bool store_is_projector(const struct gguf *g);

/*
 * An Ollama store: the folder with "manifests" and "blobs" in it (manifest/, server/images.go).
 * Names as Ollama takes them, upper or lower case: "qwen2.5", "qwen2.5:32b", "user/model:tag",
 * "hf.co/user/model:Q4_K_M". -ENOENT: no such model there, or no store; -EINVAL: no such name can
 * be; -ENODATA: its weights are not there; -EREMOTE: it runs on Ollama's servers, not here;
 * -EOPNOTSUPP: it is not of GGUF.
 */
int store_ollama(struct arena *a, const char *dir, const char *name, struct stored *ret,
		 struct err *e);
/* All names that it has manifests of, sorted. -ENOENT: no manifests there. */
int store_list(struct arena *a, const char *dir, struct names *ret, struct err *e);

/* Where this machine may have stores. */
struct store_places {
	const char *models; /* $OLLAMA_MODELS; NULL or "": not set */
	const char *home;   /* $HOME; NULL: not known */
};

/*
 * Pure: the folders that may be stores, the likeliest first, each once. Beside $OLLAMA_MODELS and
 * ~/.ollama/models these are where Ollama's own installer, and the packages of Arch, NixOS and
 * Gentoo, keep them.
 */
struct names store_ollama_dirs(struct arena *a, const struct store_places *p);
/* A store whatever it is called: two names may lead to one. Zero: not known. */
struct store_id {
	uint64_t device, inode;
};
/*
 * Whether that folder is a store. -ENOENT, -ENOTDIR: it is none; -EACCES: it may be one, which is
 * closed, and *e says what opens it.
 */
int store_ollama_is(struct arena *a, const char *dir, struct store_id *ret, struct err *e);

struct remote {
	unsigned deadline_msec; /* for the whole of it; 0: a minute */
	const char *ca_file;    /* NULL: the system's */
	const char *token;      /* for Hugging Face; NULL, "": none */
	/* Others in their place, as $HF_ENDPOINT names a mirror: "https://hf-mirror.com". NULL: the
	 * real ones. http:// is taken of this machine only. */
	const char *hf_base, *ollama_base;
};
/*
 * By HTTPS (libcurl, opened when first needed), of which only headers are fetched: never more of
 * one than it has and GGUF_AHEAD. Names are "https://HOST/.../x.gguf"; "hf:owner/repo:quant",
 * "hf:owner/repo/file.gguf" and the addresses of Hugging Face's pages; "ollama:name:tag". Of a
 * split file all parts are read. The token is sent to Hugging Face only, and is in no message.
 *
 * -EINVAL: no such name can be, or what came is no GGUF; -ENOENT, where it may be that others are
 * there, and *e names them; -EACCES: a token is wanted; -EAGAIN: asked too often; -EIO: the server
 * fails; -EHOSTUNREACH; -ECONNRESET; -ETIMEDOUT; -EPROTO: the server does not answer what was
 * asked; -EFBIG: a header without end; -ENOSYS: no libcurl; and of Ollama's names what
 * store_ollama() has.
 */
int store_remote(struct arena *a, const char *name, const struct remote *r, struct stored *ret,
		 struct err *e);
