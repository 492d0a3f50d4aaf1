/* SPDX-License-Identifier: MIT */
/*
 * The driver, as files and the kernel log show it: is it bound, is it the right
 * one, did it lose the GPU, and can programs reach it. NVIDIA: driver README,
 * "Xid Errors"; nverror.h of open-gpu-kernel-modules.
 */
#include "rules/driver/driver.h"

#include <inttypes.h>
#include <string.h>

#include "cause/xid.h"

enum {
	DISCONNECT_WITHIN_USEC = 5000000, /* from Link Down to the loss */
	RESUME_WITHIN_USEC = 120000000,   /* from resume to the loss */
	BOOT_WITHIN_USEC = 60000000,      /* in which the host router is reset */
	XIDS_MAX = 8,                     /* that are told one by one */
};

#define SHOW_LOG "sudo dmesg | grep -E 'NVRM|Xid'"
#define SHOW_STUCK "sudo ps -eo pid,stat,wchan:32,comm | awk '$2 ~ /^D/'"

static const char *at(struct verdict *v, const struct driver_event *e)
{
	return driver_event_time(v->arena, e);
}

/* --- what the log says --- */

/*
 * Was the GPU there before the kernel knew of its enclosure? Then firmware had
 * made the tunnel, and the reset of the host router took it down under the
 * driver.
 */
static bool is_host_reset(const struct facts *f, const struct driver_event *down)
{
	const struct driver *d = &f->driver;
	const struct driver_event *gpu = driver_first(d, EVENT_GPU_FOUND);
	const struct driver_event *tunnel = driver_first(d, EVENT_TB_FOUND);

	return f->pci.chosen->reach == REACH_THUNDERBOLT && gpu && tunnel && gpu < down &&
	       down < tunnel && down->usec < BOOT_WITHIN_USEC;
}

/* What took the GPU away under the driver, as far as the log tells; or NULL. */
static const char *cause_before(const struct facts *f, const struct driver_event *down)
{
	const struct driver *d = &f->driver;

	if (is_host_reset(f, down))
		return "thunderbolt-host-reset";
	if (driver_before(d, down, EVENT_SUSPEND_EXIT, RESUME_WITHIN_USEC))
		return "gpu-lost-after-suspend";
	if (driver_before(d, down, EVENT_LINK_DOWN, DISCONNECT_WITHIN_USEC))
		return "gpu-disconnected";
	if (driver_before(d, down, EVENT_D3COLD, DISCONNECT_WITHIN_USEC))
		return "gpu-stuck-in-d3cold";
	return NULL;
}

static const char *cause_of_loss(const struct facts *f, const struct driver_event *down)
{
	const char *before = cause_before(f, down);
	return before ? before : "gpu-fallen-off-bus";
}

/* A locked GSP memory keeps every further try from going well, whatever the first one failed of. */
static const char *cause_of_init(const struct facts *f, const struct driver_event *down)
{
	const char *before = cause_before(f, down);
	const char *cause = "driver-init-failed";

	if (before)
		return before;
	for (size_t i = (size_t)(down - f->driver.event); i-- > 0;) {
		enum driver_event_kind kind = f->driver.event[i].kind;
		if (kind == EVENT_GPU_FOUND || kind == EVENT_DRIVER_LOADED)
			break;
		if (kind == EVENT_WPR2)
			return "gsp-wpr2-stuck";
		if (kind == EVENT_GSP)
			cause = "gsp-boot-failed";
	}
	return cause;
}

/* The GPU that must not be asked any more, or NULL. */
static const struct driver_event *judge_down(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;
	const struct driver_event *down = driver_down(d);
	const char *bdf = f->pci.chosen->bdf;

	if (!down)
		return NULL;
	if (down->kind == EVENT_RM_INIT)
		found_broken(v, cause_of_init(f, down), bdf, "the driver could not bring %s up, %s",
			     driver_gpu(f), at(v, down));
	else if (down->kind == EVENT_XID && down->code != 79)
		found_broken(v, "xid-119-gsp-timeout", bdf, "Xid %" PRIu64 " %s: %s", down->code,
			     at(v, down), xid_of_code(down->code)->meaning);
	else
		found_broken(v, cause_of_loss(f, down), bdf, "%s fell off the bus %s%s",
			     driver_gpu(f), at(v, down),
			     down->kind == EVENT_XID ? " (Xid 79)" : "");
	return down;
}

