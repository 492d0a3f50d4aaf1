/* SPDX-License-Identifier: MIT */
/*
 * The kernel log. What the driver's collector made events of, is taken from there; the lines of the
 * thunderbolt driver (drivers/thunderbolt/switch.c, nhi.c), of assigned BARs
 * (drivers/pci/setup-res.c) and of nvidia-uvm are read here.
 */
#include "collect/timeline/part.h"

#include <string.h>

#include "sign/bdf.h"
#include "sign/line.h"

enum {
	BARS_WITHIN_USEC = 5000000, /* what is assigned later than that is another time */
	ENCLOSURES_MAX = 8,         /* times that one is found again */
	EVENTS_SHOWN = 48,
};

/* What is looked for, and what was found so far. */
struct scan {
	struct timing *s;
	const char *gpu_bdf;    /* "" where it is not known */
	const char *router;     /* "0-1"; "": any */
	const char *controller; /* "0000:00:0d.2"; "": any */
	uint64_t bus_usec, bars_usec;
	bool has_controller, has_uvm;
	unsigned enclosures;
};

static void add(struct timing *s, enum moment_kind kind, const char *who, uint64_t usec)
{
	const struct moment m = { .kind = kind,
				  .who = str_clean(s->arena, who, strlen(who), 80),
				  .note = "",
				  .usec = usec,
				  .from = s->f->driver.log_from,
				  .lasts = kind == MOMENT_GPU };
	timeline_add(s->t, s->arena, &m);
}

static const char *enclosure_name(struct timing *s)
{
	const struct tb_device *d = facts_enclosure(s->f);

	return d ? arena_printf(s->arena, "%s %s", text_or(d->vendor, ""),
				text_or(d->model, d->name))
		 : "";
}

static bool names_controller(const struct scan *c, struct bytes rest)
{
	char bdf[BDF_BYTES];
	bool has =
	    rest.size > 12 && rest.data[4] == ':' && bdf_in((struct bytes){ rest.data, 12 }, bdf);
	return has && (!*c->controller || str_eq(bdf, c->controller));
}

/* "0000:00:0d.2: total paths: 12" of a controller, "0-1: new device found, vendor=..." of a router.
 */
static void hear_thunderbolt(struct scan *c, struct bytes rest, uint64_t usec)
{
	const char *colon = memchr(rest.data, ':', rest.size);

	if (!c->has_controller && names_controller(c, rest)) {
		c->has_controller = true;
		add(c->s, MOMENT_CONTROLLER, pci_short_bdf(str_ndup(c->s->arena, rest.data, 12)),
		    usec);
	}
	if (!colon || !bytes_have(rest, ": new device found") || c->enclosures == ENCLOSURES_MAX)
		return;
	const char *name = str_ndup(c->s->arena, rest.data, (size_t)(colon - rest.data));
	if (*c->router && !str_eq(name, c->router))
		return;
	c->enclosures++;
	add(c->s, MOMENT_ENCLOSURE, *c->router ? enclosure_name(c->s) : name, usec);
}

static void flush_bars(struct scan *c)
{
	if (c->bars_usec)
		add(c->s, MOMENT_BARS, "", c->bars_usec);
	c->bars_usec = 0;
}

/* "pci 0000:22:00.0: BAR 1 [mem ...]: assigned", before Linux 6.9 "... BAR 1: assigned [mem ...".
 */
static void hear_pci(struct scan *c, struct bytes line, uint64_t usec)
{
	char bdf[BDF_BYTES];

	if (!*c->gpu_bdf || !bytes_have(line, " BAR ") || !bytes_have(line, ": assigned") ||
	    !bdf_in(line, bdf) || !str_eq(bdf, c->gpu_bdf))
		return;
	if (c->bars_usec && usec > c->bars_usec + BARS_WITHIN_USEC)
		flush_bars(c);
	c->bars_usec = usec;
}

static void hear(struct scan *c, const struct line *l)
{
	struct bytes text = { l->text + l->message, l->size - l->message };

	if (bytes_start(text, "thunderbolt ")) {
		const size_t n = strlen("thunderbolt ");
		hear_thunderbolt(c, (struct bytes){ text.data + n, text.size - n }, l->usec);
	} else if (bytes_start(text, "pci ")) {
		hear_pci(c, text, l->usec);
	} else if (bytes_have(text, "bus type thunderbolt registered") && !c->bus_usec) {
		c->bus_usec = l->usec;
	} else if (bytes_start(text, "nvidia-uvm: Loaded the UVM driver") && !c->has_uvm) {
		c->has_uvm = true;
		add(c->s, MOMENT_UVM, "", l->usec);
	}
}

static bool may_tell(struct bytes line)
{
	return bytes_have(line, "thunderbolt") || bytes_have(line, ": assigned") ||
	       bytes_have(line, "nvidia-uvm: Loaded");
}

