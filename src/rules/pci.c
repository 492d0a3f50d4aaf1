/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

/*
 * The GPU on the bus. A tunnel's ports show a speed that nothing runs at, and
 * an idle GPU lowers its own: lanes are always judged, speed only of the GPU's
 * own link, and only while it computes.
 */

enum {
	CORRECTABLE_MAX = 1000, /* a sound link makes a few over weeks */
	SETTLE_SEC = 120,       /* a GPU has come as late as 104 s after boot */
};

/* "2.5", "8": of thousandths. */
static const char *units(struct arena *a, uint64_t v)
{
	return v % 1000 ? arena_printf(a, "%llu.%llu", (unsigned long long)v / 1000,
				       (unsigned long long)v % 1000 / 100)
			: arena_printf(a, "%llu", (unsigned long long)v / 1000);
}

static const char *subject_of(struct verdict *v, const struct pci_gpu *g)
{
	return arena_printf(v->arena, "%s %s", pci_short_bdf(g->bdf), pci_gpu_title(v->arena, g));
}

/* --- no GPU --- */

/* The link of a GPU that was found in this boot went down, and it is not listed now; or NULL. */
static const struct driver_event *lost_link(const struct facts *f)
{
	const struct driver *d = &f->driver;
	const struct driver_event *gone = NULL;

	for (size_t i = 0; i < d->event_count; i++) {
		const struct driver_event *e = &d->event[i];
		bool listed = false;
		for (size_t k = 0; k < f->pci.gpu_count; k++)
			listed |= str_eq(f->pci.gpu[k].bdf, e->bdf);
		if (e->kind == EVENT_GPU_FOUND && !listed)
			gone = e;
		else if (e->kind == EVENT_LINK_DOWN && gone)
			return e;
	}
	return NULL;
}

/* The name of the enclosure that should have a GPU in it, or NULL. */
static const char *expected_in(const struct facts *f, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;
	const struct tb_device *d = thunderbolt_enclosure(t, "");
	const struct bolt_device *missed = thunderbolt_missed(t);

	if (d && enclosure_of(d) == ENCLOSURE_YES)
		return arena_printf(v->arena, "%s %s", text_or(d->vendor, ""),
				    text_or(d->model, d->name));
	return missed ? arena_printf(v->arena, "%s %s", missed->vendor, missed->name) : NULL;
}

/* Seconds since the enclosure was found, as far as the log tells, or since boot. */
static uint64_t waited_sec(const struct facts *f)
{
	const struct driver_event *e = driver_last(&f->driver, EVENT_TB_FOUND);
	uint64_t now = u64_or(f->machine.uptime_usec, UINT64_MAX), since = e ? e->usec : 0;
	return now > since ? (now - since) / 1000000 : 0;
}

static bool is_named(const char *want)
{
	return want && !str_eq(want, "external") && !str_eq(want, "any");
}

static bool has_external(const struct pci *p)
{
	for (size_t i = 0; i < p->gpu_count; i++)
		if (pci_is_external(&p->gpu[i]))
			return true;
	return false;
}

/* An enclosure that shows none can be why; else the address is another's or nobody's. */
static void say_none_there(const struct facts *f, const char *box, struct verdict *v)
{
	const char *cause = box && !has_external(&f->pci) ? "gpu-not-on-bus" : "gpu-not-at-address";
	found_broken(v, cause, f->want.gpu, "no NVIDIA GPU at %s", f->want.gpu);
}

static void say_none(const struct facts *f, struct verdict *v)
{
	if (f->pci.other_external_gpus.count)
		found_skipped(v, "the external GPU at %s is not NVIDIA's",
			      pci_short_bdf(f->pci.other_external_gpus.name[0]));
	else if (f->pci.gpu_count)
		found_skipped(v, "no external GPU on the bus; %s is internal",
			      subject_of(v, &f->pci.gpu[0]));
	else
		found_skipped(v, "no external GPU on the bus");
}

static void judge_missing(const struct facts *f, struct verdict *v)
{
	const struct driver_event *down = lost_link(f);
	const char *box = f->pci.other_external_gpus.count ? NULL : expected_in(f, v);

	if (is_named(f->want.gpu))
		say_none_there(f, box, v);
	else if (down)
		found_broken(v, "gpu-disconnected", "",
			     "the GPU's link went down %llu s after boot",
			     (unsigned long long)down->usec / 1000000);
	else if (box && waited_sec(f) < SETTLE_SEC)
		found_unknown(v, "lspci -d 10de:", "%s is up for %llu s and shows no GPU yet", box,
			      (unsigned long long)waited_sec(f));
	else if (box)
		found_broken(v, "gpu-not-on-bus", "", "%s shows no NVIDIA GPU on the bus", box);
	else
		say_none(f, v);
}

/* --- a GPU that cannot be used --- */

static bool is_lost(const struct pci_gpu *g, struct verdict *v)
{
	if (is_u64(g->config_answers, 0)) {
		found_broken(v, "gpu-fallen-off-bus", g->bdf, "%s is listed, but reads all ones",
			     subject_of(v, g));
		return true;
	}
	if (pci_is_stuck(g)) {
		found_broken(v, "gpu-stuck-in-d3cold", g->bdf,
			     "%s does not wake from D3cold, runtime status %s", subject_of(v, g),
			     g->runtime_status.v);
		return true;
	}
	return false;
}