/* "Xid 31, 12 times since 104.2 s after boot: memory page fault". */
static const char *say_xid(const struct driver *d, struct verdict *v, const struct driver_event *e)
{
	uint64_t count = driver_xid_count(d, e->code);
	const char *times =
	    count > 1 ? arena_printf(v->arena, ", %" PRIu64 " times since", count) : "";
	return arena_printf(v->arena, "Xid %" PRIu64 "%s %s: %s", e->code, times, at(v, e),
			    xid_of_code(e->code)->meaning);
}

/* True: the GPU cannot go on before something is done. */
static bool judge_xid(const struct facts *f, struct verdict *v, const struct driver_event *e)
{
	const struct driver *d = &f->driver;
	const struct xid *x = xid_of_code(e->code);
	bool is_over = driver_came_back(d, e);
	const char *text = say_xid(d, v, e);

	switch (x->class) {
	case XID_FOLLOWER:
	case XID_INFO:
		return false;
	case XID_LOST:
		found_warning(v, "xid-79-earlier", f->pci.chosen->bdf, "%s; it came back", text);
		return false;
	case XID_RESET:
		if (is_over)
			break;
		found_broken(v, x->cause, f->pci.chosen->bdf, "%s", text);
		return true;
	case XID_APPLICATION:
	case XID_CHANNEL:
	case XID_GSP:
	case XID_MEMORY:
	case XID_NVLINK:
		break;
	}
	found_warning(v, x->cause, f->pci.chosen->bdf, "%s", text);
	return false;
}

/*
 * Every Xid by its number, once; what came after the GPU was lost only follows
 * from that. True: one of them is a break.
 */
static bool judge_xids(const struct facts *f, struct verdict *v, const struct driver_event *down)
{
	const struct driver *d = &f->driver;
	const size_t count = down ? (size_t)(down - d->event) : d->event_count;
	unsigned told = 0;
	bool broken = false;

	for (size_t i = 0; i < count && told < XIDS_MAX; i++) {
		const struct driver_event *e = &d->event[i];
		if (e->kind == EVENT_XID && driver_xid(d, e->code) == e) {
			broken |= judge_xid(f, v, e);
			told++;
		}
	}
	return broken;
}

/*
 * "Xid ...: 154, GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset
 * Required)": the last one says what the driver still waits for.
 */
static void judge_recovery(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;
	const struct driver_event *last = NULL;
	for (size_t i = 0; i < d->event_count; i++)
		if (d->event[i].kind == EVENT_XID && d->event[i].code == 154)
			last = &d->event[i];
	const char *to = last && !driver_came_back(d, last) ? strstr(last->line, " to 0x") : NULL;
	if (!to || strstr(to, "(None)"))
		return;
	const char *name = strchr(to, '(');
	found_broken(v, "xid-154", f->pci.chosen->bdf, "the driver asks for recovery: %.*s",
		     name ? (int)strcspn(name + 1, ")") : 0, name ? name + 1 : "");
}

/* True: nothing stands against asking the driver. */
static bool judge_log(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;
	const struct driver_event *down = judge_down(f, v);
	const struct driver_event *fault = driver_since_found(d, EVENT_IOMMU_FAULT);

	if (!judge_xids(f, v, down) && !down)
		judge_recovery(f, v);
	if (fault)
		found_warning(v, "iommu-fault", f->pci.chosen->bdf,
			      "the IOMMU stopped accesses of %s, %s", driver_gpu(f), at(v, fault));
	/* Who hangs after a loss hangs because of it. */
	if (!down && u64_or(d->stuck_count, 0) > 0)
		found_broken(v, "driver-stuck", "", "%s hangs in the driver and cannot be ended",
			     text_or(d->stuck, "a process"));
	return !down && u64_or(d->stuck_count, 0) == 0;
}

static bool log_lost_its_beginning(const struct driver *d)
{
	return d->log_know == KNOWN && u64_or(d->log_since_usec, 0) > LOG_STARTS_WITHIN_USEC;
}