static struct bytes log_of(struct timing *s)
{
	bool journal = str_eq(s->f->driver.log_from, "journal:kernel");
	struct bytes log;
	int r = journal ? host_ask(s->h, s->arena, SOURCE_JOURNAL, "kernel", &log, NULL)
			: host_ask(s->h, s->arena, SOURCE_KERNEL_LOG, "boot", &log, NULL);
	return r < 0 ? (struct bytes){ "", 0 } : log;
}

static const char *gpu_bdf(const struct facts *f)
{
	const struct driver_event *found = driver_last(&f->driver, EVENT_GPU_FOUND);
	return f->pci.chosen ? f->pci.chosen->bdf : found ? found->bdf : "";
}

static void read_lines(struct timing *s)
{
	const struct tb_device *d = facts_enclosure(s->f);
	const struct tb_domain *domain =
	    d ? thunderbolt_domain(&s->f->thunderbolt, d->domain) : NULL;
	struct scan c = {
		.s = s,
		.gpu_bdf = gpu_bdf(s->f),
		.router = d ? d->name : "",
		.controller = domain ? domain->controller_bdf : "",
	};
	struct bytes log = log_of(s);
	struct line l;

	for (struct bytes raw; bytes_line(&log, &raw);) {
		if (!may_tell(raw))
			continue;
		line_clean(&l, raw);
		if (l.clock == CLOCK_BOOT)
			hear(&c, &l);
	}
	flush_bars(&c);
	if (!c.has_controller && c.bus_usec)
		add(s, MOMENT_CONTROLLER, "", c.bus_usec);
}

/* What of the driver's events make or take the GPU. */
struct state {
	bool found, loaded, down, is_ready;
};

static const char *loss_of(struct arena *a, const struct driver_event *e)
{
	switch (e->kind) {
	case EVENT_XID:
		if (e->code == 79 || e->code == 119 || e->code == 120)
			return arena_printf(a, "Xid %u", (unsigned)e->code);
		return NULL;
	case EVENT_FELL_OFF:
		return "fell off the bus";
	case EVENT_RM_INIT:
		return "RmInitAdapter failed";
	case EVENT_LINK_DOWN:
		return "unplugged";
	default:
		return NULL;
	}
}

static void lose(struct timing *s, struct state *now, const struct driver_event *e, const char *why)
{
	if (now->is_ready)
		add(s, MOMENT_LOST, why, e->usec);
	now->down = true;
	now->is_ready = false;
	now->found &= e->kind != EVENT_LINK_DOWN;
}

static void hear_event(struct timing *s, struct state *now, const struct driver_event *e)
{
	const char *loss = loss_of(s->arena, e);

	if (loss)
		lose(s, now, e, loss);
	if (e->kind != EVENT_GPU_FOUND && e->kind != EVENT_DRIVER_LOADED)
		return;
	if (e->kind == EVENT_GPU_FOUND)
		add(s, MOMENT_PCI, pci_short_bdf(e->bdf), e->usec);
	else if (!now->loaded || !strstr(e->line, "Kernel Mode Setting"))
		add(s, MOMENT_DRIVER, text_or(s->f->driver.version, ""), e->usec);
	now->found |= e->kind == EVENT_GPU_FOUND;
	now->loaded |= e->kind == EVENT_DRIVER_LOADED;
	now->down = false;
	if (now->found && now->loaded && !now->is_ready) {
		now->is_ready = true;
		add(s, MOMENT_GPU, "", e->usec);
	}
}

static const char *why_none(struct timing *s)
{
	const struct driver *d = &s->f->driver;
	uint64_t since = u64_or(d->log_since_usec, 0);

	if (d->log_know != KNOWN)
		return arena_printf(s->arena, "the kernel log: %s", know_why(d->log_know));
	if (since > LOG_STARTS_WITHIN_USEC)
		return arena_printf(s->arena, "the kernel log begins only at %.1f s",
				    (double)since / 1e6);
	return "the kernel log has no line of it";
}

static void miss_what_lacks(struct timing *s)
{
	static const enum moment_kind wanted[] = { MOMENT_CONTROLLER, MOMENT_ENCLOSURE, MOMENT_PCI,
						   MOMENT_DRIVER, MOMENT_GPU };

	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		bool of_cable = wanted[i] == MOMENT_CONTROLLER || wanted[i] == MOMENT_ENCLOSURE;
		if (!timeline_first(s->t, wanted[i]) && (!of_cable || pci_wants_tunnel(&s->f->pci)))
			timing_miss(s, wanted[i], "", why_none(s));
	}
}

void timing_kernel(struct timing *s)
{
	const struct driver *d = &s->f->driver;
	struct state now = { 0 };

	if (d->log_know == KNOWN)
		read_lines(s);
	for (size_t i = 0; i < d->event_count && i < EVENTS_SHOWN; i++)
		hear_event(s, &now, &d->event[i]);
	miss_what_lacks(s);
}