static bool lacks_address(const struct pci_gpu *g, unsigned index)
{
	const struct pci_bar *bar = pci_bar(g, index);
	return !bar || !bar->assigned;
}

/* "BAR1 (256 MiB)"; a BAR that could not be placed at all has lost its size, too. */
static const char *bar_name(struct arena *a, const struct pci_gpu *g, unsigned index)
{
	const struct pci_bar *bar = pci_bar(g, index);
	return bar ? arena_printf(a, "BAR%u (%s)", index, str_bytes(a, bar->size_bytes))
		   : arena_printf(a, "BAR%u", index);
}

/* The first port on the way whose window is too small for the GPU's memory, or "". */
static const char *narrow_window(struct arena *a, const struct pci_gpu *g)
{
	const struct pci_bar *bar = pci_bar(g, pci_vram_bar(g));
	for (size_t i = 0; i + 1 < g->hop_count; i++) {
		const struct pci_hop *hop = &g->hop[i];
		if (hop->window_bytes.know == KNOWN && bar && hop->window_bytes.v < bar->size_bytes)
			return arena_printf(a, "; %s has room for %s", pci_short_bdf(hop->bdf),
					    str_bytes(a, hop->window_bytes.v));
	}
	return "";
}

/* True: both are where the driver needs them. */
static bool judge_bars(const struct pci_gpu *g, struct verdict *v)
{
	struct arena *a = v->arena;
	unsigned vram = pci_vram_bar(g);
	bool no0 = lacks_address(g, 0), no_vram = lacks_address(g, vram);

	if (g->bars_know != KNOWN) {
		found_unknown(v, arena_printf(a, "cat /sys/bus/pci/devices/%s/resource", g->bdf),
			      "the BARs of %s: %s", pci_short_bdf(g->bdf), know_why(g->bars_know));
		return false;
	}
	if (no0 || no_vram)
		found_broken(v, "bar-unassigned", g->bdf, "%s%s%s: no address%s",
			     no0 ? bar_name(a, g, 0) : "", no0 && no_vram ? ", " : "",
			     no_vram ? bar_name(a, g, vram) : "", narrow_window(a, g));
	return !no0 && !no_vram;
}

/* --- a GPU that could be better --- */

/*
 * The most lanes that both ends of the GPU's own link have. Slots that share
 * their lanes give an internal GPU half of them rightly.
 */
static bool judge_width(const struct pci_gpu *g, struct verdict *v)
{
	const struct pci_hop *end = pci_endpoint(g), *dock = pci_dock(g);
	uint64_t width = end ? u64_or(end->width, 0) : 0;
	uint64_t most = end ? u64_or(end->max_width, 0) : 0;

	if (dock && u64_or(dock->max_width, most) < most)
		most = dock->max_width.v;
	else if (!dock && most > 4)
		most = 4;
	uint64_t enough = pci_is_external(g) ? most : most / 2;
	if (!width || width >= enough)
		return true;
	found_warning(v, "pcie-link-degraded", g->bdf,
		      "%s runs at x%llu; its link could have x%llu", subject_of(v, g),
		      (unsigned long long)width, (unsigned long long)most);
	return false;
}

enum {
	BUSY_PERCENT = 50,
	BUSY_POWER_PART = 3, /* a third of its limit: screens alone keep a GPU busy, but cool */
	CAPPED_MTPS = 8000,
};

/* It computes, and the driver too finds its link slower than it could be. */
static bool is_busy_and_slow(const struct nvml_gpu *n)
{
	return n && u64_or(n->utilization_percent, 0) >= BUSY_PERCENT &&
	       n->power_mw.know == KNOWN && u64_or(n->power_limit_mw, 0) > 0 &&
	       n->power_mw.v >= n->power_limit_mw.v / BUSY_POWER_PART &&
	       n->pcie_generation.know == KNOWN &&
	       n->pcie_generation.v < u64_or(n->pcie_generation_max, 0);
}

/*
 * Work brings a link up to what both its ends can. One that is still at 8 GT/s
 * or more has often been capped there on purpose, against errors; below that
 * nobody caps one.
 */
static bool judge_speed(const struct facts *f, const struct pci_gpu *g, struct verdict *v)
{
	const struct pci_hop *end = pci_endpoint(g), *dock = pci_dock(g);

	if (!dock || end->speed_mtps.know != KNOWN || end->max_speed_mtps.know != KNOWN ||
	    dock->max_speed_mtps.know != KNOWN || !is_busy_and_slow(nvml_gpu(&f->nvml, g->bdf)))
		return true;
	uint64_t now = end->speed_mtps.v, most = end->max_speed_mtps.v;
	if (dock->max_speed_mtps.v < most)
		most = dock->max_speed_mtps.v;
	if (now >= most || now >= CAPPED_MTPS)
		return true;
	found_warning(v, "pcie-link-slow", g->bdf,
		      "%s computes, and its link runs at %s GT/s; it could run at %s GT/s",
		      subject_of(v, g), units(v->arena, now), units(v->arena, most));
	return false;
}

