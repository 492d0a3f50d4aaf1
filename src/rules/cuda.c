/* SPDX-License-Identifier: MIT */
/* CUDA: CUDA Driver API, CUresult. NVML OK is not CUDA OK: it needs nvidia_uvm too. */
#include "rules/verdict.h"

#include <inttypes.h>

enum { NO_DEVICE = 100, NVML_NO_PERMISSION = 4 };

/* What CUDA means by what cuInit() returns; the rest is cuda-init-unknown. */
static const struct meaning {
	uint64_t code;
	const char *cause;
	const char *text;
} meanings[] = {
	{ 34, "cuda-stub-library", "libcuda.so.1 is the toolkit's stub" },
	{ 35, "driver-version-mismatch", "libcuda.so.1 is newer than the loaded module" },
	{ 36, "driver-version-mismatch", "libcuda.so.1 is newer than the loaded module" },
	{ 46, "gpu-compute-mode", "the GPU takes no CUDA programs now" },
	{ NO_DEVICE, "cuda-no-device", "CUDA finds no GPU" },
	{ 214, "gpu-memory-fault", "CUDA stops at a memory error that ECC could not correct" },
	{ 802, "fabric-manager-missing", "CUDA waits for the NVLink fabric" },
	{ 803, "driver-version-mismatch", "libcuda.so.1 does not fit the loaded module" },
	{ 804, "cuda-compat-on-host", "a compatibility libcuda.so.1 is in the way" },
	{ 805, "cuda-mps-fails", "CUDA does not reach the MPS daemon" },
	{ 806, "cuda-mps-fails", "the MPS server stopped to answer CUDA" },
	{ 807, "cuda-mps-fails", "the MPS server takes no program of CUDA's now" },
	{ 808, "cuda-mps-fails", "the MPS server has as many clients as it takes" },
	{ 809, "cuda-mps-fails", "the MPS server has as many connections as it takes" },
};

/* NOT_INITIALIZED, OPERATING_SYSTEM, UNKNOWN: what cuInit() says when nvidia_uvm is not usable. */
static bool may_be_uvm(uint64_t code)
{
	return code == 3 || code == 304 || code == 999;
}

/* A suspend since the driver was loaded. */
static bool was_suspended(const struct driver *d)
{
	const struct driver_event *suspend = driver_last(d, EVENT_SUSPEND_EXIT);
	const struct driver_event *load = driver_last(d, EVENT_DRIVER_LOADED);

	return suspend && (!load || load->usec < suspend->usec);
}

static struct meaning meaning_of(const struct facts *f, uint64_t code)
{
	for (size_t i = 0; i < COUNT_OF(meanings); i++)
		if (meanings[i].code == code)
			return meanings[i];
	if (may_be_uvm(code) && is_u64(f->driver.uvm_loaded, 0))
		return (struct meaning){ code, "uvm-not-loaded", "nvidia_uvm is not loaded" };
	if (may_be_uvm(code) && was_suspended(&f->driver))
		return (struct meaning){ code, "uvm-broken-by-suspend",
					 "CUDA is broken since a suspend" };
	return (struct meaning){ code, "cuda-init-unknown", "CUDA does not start" };
}

static bool is_closed(const struct device_node *n)
{
	return n && n->know == KNOWN && (n->mode & 06) != 06;
}

/* Whether NVML opened a node that is closed to others in just the same way. */
static bool opened_alike(const struct facts *f, const struct device_node *n)
{
	const struct device_node *ctl = driver_node(&f->driver, "/dev/nvidiactl");

	return is_u64(f->nvml.result, 0) && is_closed(ctl) && ctl->uid == n->uid &&
	       ctl->gid == n->gid && (ctl->mode & 0666) == (n->mode & 0666);
}

