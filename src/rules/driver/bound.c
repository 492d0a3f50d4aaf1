/* SPDX-License-Identifier: MIT */
/* Is the driver bound to the GPU, and is it the one that the GPU needs. */
#include "rules/driver/driver.h"

#include <string.h>

const char *driver_gpu(const struct facts *f)
{
	return pci_short_bdf(f->pci.chosen->bdf);
}

static bool is_older_than_turing(enum gpu_family family)
{
	return family >= GPU_KEPLER_OR_OLDER && family <= GPU_VOLTA;
}

bool driver_judge_flavour(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;
	enum gpu_family family = pci_family(f->pci.chosen);

	if (is_u64(d->is_open, 1) && is_older_than_turing(family))
		found_broken(v, "open-module-unsupported-gpu", f->pci.chosen->bdf,
			     "a %s GPU, but the open kernel modules", gpu_family_name(family));
	else if (is_u64(d->is_open, 0) && family == GPU_BLACKWELL)
		found_broken(v, "open-module-required", f->pci.chosen->bdf,
			     "a %s GPU, but the proprietary kernel modules",
			     gpu_family_name(family));
	else if (!is_u64(d->is_open, 1) && driver_since_found(d, EVENT_OPEN_REQUIRED))
		found_broken(v, "open-module-required", f->pci.chosen->bdf,
			     "%s needs the open kernel modules", driver_gpu(f));
	else
		return false;
	return true;
}

/* Why a driver that was loaded has not taken the GPU, the most telling first. */
static const struct {
	enum driver_event_kind kind;
	const char *cause, *text;
} refusals[] = {
	{ EVENT_OPEN_UNSUPPORTED, "open-module-unsupported-gpu",
	  "the open kernel modules do not support it" },
	{ EVENT_OPEN_REQUIRED, "open-module-required", "it needs the open kernel modules" },
	{ EVENT_BRANCH_UNSUPPORTED, "gpu-unsupported-by-branch",
	  "this driver release does not support it" },
	{ EVENT_FELL_OFF, "gpu-fallen-off-bus", "it did not answer the driver" },
	{ EVENT_REBAR_FATAL, "rebar-resize-fatal", "the driver failed to resize its BARs" },
	{ EVENT_BAR_UNASSIGNED, "bar-unassigned", "a BAR got no address" },
	{ EVENT_RM_INIT, "driver-init-failed", "the driver could not bring it up" },
};

/* Secure Boot alone refuses none: many kernels lock down with it, others, as Arch's, do not. */
static bool takes_unsigned(const struct kernel *k)
{
	return is_u64(k->sig_enforce, 0) && is_text(k->lockdown, "none");
}

/* A kernel that refuses modules says so in its log only. */
static bool may_be_refused(const struct facts *f)
{
	const struct kernel *k = &f->kernel;

	return f->driver.log_know != KNOWN && !takes_unsigned(k) &&
	       (is_u64(k->secure_boot, 1) || is_u64(k->sig_enforce, 1));
}

const char *driver_place(struct arena *a, struct maybe_text said)
{
	if (str_eq(said.from, "/proc/cmdline"))
		return "the kernel command line";
	return str_ndup(a, said.from, strcspn(said.from, ":"));
}

const char *driver_place_and_line(struct arena *a, struct maybe_text said)
{
	const char *line = strchr(said.from, ':');

	return arena_printf(a, "%s%s%s", driver_place(a, said), line ? ", line " : "",
			    line ? line + 1 : "");
}

void driver_judge_forbidden(struct verdict *v, struct maybe_text by, const char *module)
{
	found_broken(v, "module-forbidden", driver_place(v->arena, by),
		     "%s is not loaded, %s forbids it: %s", module,
		     driver_place_and_line(v->arena, by), by.v);
}

/* Whatever it is, the module is not loaded; what would tell more was not read. */
static void judge_forbidden_read(struct maybe_text by, struct verdict *v)
{
	if (is_unread(by.know))
		found_unknown(v, "sudo modprobe --showconfig | grep nvidia",
			      "what forbids to load nvidia: %s: %s", by.from, know_why(by.know));
}

static void judge_not_loaded(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;
	struct maybe_text list = d->nvidia_blacklisted;

	if (d->nvidia_forbidden.know == KNOWN)
		driver_judge_forbidden(v, d->nvidia_forbidden, "nvidia");
	else if (driver_last(d, EVENT_SIGNATURE))
		found_broken(v, "secure-boot-rejects-module", "",
			     "the kernel refused a module for its signature");
	else if (list.know == KNOWN)
		found_broken(v, "module-blacklisted", driver_place(v->arena, list),
			     "nvidia is not loaded, %s keeps it from loading by itself: %s",
			     driver_place_and_line(v->arena, list), list.v);
	else if (may_be_refused(f))
		found_broken(v, "module-signature-unread", "",
			     "the nvidia module is not loaded; whether the kernel refused its "
			     "signature was not read");
	else
		found_broken(v, "module-not-loaded", "", "the nvidia module is not loaded");
	judge_forbidden_read(d->nvidia_forbidden, v);
}

static void judge_unbound(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;
	const char *gpu = driver_gpu(f);

	for (size_t i = 0; i < COUNT_OF(refusals); i++)
		if (driver_since_found(d, refusals[i].kind)) {
			found_broken(v, refusals[i].cause, f->pci.chosen->bdf,
				     "nvidia did not take %s: %s", gpu, refusals[i].text);
			return;
		}
	if (driver_judge_flavour(f, v))
		return;
	if (driver_since_found(d, EVENT_PROBE_FAILED))
		found_broken(v, "probe-failed", f->pci.chosen->bdf,
			     "nvidia did not take %s: the driver's probe failed", gpu);
	else if (is_u64(d->nvidia_loaded, 1))
		found_broken(v, "probe-failed", f->pci.chosen->bdf,
			     "nvidia is loaded, but has not taken %s", gpu);
	else if (d->nvidia_loaded.know != KNOWN)
		found_unknown(v, "lsmod | grep nvidia", "the loaded modules: %s",
			      know_why(d->nvidia_loaded.know));
	else
		judge_not_loaded(f, v);
}

bool driver_judge_bound(const struct facts *f, struct verdict *v)
{
	struct maybe_text driver = f->driver.gpu_driver;
	const char *bdf = f->pci.chosen->bdf;

	if (is_text(driver, "nvidia"))
		return true;
	if (driver.know == ABSENT)
		judge_unbound(f, v);
	else if (driver.know != KNOWN)
		found_unknown(v, arena_printf(v->arena, "lspci -k -s %s", bdf),
			      "the driver of %s: %s", driver_gpu(f), know_why(driver.know));
	else if (is_text(driver, "nouveau") || driver_is_nova(&f->driver))
		found_broken(v, "nouveau-bound", bdf, "%s drives %s, not nvidia", driver.v,
			     driver_gpu(f));
	else
		found_broken(v, "bound-to-vfio", bdf, "%s holds %s, not nvidia", driver.v,
			     driver_gpu(f));
	return false;
}
