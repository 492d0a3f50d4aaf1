/* SPDX-License-Identifier: MIT */
/*
 * The texts are those of the driver (open-gpu-kernel-modules: kernel_rc.c,
 * osinit.c, osapi.c, nv-pci.c) and of the kernel (drivers/pci: setup-res.c,
 * pcie/aer.c, hotplug/pciehp_ctrl.c; drivers/thunderbolt/switch.c;
 * drivers/iommu; kernel/module/signing.c).
 */
#include "collect/driver-event.h"

#include <string.h>

enum { SHOWN_MAX_BYTES = 240 }; /* of a line that are kept */

/* A line says this kind when it starts so and has both needles in it. */
struct sign {
	enum driver_event_kind kind;
	const char *start, *have, *also; /* "": any */
	bool told_above; /* the device is named by the line that began the message */
};

static const struct sign signs[] = {
	{ EVENT_WPR2, "NVRM: ", "unexpected WPR2 already up", "", false },
	{ EVENT_RM_INIT, "NVRM: ", "RmInitAdapter failed!", "", false },
	{ EVENT_RM_INIT, "NVRM: ", "rm_init_adapter failed", "", false },
	{ EVENT_FELL_OFF, "NVRM: ", "fallen off the bus", "", true },
	{ EVENT_DRIVER_LOADED, "NVRM: ", "loading NVIDIA UNIX", "", false },
	{ EVENT_OPEN_UNSUPPORTED, "NVRM: ", "not supported by open", "", true },
	{ EVENT_OPEN_REQUIRED, "NVRM: ", "requires use of the NVIDIA open", "", true },
	{ EVENT_BRANCH_UNSUPPORTED, "NVRM: ", "is not supported by the", "", true },
	{ EVENT_BRANCH_UNSUPPORTED, "NVRM: ", "Legacy drivers", "", true },
	{ EVENT_REBAR_FATAL, "NVRM: ", "attempting to resize PCIe BARs", "", false },
	{ EVENT_API_MISMATCH, "NVRM: ", "API mismatch:", "", false },
	{ EVENT_GSP, "NVRM: ", "Cannot initialize GSP firmware RM", "", false },
	{ EVENT_GSP, "NVRM: ", "GSP-FMC reported an error", "", false },
	{ EVENT_GSP, "NVRM: ", "waiting for RPC response from", "GSP", false },
	{ EVENT_IOMMU_FAULT, "NVRM: ", "osIovaMap: failed to map", "", false },
	{ EVENT_GPU_FOUND, "pci ", ": [10de:", "class 0x03", false },
	{ EVENT_LINK_DOWN, "pcieport ", "pciehp: Slot(", "Link Down", false },
	{ EVENT_LINK_DOWN, "pcieport ", "pciehp: Slot(", "Card not present", false },
	{ EVENT_TB_FOUND, "thunderbolt ", "new device found, vendor=", "", false },
	{ EVENT_NO_BUS_NUMBER, "pci", "No bus number available for hot-added", "", false },
	{ EVENT_PROBE_FAILED, "nvidia ", "probe with driver nvidia failed", "", false },
	{ EVENT_PROBE_FAILED, "nvidia: ", "probe of ", "failed with error", false },
	{ EVENT_IOMMU_FAULT, "DMAR: ", "[DMA", "Request device [", false },
	{ EVENT_IOMMU_FAULT, "", "AMD-Vi: Event logged [IO_PAGE_FAULT", "", false },
	{ EVENT_AER, "", "AER: ", "error received", false },
	{ EVENT_AER, "", "AER: ", "error message received", false },
	{ EVENT_D3COLD, "", "power state from D3cold", "", false },
	{ EVENT_SUSPEND_EXIT, "PM: ", "suspend exit", "", false },
	{ EVENT_SUSPEND_EXIT, "PM: ", "hibernation exit", "", false },
	{ EVENT_SIGNATURE, "", "oading of ", " is rejected", false },
	{ EVENT_SIGNATURE, "Lockdown: ", "unsigned module loading is restricted", "", false },
};

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
	return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_';
}