/* cuInit() has no word for "not for you": it says what it says of no GPU or a broken uvm. */
static bool not_for_us(const struct facts *f, struct verdict *v, uint64_t code)
{
	const struct device_node *uvm = driver_node(&f->driver, "/dev/nvidia-uvm");
	struct maybe_u64 us = f->machine.uid;

	if (us.know != KNOWN || us.v == 0 || (code != NO_DEVICE && !may_be_uvm(code)))
		return false;
	if (is_u64(f->nvml.result, NVML_NO_PERMISSION))
		found_unknown(v, "sudo egpu check", "the device nodes are not for this user");
	else if (is_closed(uvm) && uvm->uid != us.v && !opened_alike(f, uvm))
		found_unknown(v, "sudo egpu check",
			      "%s may not be for this user (mode %04" PRIo64 ")", uvm->path,
			      uvm->mode);
	else
		return false;
	return true;
}

static void failed(const struct facts *f, struct verdict *v)
{
	uint64_t code = f->cuda.result.v;
	if (not_for_us(f, v, code))
		return;
	struct meaning m = meaning_of(f, code);
	const char *name = f->cuda.result_name;
	const char *nvml = f->nvml.end == PROBE_ANSWERED && is_u64(f->nvml.result, 0)
			       ? ", though NVML answers"
			       : "";

	if (name && *name)
		found_broken(v, m.cause, f->pci.chosen->bdf, "%s%s (%s, %" PRIu64 ")", m.text, nvml,
			     name, code);
	else
		found_broken(v, m.cause, f->pci.chosen->bdf, "%s%s (error %" PRIu64 ")", m.text,
			     nvml, code);
}

/* The library gave no answer at all. */
static void unanswered(const struct facts *f, struct verdict *v)
{
	const char *why = f->cuda.why && *f->cuda.why ? f->cuda.why : "no reason known";
	const char *bdf = f->pci.chosen->bdf;

	switch (f->cuda.end) {
	case PROBE_ANSWERED:
		return;
	case PROBE_NOT_RUN:
		/* Nothing to paste: whoever asks the driver now may hang. */
		found_unknown(v, "", "not asked: %s", why);
		return;
	case PROBE_NO_LIBRARY:
		found_broken(v, "cuda-library-missing", bdf, "libcuda.so.1 cannot be loaded");
		return;
	case PROBE_ABANDONED:
		found_broken(v, "probe-abandoned", bdf, "CUDA gave %s", why);
		return;
	case PROBE_CRASHED:
		found_broken(v, "probe-crashed", bdf, "CUDA's library crashes");
		return;
	case PROBE_FAILED:
		found_unknown(v, "egpu probe cuda", "CUDA could not be asked: %s", why);
		return;
	}
}

static void well(const struct cuda *c, const struct cuda_gpu *g, struct verdict *v)
{
	uint64_t version = u64_or(c->driver_version, 0);
	const char *name = version ? arena_printf(v->arena, "%" PRIu64 ".%" PRIu64, version / 1000,
						  version % 1000 / 10)
				   : "CUDA starts";

	if (g->capability_major)
		found_ok(v, "%s, compute capability %" PRIu64 ".%" PRIu64, name,
			 g->capability_major, g->capability_minor);
	else
		found_ok(v, "%s", name);
}

static void judge(const struct facts *f, struct verdict *v)
{
	const struct cuda *c = &f->cuda;

	if (!f->pci.chosen) {
		found_no_gpu(f, v, "no GPU to ask for");
		return;
	}
	if (c->end != PROBE_ANSWERED) {
		unanswered(f, v);
		return;
	}
	if (c->result.know != KNOWN) {
		found_unknown(v, "egpu probe cuda", "CUDA's answer was not understood");
		return;
	}
	if (c->result.v != 0) {
		failed(f, v);
		return;
	}
	const struct cuda_gpu *g = cuda_gpu(c, f->pci.chosen->bdf);
	if (g)
		well(c, g, v);
	else if (cuda_hides_one(c))
		found_unknown(v, "egpu probe cuda", "CUDA lists a GPU without its address");
	else
		found_broken(v, "cuda-no-device", f->pci.chosen->bdf,
			     "CUDA does not list %s; GPUs that it lists: %zu", f->pci.chosen->bdf,
			     c->gpu_count);
}

const struct link link_cuda = {
	.id = "cuda",
	.asks = "Can CUDA compute?",
	.needs = { "nvml" },
	.judge = judge,
};
