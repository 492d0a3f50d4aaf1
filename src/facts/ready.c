/* SPDX-License-Identifier: MIT */
#include "facts/ready.h"

#include "facts/gate.h"

/* Something that a GPU may be in; docks that hold none are no reason to wait. */
static bool has_enclosure(const struct thunderbolt *t)
{
	for (size_t i = 0; i < t->device_count; i++)
		if (enclosure_of(&t->device[i]) != ENCLOSURE_NO)
			return true;
	return false;
}

static enum ready without_gpu(const struct facts *f, bool settled, const char **ret_why)
{
	bool looked =
	    f->pci.know == KNOWN && (f->thunderbolt.know == KNOWN || f->thunderbolt.know == ABSENT);

	if (has_enclosure(&f->thunderbolt))
		*ret_why = "the enclosure is connected, and its GPU is not on the bus";
	else
		*ret_why = "no enclosure is connected";
	return settled && looked && !has_enclosure(&f->thunderbolt) ? READY_ABSENT : READY_NOT_YET;
}

/* The driver has taken the GPU and has not lost it since. */
static enum ready with_driver(const struct facts *f, const char **ret_why)
{
	if (driver_down(&f->driver) || is_u64(f->pci.chosen->config_answers, 0)) {
		*ret_why = f->gate.why;
		return READY_BROKEN;
	}
	if (!is_text(f->driver.gpu_driver, "nvidia")) {
		*ret_why = "nvidia is not bound to the GPU";
		return READY_NOT_YET;
	}
	return READY_YES;
}

static enum ready with_cuda(const struct facts *f, const char **ret_why)
{
	if (is_u64(f->cuda.result, 0))
		return READY_YES;
	*ret_why = f->cuda.result.know == KNOWN && *f->cuda.result_name ? f->cuda.result_name
									: "CUDA does not answer";
	if (f->cuda.end == PROBE_ABANDONED || f->cuda.end == PROBE_NO_LIBRARY) {
		*ret_why = f->cuda.why;
		return READY_BROKEN;
	}
	return READY_NOT_YET;
}

enum ready ready_of(const struct facts *f, enum ready_for what, bool settled, const char **ret_why)
{
	enum ready r = READY_YES;

	*ret_why = "";
	if (!f->pci.chosen)
		return without_gpu(f, settled, ret_why);
	if (what >= READY_DRIVER)
		r = with_driver(f, ret_why);
	if (r == READY_YES && what == READY_CUDA)
		r = with_cuda(f, ret_why);
	return r;
}

/* CUDA itself has said nothing, neither yes nor no. */
static bool cuda_is_silent(const struct cuda *c)
{
	return c->end == PROBE_NOT_RUN || c->end == PROBE_FAILED;
}

struct maybe_u64 ready_now(const struct facts *f, const char **ret_why)
{
	static const char from[] = "cuda:init";
	const char *shut = driver_shut(f), *why;

	if (ready_of(f, READY_CUDA, true, ret_why) == READY_YES && !shut)
		return known_u64(1, from);
	if (!f->pci.chosen && f->pci.know == KNOWN)
		return known_u64(0, from);
	if (!f->pci.chosen) {
		*ret_why = "the PCI bus could not be read";
		return unknown_u64(f->pci.know, from);
	}
	if (shut)
		*ret_why = shut;
	else if (ready_of(f, READY_DRIVER, true, &why) == READY_YES && cuda_is_silent(&f->cuda)) {
		*ret_why = "CUDA was not asked";
		return unknown_u64(f->cuda.end == PROBE_FAILED ? UNREADABLE : NOT_LOOKED, from);
	}
	return known_u64(0, from);
}
