/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/str.h"
#include "facts/value.h"

/*
 * What the host's owner wants it to be, from /etc/egpu.conf and from options;
 * what the file does not say has the default that egpu.conf(5) tells. Rules hold
 * the host against it, and plans make it so.
 */
enum wish { WISH_KEEP, WISH_YES, WISH_NO }; /* keep: as it is */
enum want_runtime { RUNTIME_AUTO, RUNTIME_NVIDIA, RUNTIME_CDI, RUNTIME_KEEP };
enum want_reload { RELOAD_AUTO, RELOAD_LINKS, RELOAD_CGROUPFS, RELOAD_KEEP };

struct want_ollama {
	/* Values of OLLAMA_FLASH_ATTENTION, ..._KV_CACHE_TYPE, ..._NUM_PARALLEL, ..._KEEP_ALIVE;
	 * "": left as they are. What the compose file sets itself is never overridden. */
	const char *flash_attention, *kv_cache_type, *num_parallel, *keep_alive;
};

/* What the guard may do about a cause, in the order of enum deed (guard/deed.h); ends with NULL. */
extern const char *const want_deeds[];

/* What it shall do about one: a line of [policy]. Whether there is such a cause is not looked at.
 */
struct want_policy {
	const char *cause, *deed; /* of want_deeds */
};

/* What egpu guard may do. */
struct want_guard {
	bool act; /* false: it looks and tells */
	/* So often in such a time for one container, unit or cause; then it stops and says so. */
	uint64_t tries, window_sec;
	uint64_t stop_sec;  /* a container may take to stop before it is killed */
	uint64_t every_sec; /* also looked at so often, for what no event tells of; 0: never */
	const char *hook;   /* a program that is told of each incident; "": none */
	const char *listen; /* "127.0.0.1:9469": metrics are served there; "": nowhere */
	const struct want_policy *policy;
	size_t policy_count;
};

struct want {
	const char *gpu; /* "external", "any", or a BDF */
	bool display;    /* false: compute only */
	struct names
	    kernels;       /* packages or releases that get the driver; empty: all that have it */
	enum wish early;   /* NVIDIA modules in the early image of those kernels */
	bool early_is_set; /* the file says so, and not only the default */
	enum wish persistence;
	enum wish suspend;         /* keep video memory over suspend */
	enum wish order;           /* the container engine starts after the GPU */
	const char *policy;        /* of the enclosure: "auto", "iommu", "manual"; "": keep */
	const char *enclosure;     /* UUID that may be enrolled unasked; "": ask */
	enum want_runtime runtime; /* how the engine hands out the GPU */
	enum want_reload reload;   /* against devices lost at daemon-reload */
	enum wish override;        /* a compose override file reserves the GPU */
	struct want_guard guard;
	const char *project; /* compose project, by name or folder; "": those with an LLM server */
	struct want_ollama ollama;
	const char *error; /* "/etc/egpu.conf:3: no key 'x' in [gpu]"; "": none */
};

/* What holds without a file. */
struct want want_default(void);

/* "external", "any", or a BDF as "22:00.0" or "0000:22:00.0". */
bool want_takes_gpu(const char *text);
