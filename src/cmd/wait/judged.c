/* SPDX-License-Identifier: MIT */
#include "cmd/wait/judged.h"

#include "facts/gate.h"

/* The links that are looked at here, up to the one that is waited for. */
static const char *const looked_at[] = { "controller", "enclosure", "pci", "kernel",
					 "driver",     "nvml",      "cuda" };

/* Mended by a person or a reboot, and by nothing that may still happen in this boot. */
static const char *const hopeless[] = {
	"bar-unassigned",
	"bound-to-vfio",
	"driver-version-mismatch",
	"gpu-unsupported-by-branch",
	"kernel-without-nvidia",
	"modules-gone",
	"nouveau-bound",
	"open-module-required",
	"open-module-unsupported-gpu",
	"rebar-resize-fatal",
	"secure-boot-rejects-module",
	"thunderbolt-security-dponly",
};

static bool is_in(const char *id, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(id, list[i]))
			return true;
	return false;
}

const struct finding *wait_root(struct facts *f, struct host *h, bool over)
{
	collect_machine(f, h);
	collect_bolt(f, h);
	collect_kernel(f, h);
	/* CUDA says little of why it does not start. */
	if (over && f->cuda.end != PROBE_NOT_RUN && !is_u64(f->cuda.result, 0) && !driver_shut(f))
		collect_nvml(f, h);
	const struct finding *root = chain_judge(f, NULL)->root;
	return root && is_in(root->link, looked_at, COUNT_OF(looked_at)) ? root : NULL;
}

bool wait_is_hopeless(const struct finding *root)
{
	return root && is_in(root->cause->id, hopeless, COUNT_OF(hopeless));
}