/*
 * Xids and losses stand nowhere else: what was not read cannot be called quiet, nor what the ring
 * buffer no longer has and the journal might. Root has seen both: say_ok() tells since when.
 */
static void judge_log_read(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;

	if (d->log_know != KNOWN)
		found_unknown(v, SHOW_LOG, "errors of this boot: kernel log %s",
			      d->log_know == DENIED ? "is for root only" : know_why(d->log_know));
	else if (log_lost_its_beginning(d) && !is_u64(f->machine.uid, 0))
		found_unknown(v, "sudo journalctl -k -b",
			      "earlier errors: the kernel log begins %" PRIu64 " s after boot",
			      d->log_since_usec.v / 1000000);
}

/*
 * A process that hangs would be broken; where processes are hidden from us
 * (hidepid=) nobody can say that there is none.
 */
static void judge_stuck_read(const struct driver *d, struct verdict *v)
{
	enum know know = d->stuck_count.know;

	if (know != KNOWN && know != ABSENT && !driver_down(d))
		found_unknown(v, SHOW_STUCK, "processes that hang in the driver: %s",
			      know_why(know));
}

/* --- what it says of itself --- */

static void judge_version(const struct facts *f, struct verdict *v)
{
	struct maybe_text module = f->driver.version, userland = f->kernel.userland_version;

	if (module.know != KNOWN)
		found_unknown(v, "cat /proc/driver/nvidia/version", "the driver's version: %s",
			      know_why(module.know));
	else if (userland.know == KNOWN && !str_eq(module.v, userland.v))
		found_broken(v, "driver-version-mismatch", "",
			     "module %s is loaded, libraries on disk are %s", module.v, userland.v);
}

/*
 * The driver never knew the GPU's BIOS, and NVML finds no GPU. Alone the
 * question marks say little: nobody may have opened the GPU yet.
 */
static void judge_video_bios(const struct facts *f, struct verdict *v)
{
	const struct nvml *n = &f->nvml;
	bool nvml_sees_none = n->end == PROBE_ANSWERED && n->result.know == KNOWN &&
			      (n->result.v != 0 || n->gpu_count == 0);

	if (f->driver.video_bios.know == KNOWN && strchr(f->driver.video_bios.v, '?') &&
	    nvml_sees_none)
		found_broken(v, "driver-init-failed", f->pci.chosen->bdf,
			     "the driver never brought %s up (Video BIOS %s)", driver_gpu(f),
			     f->driver.video_bios.v);
}

static void judge_options(const struct facts *f, struct verdict *v)
{
	if (is_u64(f->driver.gsp_firmware, 0) && is_u64(f->driver.is_open, 1))
		found_warning(v, "gsp-option-ignored", "",
			      "EnableGpuFirmware=0 has no effect on the open modules");
}

static void say_ok(const struct facts *f, struct verdict *v)
{
	const struct driver *d = &f->driver;
	const char *uvm = is_u64(d->uvm_loaded, 1) ? "nvidia_uvm loaded"
			  : driver_cuda_starts(f)  ? "nvidia_uvm loads on demand"
						   : "nvidia_uvm not loaded";

	found_ok(v, "nvidia%s %s, %s", is_u64(d->is_open, 1) ? "-open" : "",
		 text_or(d->version, "of unknown version"), uvm);
	if (log_lost_its_beginning(d))
		found_ok(v, "quiet since the kernel log begins, %" PRIu64 " s after boot",
			 d->log_since_usec.v / 1000000);
}

static void judge(const struct facts *f, struct verdict *v)
{
	if (!f->pci.chosen) {
		found_no_gpu(f, v, "no GPU to drive");
		return;
	}
	if (!driver_judge_bound(f, v)) {
		judge_log_read(f, v);
		return;
	}
	driver_judge_flavour(f, v);
	bool may_be_asked = judge_log(f, v);
	judge_log_read(f, v);
	judge_stuck_read(&f->driver, v);
	judge_version(f, v);
	judge_options(f, v);
	if (may_be_asked) {
		judge_video_bios(f, v);
		driver_judge_reach(f, v);
	}
	say_ok(f, v);
}

const struct link link_driver = {
	.id = "driver",
	.asks = "Is the NVIDIA driver bound, whole and quiet?",
	.needs = { "pci", "kernel" },
	.judge = judge,
};
