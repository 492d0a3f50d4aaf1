/* SPDX-License-Identifier: MIT */
#include "view/enclosure.h"

#include <string.h>

#include "base/term.h"
#include "cause/cause.h"
#include "plan/reader.h"
#include "view/remedy.h"

enum { NAME_MAX_BYTES = 80, WORD_MAX_BYTES = 40 };

static const char *clean(const struct facts *f, const char *s, size_t max)
{
	return s ? str_clean(f->arena, s, strlen(s), max) : "";
}

static const char *name_of(const struct facts *f, const struct enclosure_row *r)
{
	if (!*r->vendor || str_starts(r->model, r->vendor))
		return *r->model ? r->model : "a device without a name";
	return arena_printf(f->arena, "%s %s", r->vendor, r->model);
}

static void add_bolt(const struct facts *f, struct enclosure_row *r, const struct bolt_device *b)
{
	if (!b)
		return;
	r->in_bolt = true;
	r->status = clean(f, b->status, WORD_MAX_BYTES);
	r->policy = clean(f, b->policy, WORD_MAX_BYTES);
	r->stored = b->stored;
	r->vendor = *r->vendor ? r->vendor : clean(f, b->vendor, NAME_MAX_BYTES);
	r->model = *r->model ? r->model : clean(f, b->name, NAME_MAX_BYTES);
	r->generation = r->generation ? r->generation : b->generation;
}

static struct enclosure_row connected(const struct facts *f, const struct tb_device *d)
{
	const struct tb_domain *domain = thunderbolt_domain(&f->thunderbolt, d->domain);
	struct enclosure_row r = {
		.uuid = clean(f, text_or(d->unique_id, ""), WORD_MAX_BYTES),
		.vendor = clean(f, text_or(d->vendor, ""), NAME_MAX_BYTES),
		.model = clean(f, text_or(d->model, ""), NAME_MAX_BYTES),
		.router = clean(f, d->name, WORD_MAX_BYTES),
		.authorized = d->authorized,
		.status = "",
		.policy = "",
		.generation = u64_or(d->generation, 0),
		.rx_mbps_per_lane = u64_or(d->rx_mbps_per_lane, 0),
		.rx_lanes = u64_or(d->rx_lanes, 0),
		.tx_mbps_per_lane = u64_or(d->tx_mbps_per_lane, 0),
		.tx_lanes = u64_or(d->tx_lanes, 0),
		.iommu = domain ? domain->iommu_dma_protection : unknown_u64(NOT_LOOKED, NULL),
		.security = domain ? clean(f, text_or(domain->security, ""), WORD_MAX_BYTES) : "",
	};

	if (r.authorized.know == KNOWN)
		r.authorized.v = r.authorized.v != 0;
	add_bolt(f, &r, thunderbolt_bolt_of(&f->thunderbolt, text_or(d->unique_id, "")));
	r.name = name_of(f, &r);
	return r;
}

/* What sysfs does not have, or not yet: boltd may have heard of it first. */
static struct enclosure_row known_to_bolt(const struct facts *f, const struct bolt_device *b)
{
	struct enclosure_row r = {
		.uuid = clean(f, b->uuid, WORD_MAX_BYTES),
		.vendor = "",
		.model = "",
		.router = "",
		.authorized = unknown_u64(ABSENT, NULL),
		.iommu = unknown_u64(NOT_LOOKED, NULL),
		.security = "",
	};

	add_bolt(f, &r, b);
	r.name = name_of(f, &r);
	return r;
}

static bool is_in(const struct enclosure_rows *rows, const char *uuid)
{
	for (size_t i = 0; i < rows->count; i++)
		if (str_eq(rows->row[i].uuid, uuid))
			return true;
	return false;
}

struct enclosure_rows enclosure_rows(const struct facts *f)
{
	const struct thunderbolt *t = &f->thunderbolt;
	struct enclosure_rows rows = {
		.row = arena_alloc(f->arena, (t->device_count + t->bolt_count) * sizeof(*rows.row)),
	};

