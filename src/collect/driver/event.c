/* SPDX-License-Identifier: MIT */
/*
 * Lines are known by the signs of causes and by marks; what is in them, as the
 * driver (open-gpu-kernel-modules: nv-pci.c, osapi.c) and the kernel
 * (drivers/pci: setup-res.c, pcie/aer.c) print it, is read here.
 */
#include "collect/driver/event.h"

#include <string.h>

enum {
	SHOWN_MAX_BYTES = 240, /* of a line that are kept */
	SURE_LEAST = 40,       /* a sign that is weaker is one of many causes */
};

/* Whose signs are which event: causes and marks of the table. */
static const struct {
	const char *owner;
	enum driver_event_kind kind;
} kinds[] = {
	{ "gsp-wpr2-stuck", EVENT_WPR2 },
	{ "driver-init-failed", EVENT_RM_INIT },
	{ "gpu-fallen-off-bus", EVENT_FELL_OFF },
	{ "driver-loaded", EVENT_DRIVER_LOADED },
	{ "open-module-unsupported-gpu", EVENT_OPEN_UNSUPPORTED },
	{ "open-module-required", EVENT_OPEN_REQUIRED },
	{ "gpu-unsupported-by-branch", EVENT_BRANCH_UNSUPPORTED },
	{ "rebar-resize-fatal", EVENT_REBAR_FATAL },
	{ "driver-version-mismatch", EVENT_API_MISMATCH },
	{ "gsp-boot-failed", EVENT_GSP },
	{ "xid-119-gsp-timeout", EVENT_GSP },
	{ "iommu-fault", EVENT_IOMMU_FAULT },
	{ "gpu-found", EVENT_GPU_FOUND },
	{ "gpu-disconnected", EVENT_LINK_DOWN },
	{ "enclosure-found", EVENT_TB_FOUND },
	{ "pci-bus-numbers-exhausted", EVENT_NO_BUS_NUMBER },
	{ "nvidia-probe-failed", EVENT_PROBE_FAILED },
	{ "pcie-aer-errors", EVENT_AER },
	{ "gpu-stuck-in-d3cold", EVENT_D3COLD },
	{ "suspend", EVENT_SUSPEND_EXIT },
	{ "secure-boot-rejects-module", EVENT_SIGNATURE },
};

/* The first address in the text; "" where there is none. */
static const char *first_bdf(struct arena *a, struct bytes text)
{
	char bdf[BDF_BYTES];
	return bdf_in(text, bdf) ? str_dup(a, bdf) : "";
}

static struct bytes from_place(struct bytes b, const char *place)
{
	return (struct bytes){ place, b.size - (size_t)(place - b.data) };
}

static bool was_found(const struct driver *d, const char *bdf)
{
	for (size_t i = 0; i < d->event_count; i++)
		if (d->event[i].kind == EVENT_GPU_FOUND && bdf_same_device(d->event[i].bdf, bdf))
			return true;
	return false;
}

/* What of a device that is not on the way to a GPU could be said too. */
static bool is_of_any_device(enum driver_event_kind kind)
{
	return kind == EVENT_AER || kind == EVENT_IOMMU_FAULT || kind == EVENT_D3COLD;
}

/* Is it about the chosen GPU or its path? Without one, what is about any NVIDIA GPU counts. */
static bool concerns(const struct facts *f, enum driver_event_kind kind, const char *bdf)
{
	const struct pci_gpu *g = f->pci.chosen;

	if (!*bdf || kind == EVENT_NO_BUS_NUMBER)
		return true;
	if (!g)
		return !is_of_any_device(kind) || was_found(&f->driver, bdf);
	for (size_t i = 0; i < g->hop_count; i++)
		if (str_eq(g->hop[i].bdf, bdf))
			return true;
	return bdf_same_device(bdf, g->bdf);
}