static bool judge_errors(const struct pci_gpu *g, struct verdict *v)
{
	bool sound = true;
	for (size_t i = 0; i < g->hop_count; i++) {
		const struct pci_hop *hop = &g->hop[i];
		uint64_t correctable = u64_or(hop->aer_correctable, 0);
		uint64_t worse = u64_or(hop->aer_nonfatal, 0) + u64_or(hop->aer_fatal, 0);
		if (hop->is_tunnel || (!worse && correctable <= CORRECTABLE_MAX))
			continue;
		found_warning(v, "pcie-aer-errors", hop->bdf,
			      "%s: %llu correctable and %llu worse link errors",
			      pci_short_bdf(hop->bdf), (unsigned long long)correctable,
			      (unsigned long long)worse);
		sound = false;
	}
	return sound;
}

/*
 * Runtime power management is fine until the log shows that it once was not. The GPU's own is
 * what counts: a port does not sleep above one that is awake.
 */
static bool judge_power(const struct facts *f, const struct pci_gpu *g, struct verdict *v)
{
	const struct driver_event *e = driver_first(&f->driver, EVENT_D3COLD);
	const struct pci_hop *end = pci_endpoint(g);

	if (!e || !end || !is_text(end->runtime_control, "auto") || is_u64(g->d3cold_allowed, 0))
		return true;
	found_warning(v, "gpu-stuck-in-d3cold", g->bdf,
		      "%s did not wake from D3cold %llu s after boot", subject_of(v, g),
		      (unsigned long long)e->usec / 1000000);
	return false;
}

/* "dock 8 GT/s x4"; "2.5 of 8 GT/s" where an idle GPU has slowed its link down. */
static const char *link_text(struct arena *a, const struct pci_gpu *g)
{
	const struct pci_hop *end = pci_endpoint(g), *dock = pci_dock(g);

	if (!end || end->speed_mtps.know != KNOWN || end->width.know != KNOWN)
		return "";
	uint64_t now = end->speed_mtps.v, most = u64_or(end->max_speed_mtps, now);
	if (dock && u64_or(dock->max_speed_mtps, most) < most)
		most = dock->max_speed_mtps.v;
	const char *of = now < most ? arena_printf(a, " of %s", units(a, most)) : "";
	return arena_printf(a, ", %s %s%s GT/s x%llu",
			    g->reach == REACH_THUNDERBOLT ? "dock" : "link", units(a, now), of,
			    (unsigned long long)end->width.v);
}

static void say_ok(const struct pci_gpu *g, struct verdict *v)
{
	const char *asleep = pci_is_asleep(g) ? ", asleep in D3cold" : "";
	unsigned vram = pci_vram_bar(g);

	found_ok(v, "%s, BAR%u %s%s%s", subject_of(v, g), vram,
		 str_bytes(v->arena, pci_bar(g, vram)->size_bytes), link_text(v->arena, g), asleep);
}

static bool judge_answer(const struct pci_gpu *g, struct verdict *v)
{
	if (g->config_answers.know == KNOWN || pci_is_asleep(g))
		return true;
	if (pci_hop_in_d3cold(pci_endpoint(g))) {
		found_unknown(v, arena_printf(v->arena, "cat %s", g->runtime_status.from),
			      "whether %s sleeps or is stuck in D3cold: %s", subject_of(v, g),
			      know_why(g->runtime_status.know));
		return false;
	}
	found_unknown(v, arena_printf(v->arena, "lspci -x -s %s", g->bdf), "whether %s answers: %s",
		      subject_of(v, g), know_why(g->config_answers.know));
	return false;
}

static void judge_gpu(const struct facts *f, const struct pci_gpu *g, struct verdict *v)
{
	if (is_lost(g, v) || !judge_bars(g, v))
		return;
	bool answers = judge_answer(g, v);
	bool wide = judge_width(g, v);
	bool fast = judge_speed(f, g, v);
	bool sound = judge_errors(g, v);
	bool wakes = judge_power(f, g, v);
	if (answers && wide && fast && sound && wakes)
		say_ok(g, v);
}

static void say_unread(const struct pci *p, struct verdict *v)
{
	if (p->unread && *p->unread)
		found_unknown(v, arena_printf(v->arena, "ls -lL %s", p->unread),
			      "could not read %s: %s; it may be the GPU's", p->unread,
			      know_why(p->know));
	else
		found_unknown(v, "ls /sys/bus/pci/devices", "the PCI bus: %s", know_why(p->know));
}

static void judge(const struct facts *f, struct verdict *v)
{
	if (f->pci.know == ABSENT)
		found_skipped(v, "this host has no PCI bus");
	else if (f->pci.know != KNOWN)
		say_unread(&f->pci, v);
	else if (f->pci.chosen)
		judge_gpu(f, f->pci.chosen, v);
	else
		judge_missing(f, v);
}

const struct link link_pci = {
	.id = "pci",
	.asks = "Is the GPU on the PCI bus, with its BARs and its link?",
	.needs = { "enclosure" },
	.judge = judge,
};