/* A number of min to max hex digits at *at, which moves behind it. */
static bool take_hex(struct bytes *at, size_t min, size_t max, unsigned *ret)
{
	size_t n = 0;
	unsigned v = 0;
	for (; n < at->size && n < max && is_hex(at->data[n]); n++) {
		char c = at->data[n];
		v = v * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (n < min || (n < at->size && is_hex(at->data[n])))
		return false;
	*at = (struct bytes){ at->data + n, at->size - n };
	*ret = v;
	return true;
}

static bool take_char(struct bytes *at, char c)
{
	if (at->size == 0 || *at->data != c)
		return false;
	*at = (struct bytes){ at->data + 1, at->size - 1 };
	return true;
}

/* "0000:22:00.0", "0000:22:00" (the driver leaves the function out) or "22:00.0" at this place. */
static const char *bdf_at(struct arena *a, struct bytes at)
{
	struct bytes rest = at;
	unsigned domain = 0, bus, slot, function = 0;
	bool has_domain = take_hex(&rest, 4, 8, &domain) && take_char(&rest, ':');

	if (!has_domain) {
		rest = at;
		domain = 0;
	}
	if (!take_hex(&rest, 2, 2, &bus) || !take_char(&rest, ':') || !take_hex(&rest, 2, 2, &slot))
		return NULL;
	bool has_function = take_char(&rest, '.') && take_hex(&rest, 1, 1, &function);
	if ((!has_domain && !has_function) || (rest.size && is_word(*rest.data)))
		return NULL;
	return arena_printf(a, "%04x:%02x:%02x.%u", domain, bus, slot, function);
}

/* The first address in the text; "" where there is none. */
static const char *bdf_in(struct arena *a, struct bytes text)
{
	for (size_t i = 0; i + 7 <= text.size; i++) {
		if (!is_hex(text.data[i]) || (i > 0 && is_word(text.data[i - 1])))
			continue;
		const char *bdf = bdf_at(a, (struct bytes){ text.data + i, text.size - i });
		if (bdf)
			return bdf;
	}
	return "";
}

static struct bytes from_place(struct bytes b, const char *place)
{
	return (struct bytes){ place, b.size - (size_t)(place - b.data) };
}

/* "0000:22:00.1" and "0000:22:00.0" are one device. */
static bool same_device(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");
	return n == strcspn(b, ".") && strncmp(a, b, n) == 0;
}

static bool was_found(const struct driver *d, const char *bdf)
{
	for (size_t i = 0; i < d->event_count; i++)
		if (d->event[i].kind == EVENT_GPU_FOUND && same_device(d->event[i].bdf, bdf))
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
	return same_device(bdf, g->bdf);
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
	add_event(s, EVENT_XID, code, bdf_in(s->f->arena, rest));
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
	return *ret == 0 || *ret == 1 || *ret == 3 || *ret == 14 || *ret == 15;
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

	const char *bdf = bdf_in(s->f->arena, s->line);
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
	if (!bar || !bytes_have(s->line, "M @ 0x"))
		return false;
	struct bytes at = from_place(s->line, bar + 3);
	uint64_t index =
	    at.size && *at.data >= '0' && *at.data <= '5' ? (uint64_t)(*at.data - '0') : 0;
	add_event(s, EVENT_BAR_UNASSIGNED, index, bdf_in(s->f->arena, s->line));
	return true;
}

/* "pcieport 0000:00:07.0: AER: Corrected error received: 0000:22:00.0": the second one sent it. */
static const char *aer_sender(struct driver_scan *s)
{
	const char *at = bytes_find(s->line, "received");
	const char *bdf = at ? bdf_in(s->f->arena, from_place(s->line, at)) : "";
	return *bdf && !str_ends(bdf, ":00:00.0") ? bdf : bdf_in(s->f->arena, s->line);
}

static uint64_t aer_severity(struct bytes line)
{
	if (bytes_have(line, "(Non-Fatal)"))
		return 1;
	return bytes_have(line, "(Fatal)") ? 2 : 0;
}

static void scan_sign(struct driver_scan *s, const struct sign *sign)
{
	const char *bdf;
	if (sign->kind == EVENT_AER) {
		add_event(s, EVENT_AER, aer_severity(s->line), aer_sender(s));
		return;
	}
	bdf = bdf_in(s->f->arena, s->line);
	if (!*bdf && sign->told_above)
		bdf = s->message;
	add_event(s, sign->kind, 0, bdf);
}

static bool says(struct bytes line, const struct sign *sign)
{
	return bytes_start(line, sign->start) && bytes_have(line, sign->have) &&
	       (!*sign->also || bytes_have(line, sign->also));
}

void driver_scan_line(struct driver_scan *s)
{
	if (bytes_start(s->line, "NVRM: ")) {
		if (bytes_start(s->line, "NVRM: The NVIDIA "))
			s->message = bdf_in(s->f->arena, s->line);
		if (scan_xid(s) || scan_invalid_region(s))
			return;
	}
	if (scan_bar(s))
		return;
	for (size_t i = 0; i < COUNT_OF(signs); i++)
		if (says(s->line, &signs[i])) {
			scan_sign(s, &signs[i]);
			return;
		}
}