static void drop_event(struct driver *d, size_t i)
{
	d->event_count--;
	memmove(&d->event[i], &d->event[i + 1], (d->event_count - i) * sizeof(*d->event));
}

/* Rows of the same become one; of too many the first and the last half are kept. */
static void add_event(struct driver_scan *s, enum driver_event_kind kind, uint64_t code,
		      const char *bdf)
{
	struct driver *d = &s->f->driver;
	struct driver_event *last = d->event_count ? &d->event[d->event_count - 1] : NULL;

	if (!concerns(s->f, kind, bdf))
		return;
	if (last && last->kind == kind && last->code == code && str_eq(last->bdf, bdf)) {
		last->count++;
		last->last_usec = s->usec;
		return;
	}
	if (d->event_count == EVENTS_MAX)
		drop_event(d, EVENTS_MAX / 2);
	d->event[d->event_count++] = (struct driver_event){
		.kind = kind,
		.usec = s->usec,
		.count = 1,
		.code = code,
		.bdf = bdf,
		.line = str_clean(s->f->arena, s->line.data, s->line.size, SHOWN_MAX_BYTES),
	};
}

/* "NVRM: Xid (PCI:0000:22:00): 79, ..."; drivers before 2016 leave "PCI:" out. */
static bool scan_xid(struct driver_scan *s)
{
	if (!bytes_start(s->line, "NVRM: "))
		return false;
	const char *at = bytes_find(s->line, "Xid (");
	if (!at)
		return false;
	struct bytes rest = from_place(s->line, at);
	const char *end = bytes_find(rest, "): ");
	uint64_t code;
	if (!end)
		return false;

	struct bytes number = from_place(rest, end + strlen("): "));
	size_t n = 0;
	while (n < number.size && number.data[n] >= '0' && number.data[n] <= '9')
		n++;
	if (!str_u64(str_ndup(s->f->arena, number.data, n), 10, 9999, &code))
		return false;
	rest.size = (size_t)(end - rest.data);
	add_event(s, EVENT_XID, code, first_bdf(s->f->arena, rest));
	return true;
}

/* Index of the BAR that the line is about; 14 and 15 are the memory windows of a bridge. */
static bool bar_index(struct bytes line, uint64_t *ret)
{
	const char *bar = bytes_find(line, " BAR ");
	if (bytes_have(line, "bridge window [mem")) {
		*ret = bytes_have(line, "pref]") ? 15 : 14;
		return true;
	}
	if (!bar || bytes_have(line, "VF BAR") || !bytes_have(line, "[mem"))
		return false;
	struct bytes at = from_place(line, bar + strlen(" BAR "));
	*ret = 0;
	for (; at.size && *at.data >= '0' && *at.data <= '9' && *ret < 100; at.size--)
		*ret = *ret * 10 + (uint64_t)(*at.data++ - '0');
	return *ret <= 4 || *ret == 14 || *ret == 15;
}

/* A BAR that found its place in the end was never in trouble. */
static void forget_bar(struct driver *d, enum driver_event_kind kind, uint64_t index,
		       const char *bdf)
{
	for (size_t i = d->event_count; i-- > 0;)
		if (d->event[i].kind == kind && d->event[i].code == index &&
		    str_eq(d->event[i].bdf, bdf))
			drop_event(d, i);
}

static bool is_unassigned(struct bytes line)
{
	return bytes_have(line, "can't assign; no space") || bytes_have(line, ": no space for") ||
	       bytes_have(line, "failed to assign");
}

/*
 * "BAR 1 [mem size 0x10000000 64bit pref]: can't assign; no space", before
 * Linux 6.9 "BAR 1: no space for [mem size ...]". "can't claim; no compatible
 * bridge window" is a first try, which is followed by an assignment.
 */
