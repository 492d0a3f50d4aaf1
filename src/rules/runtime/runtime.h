/* SPDX-License-Identifier: MIT */
#pragma once

#include "rules/verdict.h"

/* Parts of the rule of the container engine. */

#define RUNTIME_AGAIN "sudo egpu check --link runtime"

bool runtime_asks(const struct container *c); /* for a GPU, in whatever way */
bool runtime_any(const struct docker *d, bool (*fits)(const struct container *c));
bool runtime_uses_cdi(const struct docker *d); /* some container does */
/* Both are known and not the same. */
bool runtime_differs(struct maybe_text file, struct maybe_text engine);
/* A break where somebody feels it now, else a warning. */
void runtime_found(struct verdict *v, bool felt, const char *cause, const char *subject,
		   const char *text);

/* Of an engine that did not answer: is one expected here? */
void runtime_judge_silent(const struct facts *f, struct verdict *v);

/* daemon.json, as it stands: also of an engine that does not run. */
void runtime_judge_config(const struct facts *f, struct verdict *v);
/* config.toml of NVIDIA's toolkit: was it read, where something goes by it? */
void runtime_judge_toolkit_config(const struct docker *d, struct verdict *v);
/*
 * By what differs, not by the file's age alone: most edits do not concern the
 * GPU, and a restored file is old. True: the runtime is among it.
 */
bool runtime_judge_in_force(const struct docker *d, struct verdict *v);
/* What the next restart takes away or changes, which nobody may have meant. */
void runtime_judge_next_start(const struct facts *f, struct verdict *v);

/* Docker Desktop has no GPU to give. True: nothing more is to be said. */
bool runtime_judge_flavour(const struct facts *f, struct verdict *v);
/* Some way to hand out the GPU must be there, if anybody could want it. */
void runtime_judge_way(const struct facts *f, struct verdict *v);
/* The same of the snap, to which neither the host's files nor the host's toolkit matter. */
void runtime_judge_snap(const struct facts *f, struct verdict *v);
/* A specification that could be read, and an engine that takes its names. */
bool runtime_has_cdi(const struct docker *d);
/* `--gpus` is served without a registered runtime. */
bool runtime_by_hook(const struct docker *d);

void runtime_judge_cdi(const struct facts *f, struct verdict *v);

/* What systemd does to running containers at the next daemon-reload. */
void runtime_judge_reload(const struct facts *f, struct verdict *v);
/*
 * Judged by what it does: a container that opens its nodes has found another
 * way. Where that could not be tried, the link workload says so.
 */
void runtime_judge_no_cgroups(const struct facts *f, struct verdict *v);
