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

static bool is_unauthorized(const struct thunderbolt *t)
{
	const struct tb_device *d = thunderbolt_enclosure(t, "");
	return d && is_u64(d->authorized, 0);
}

static enum ready without_gpu(const struct facts *f, bool settled, const char **ret_why)
{
	bool looked =
	    f->pci.know == KNOWN && (f->thunderbolt.know == KNOWN || f->thunderbolt.know == ABSENT);

	if (is_unauthorized(&f->thunderbolt))
		*ret_why = "the enclosure is connected, but not authorised";
	else if (has_enclosure(&f->thunderbolt))
		*ret_why = "the enclosure is connected, and its GPU is not on the bus";
	else
		*ret_why = "no enclosure is connected";
	return settled && looked && !has_enclosure(&f->thunderbolt) ? READY_ABSENT : READY_NOT_YET;
}

/* Nobody waits for a library, and a driver that hangs is not asked again. */
static bool is_vain(enum probe_end end)
{
	return end == PROBE_ABANDONED || end == PROBE_NO_LIBRARY;
}

static const char *why_not(const struct facts *f, struct maybe_u64 result, const char *name,
			   const char *silent)
{
	if (result.know == KNOWN && name && *name)
		return name;
	return !f->gate.open && f->gate.why && *f->gate.why ? f->gate.why : silent;
}

/* Bound is not up: nodes are there and modules loaded some time before the driver answers. */
static enum ready with_nvml(const struct facts *f, const char **ret_why)
{
	const struct nvml *n = &f->nvml;
	const struct nvml_gpu *g = nvml_gpu(n, f->pci.chosen->bdf);

	if (is_u64(n->result, 0) && g && g->error.know != KNOWN)
		return READY_YES;
	if (g && g->error.know == KNOWN)
		*ret_why = g->error_name;
	else if (is_u64(n->result, 0))
		*ret_why = "the driver does not list the GPU";
	else
		*ret_why = why_not(f, n->result, n->result_name, "the driver does not answer");
	if (!is_vain(n->end))
		return READY_NOT_YET;
	*ret_why = n->why;
	return READY_BROKEN;
}

/* The driver has taken the GPU and has not lost it since. */
static enum ready with_driver(const struct facts *f, const char **ret_why)
{
	if (driver_down(&f->driver) || pci_is_silent(f->pci.chosen)) {
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
	*ret_why = why_not(f, f->cuda.result, f->cuda.result_name, "CUDA does not answer");
	if (!is_vain(f->cuda.end))
		return READY_NOT_YET;
	*ret_why = f->cuda.why;
	return READY_BROKEN;
}

enum ready ready_of(const struct facts *f, enum ready_for what, bool settled, const char **ret_why)
{
	enum ready r = READY_YES;

	*ret_why = "";
	if (!f->pci.chosen)
		return without_gpu(f, settled, ret_why);
	if (what >= READY_DRIVER)
		r = with_driver(f, ret_why);
	if (r == READY_YES && what == READY_DRIVER)
		r = with_nvml(f, ret_why);
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
	else if (with_driver(f, &why) == READY_YES && cuda_is_silent(&f->cuda)) {
		*ret_why = "CUDA was not asked";
		return unknown_u64(f->cuda.end == PROBE_FAILED ? UNREADABLE : NOT_LOOKED, from);
	}
	return known_u64(0, from);
}

enum { SEEN_ENCLOSURE = 1, SEEN_GPU = 2, SEEN_NVIDIA = 4, SEEN_UVM = 8, SEEN_BOUND = 16 };
enum { SEEN_NODES = 8 }; /* bits from here on: the device nodes */

static unsigned seen_of(const struct facts *f)
{
	const struct driver *d = &f->driver;
	unsigned seen = has_enclosure(&f->thunderbolt) ? SEEN_ENCLOSURE : 0;

	seen |= f->pci.chosen ? SEEN_GPU : 0;
	seen |= is_u64(d->nvidia_loaded, 1) ? SEEN_NVIDIA : 0;
	seen |= is_u64(d->uvm_loaded, 1) ? SEEN_UVM : 0;
	seen |= is_text(d->gpu_driver, "nvidia") ? SEEN_BOUND : 0;
	for (size_t i = 0; i < d->node_count && i < SEEN_NODES; i++)
		seen |= d->node[i].know == KNOWN ? 1U << (SEEN_NODES + i) : 0;
	return seen;
}

struct ready_pace ready_pace(uint64_t since_usec, uint64_t timeout_sec)
{
	return (struct ready_pace){ .since_usec = since_usec,
				    .end_usec = since_usec + timeout_sec * 1000000,
				    .changed_usec = since_usec };
}

void ready_saw(struct ready_pace *p, const struct facts *f, uint64_t now)
{
	unsigned seen = seen_of(f);

	if (seen == p->seen)
		return;
	p->seen = seen;
	p->changed_usec = now;
	p->asked = 0;
}

void ready_bound(struct ready_pace *p)
{
	p->asked = 0;
}

static uint64_t settled_usec(const struct ready_pace *p)
{
	uint64_t quiet = p->changed_usec + READY_QUIET_USEC;
	return quiet > READY_BOOTED_USEC ? quiet : READY_BOOTED_USEC;
}

bool ready_settled(const struct ready_pace *p, uint64_t now)
{
	return now >= settled_usec(p);
}

bool ready_asks(struct ready_pace *p, uint64_t now)
{
	if (!(p->seen & SEEN_BOUND) || (p->asked >= READY_HANDSHAKES && now < p->end_usec))
		return false;
	p->asked++;
	return true;
}

uint64_t ready_next(const struct ready_pace *p, uint64_t now)
{
	uint64_t next = p->end_usec, settled = settled_usec(p);

	if (now < settled && settled < next)
		next = settled;
	if (p->asked && p->asked < READY_HANDSHAKES) {
		uint64_t again = now + ((uint64_t)READY_GAP_USEC << (p->asked - 1));
		next = again < next ? again : next;
	}
	return next;
}