static bool scan_bar(struct driver_scan *s)
{
	uint64_t index;
	if (!bytes_start(s->line, "pci") || !bar_index(s->line, &index))
		return false;

	const char *bdf = first_bdf(s->f->arena, s->line);
	enum driver_event_kind kind = index >= 14 ? EVENT_WINDOW_UNASSIGNED : EVENT_BAR_UNASSIGNED;
	bool is_judged = s->f->pci.chosen || was_found(&s->f->driver, bdf);
	if (kind == EVENT_BAR_UNASSIGNED)
		is_judged &= str_ends(bdf, ".0");
	if (bytes_have(s->line, ": assigned"))
		forget_bar(&s->f->driver, kind, index, bdf);
	else if (is_judged && is_unassigned(s->line))
		add_event(s, kind, index, bdf);
	return true;
}

/* "NVRM: BAR1 is 0M @ 0x0 (PCI:0000:22:00.0)", below "... I/O region ... is invalid:". */
static bool scan_invalid_region(struct driver_scan *s)
{
	const char *bar = bytes_find(s->line, "BAR");
	if (!bytes_start(s->line, "NVRM: ") || !bar || !bytes_have(s->line, "M @ 0x"))
		return false;
	struct bytes at = from_place(s->line, bar + 3);
	uint64_t index =
	    at.size && *at.data >= '0' && *at.data <= '5' ? (uint64_t)(*at.data - '0') : 0;
	add_event(s, EVENT_BAR_UNASSIGNED, index, first_bdf(s->f->arena, s->line));
	return true;
}

/* "pcieport 0000:00:07.0: AER: Corrected error received: 0000:22:00.0": the second one sent it. */
static const char *aer_sender(struct driver_scan *s)
{
	const char *at = bytes_find(s->line, "received");
	const char *bdf = at ? first_bdf(s->f->arena, from_place(s->line, at)) : "";
	return *bdf && !str_ends(bdf, ":00:00.0") ? bdf : first_bdf(s->f->arena, s->line);
}

static uint64_t aer_severity(struct bytes line)
{
	if (bytes_have(line, "(Non-Fatal)"))
		return 1;
	return bytes_have(line, "(Fatal)") ? 2 : 0;
}

static void scan_kind(struct driver_scan *s, enum driver_event_kind kind)
{
	if (kind == EVENT_AER) {
		add_event(s, EVENT_AER, aer_severity(s->line), aer_sender(s));
		return;
	}
	const char *bdf = first_bdf(s->f->arena, s->line);
	add_event(s, kind, 0, *bdf ? bdf : str_dup(s->f->arena, s->reading->about));
}

/* False: whose sign it is makes no event. */
static bool kind_of_owner(const char *id, enum driver_event_kind *ret)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (str_eq(id, kinds[i].owner)) {
			*ret = kinds[i].kind;
			return true;
		}
	return false;
}

/* A line is an event of whom it is the surest sign; a mark's are sure. */
static bool kind_of(const struct book *b, const struct heard *h, enum driver_event_kind *ret)
{
	unsigned most = SURE_LEAST;
	bool found = false;

	for (size_t i = 0; i < h->entry_count; i++) {
		const struct entry *e = &b->entry[h->entry[i]];
		const struct owner *o = &b->owner[e->owner];
		unsigned sure = o->cause ? e->sign->sure : 100;
		if ((!o->cause || (!e->sign->with && !e->sign->after)) && sure > most &&
		    kind_of_owner(o->id, ret)) {
			most = sure;
			found = true;
		}
	}
	return found;
}

void driver_hear(void *with, const struct heard *h)
{
	struct driver_scan *s = with;
	enum driver_event_kind kind;

	s->line =
	    (struct bytes){ h->line->text + h->line->message, h->line->size - h->line->message };
	/* A message over several lines has its time in the first. */
	if (h->line->clock != CLOCK_NONE)
		s->usec = h->line->usec;
	if (scan_xid(s) || scan_invalid_region(s) || scan_bar(s))
		return;
	if (kind_of(s->reading->book, h, &kind))
		scan_kind(s, kind);
}