	for (size_t i = 0; i < t->device_count; i++)
		if (!t->device[i].is_host)
			rows.row[rows.count++] = connected(f, &t->device[i]);
	for (size_t i = 0; i < t->bolt_count; i++) {
		const struct bolt_device *b = &t->bolt[i];
		if (!str_eq(b->type, "host") && !is_in(&rows, b->uuid))
			rows.row[rows.count++] = known_to_bolt(f, b);
	}
	return rows;
}

static const char *authorization(struct arena *a, const struct enclosure_row *r)
{
	const char *said = r->authorized.know != KNOWN ? ""
			   : r->authorized.v           ? "authorised"
						       : "not authorised";

	if (!*r->router)
		return "";
	if (!*said)
		said = arena_printf(a, "whether authorised is not known (%s)",
				    know_why(r->authorized.know));
	/* The usual two are what sysfs says too; what is left is on its way, failed, or disagrees.
	 */
	if (str_eq(r->status, is_u64(r->authorized, 1) ? "authorized" : "connected") || !*r->status)
		return arena_printf(a, ", %s", said);
	return arena_printf(a, ", %s (boltd: %s)", said, r->status);
}

const char *enclosure_state(struct arena *a, const struct enclosure_row *r)
{
	const char *where =
	    *r->router ? arena_printf(a, "connected as %s", r->router) : "not connected";
	const char *stored = !r->in_bolt ? ""
			     : r->stored ? arena_printf(a, ", stored with policy %s",
							*r->policy ? r->policy : "unknown")
					 : ", not stored";
	return arena_printf(a, "%s%s%s", where, authorization(a, r), stored);
}

static const char *link_of(struct arena *a, const struct enclosure_row *r)
{
	static const char *const names[] = { "",
					     "Thunderbolt 1",
					     "Thunderbolt 2",
					     "Thunderbolt 3",
					     "USB4 or Thunderbolt 4",
					     "USB4 v2 or Thunderbolt 5" };
	const char *what = r->generation < COUNT_OF(names) ? names[r->generation] : "";
	unsigned long long lane = r->rx_mbps_per_lane / 1000, lanes = r->rx_lanes;
	const char *speed =
	    lane && lanes ? arena_printf(a, "%llu Gb/s = %llu x %llu", lane * lanes, lanes, lane)
			  : "";

	return arena_printf(a, "%s%s%s", what, *what && *speed ? ", " : "", speed);
}

static const char *protection(const struct enclosure_row *r)
{
	return r->iommu.know != KNOWN ? ""
	       : r->iommu.v           ? "IOMMU protection on"
				      : "IOMMU protection off";
}

void enclosure_text_row(FILE *to, const struct enclosure_view *v, const struct enclosure_row *r)
{
	struct arena *a = v->facts->arena;
	const char *link = link_of(a, r), *protects = protection(r);

	fprintf(to, "%s%s%s\n", v->colour ? "\033[1m" : "", r->name, v->colour ? "\033[0m" : "");
	fprintf(to, "  %s\n", *r->uuid ? r->uuid : "its UUID is not known");
	fprintf(to, "  %s\n", enclosure_state(a, r));
	if (*link || *protects)
		fprintf(to, "  %s%s%s\n", link, *link && *protects ? ", " : "", protects);
}

void enclosure_text_bolt(FILE *to, const struct enclosure_view *v)
{
	const struct thunderbolt *t = &v->facts->thunderbolt;
	const struct remedy_view r = { v->facts->arena, reader_of(v->facts->arena, v->facts, ""),
				       v->colour, v->columns };

	if (t->bolt_know == KNOWN)
		return;
	if (t->know != KNOWN) {
		fprintf(to, "The Thunderbolt bus: %s.\n", know_why(t->know));
		return;
	}
	fprintf(to, "boltd, which authorises devices: %s.\n", know_why(t->bolt_know));
	if (t->bolt_know == ABSENT)
		remedy_text(to, &r, "Get it", cause_of_id("bolt-missing")->remedy);
}

void enclosure_text(FILE *to, const struct enclosure_view *v)
{
	for (size_t i = 0; i < v->rows->count; i++)
		enclosure_text_row(to, v, &v->rows->row[i]);
	if (v->rows->count == 0)
		fputs("No Thunderbolt or USB4 device is known here.\n", to);
	else if (v->facts->thunderbolt.bolt_know != KNOWN)
		fputc('\n', to);
	enclosure_text_bolt(to, v);
}
