/* SPDX-License-Identifier: MIT */
#include "cmd/wait/judged.h"

#include "facts/gate.h"

/* The links that are looked at here, and whom a break of theirs keeps waiting. */
static const struct {
	const char *link;
	enum ready_for keeps; /* and all that come after it */
} looked_at[] = {
	{ "controller", READY_PCI }, { "enclosure", READY_PCI }, { "pci", READY_PCI },
	{ "kernel", READY_DRIVER },  { "driver", READY_DRIVER }, { "nvml", READY_DRIVER },
	{ "cuda", READY_CUDA },
};

/* Mended by a person or a reboot, and by nothing that may still happen in this boot. */
static const char *const hopeless[] = {
	"bar-unassigned",
	"bound-to-vfio",
	"driver-version-mismatch",
	"gpu-unsupported-by-branch",
	"kernel-without-nvidia",
	"module-forbidden",
	"modules-gone",
	"nouveau-bound",
	"open-module-required",
	"open-module-unsupported-gpu",
	"rebar-resize-fatal",
	"secure-boot-rejects-module",
	"thunderbolt-security-dponly",
};

static bool keeps_waiting(const struct finding *root, enum ready_for what)
{
	for (size_t i = 0; i < COUNT_OF(looked_at); i++)
		if (str_eq(root->link, looked_at[i].link))
			return what >= looked_at[i].keeps;
	return false;
}

const struct finding *wait_root(struct facts *f, struct host *h, enum ready_for what, bool over)
{
	collect_machine(f, h);
	collect_bolt(f, h);
	collect_kernel(f, h);
	/* CUDA says little of why it does not start. */
	if (over && f->cuda.end != PROBE_NOT_RUN && !is_u64(f->cuda.result, 0) && !driver_shut(f))
		collect_nvml(f, h);
	const struct finding *root = chain_judge(f, NULL)->root;
	return root && keeps_waiting(root, what) ? root : NULL;
}

bool wait_is_hopeless(const struct finding *root)
{
	for (size_t i = 0; root && i < COUNT_OF(hopeless); i++)
		if (str_eq(root->cause->id, hopeless[i]))
			return true;
	return false;
}
