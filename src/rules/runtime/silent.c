/* SPDX-License-Identifier: MIT */
/* No engine answers: is one expected, and why is it silent. */
#include "rules/runtime/runtime.h"

#include "facts/handout.h"

/* An Ollama of the host itself, or whoever computes on the GPU now, needs no engine. */
static bool is_used_without(const struct facts *f)
{
	const struct unit *ollama = services_unit(&f->services, "ollama.service");
	const struct nvml_gpu *gpu = nvml_gpu(&f->nvml, f->pci.chosen->bdf);

	for (size_t i = 0; gpu && i < gpu->process_count; i++)
		if (gpu->process[i].compute)
			return true;
	return handout_is_native(f) || (ollama && str_eq(ollama->file_state, "enabled"));
}

/*
 * Switched off, which may be meant so; but whoever gave it the runtime nvidia wanted containers on
 * the GPU. Not where another engine may have taken its place. True: something was said.
 */
static bool judge_switched_off(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct unit *u = services_unit(&f->services, "docker.service");

	if (d->other_engine.know == NOT_LOOKED || d->config.nvidia_path.know != KNOWN ||
	    (u && str_eq(u->file_state, "masked")) || is_used_without(f))
		return false;
	if (d->other_engine.know == ABSENT)
		found_warning(v, "docker-not-running", "",
			      "docker is switched off, though %s gives it the runtime nvidia",
			      d->config.path);
	else if (is_unread(d->other_engine.know))
		found_unknown(v, RUNTIME_AGAIN,
			      "docker is switched off; whether another engine is used instead: %s",
			      know_why(d->other_engine.know));
	return d->other_engine.know != KNOWN;
}

static void judge_absent(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct unit *u = services_unit(&f->services, "docker.service");
	const char *how =
	    u && str_eq(u->active, "failed") ? "docker has failed" : "docker does not run";

	if (f->pci.chosen && judge_switched_off(f, v))
		return;
	if (!is_u64(d->expected, 1) || !f->pci.chosen)
		found_skipped(v, "%s", d->why && *d->why ? d->why : "no container engine here");
	else if (handout_is_native(f))
		found_warning(v, "docker-not-running", "", "%s; Ollama runs without it", how);
	else
		found_broken(v, "docker-not-running", "", "%s, so no container does", how);
}

void runtime_judge_silent(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;

	if (d->know == ABSENT)
		judge_absent(f, v);
	else if (d->know == DENIED)
		found_unknown(v, RUNTIME_AGAIN, "%s is not open to us",
			      d->endpoint && *d->endpoint ? d->endpoint : "the engine's socket");
	else
		found_unknown(v, "docker info", "the container engine: %s",
			      d->why && *d->why ? d->why : know_why(d->know));
}
