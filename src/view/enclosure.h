/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "facts/facts.h"

/*
 * A Thunderbolt or USB4 device that is no computer, as sysfs and boltd have it, joined by its
 * UUID. Texts are cleaned for a terminal, live in the facts' arena, and are "" where nothing is
 * known.
 */
struct enclosure_row {
	const char *uuid, *vendor, *model;
	const char *name;            /* for people: "Razer Core X" */
	const char *router;          /* "0-1"; "": not connected */
	struct maybe_u64 authorized; /* flag; as sysfs has it, of what is not there ABSENT */
	bool in_bolt;                /* boltd knows it, so that these three are known */
	const char *status, *policy;
	bool stored;
	uint64_t generation; /* 0: not known */
	uint64_t rx_mbps_per_lane, rx_lanes, tx_mbps_per_lane, tx_lanes;
	struct maybe_u64 iommu; /* flag: its domain's DMA is kept to what drivers allow */
	const char *security;   /* of its domain: "user", ... */
};

struct enclosure_rows {
	struct enclosure_row *row; /* connected ones first, in sysfs's order, then stored ones */
	size_t count;
};

/* Needs collect_thunderbolt() and collect_bolt(). */
struct enclosure_rows enclosure_rows(const struct facts *f);

/* "connected as 0-1, authorised, stored with policy iommu". In the arena. */
const char *enclosure_state(struct arena *a, const struct enclosure_row *row);

struct enclosure_view {
	const struct facts *facts;
	const struct enclosure_rows *rows;
	const char *host; /* "this host", or the recording's name */
	bool colour;
	unsigned columns;
	const char *version; /* of egpu */
};

/* One device, four lines. */
void enclosure_text_row(FILE *to, const struct enclosure_view *v, const struct enclosure_row *row);
/* All of them, or that there are none; and without boltd how to get it. */
void enclosure_text(FILE *to, const struct enclosure_view *v);
/* Why boltd cannot be asked, and the line that installs it; nothing where it can. */
void enclosure_text_bolt(FILE *to, const struct enclosure_view *v);

/* data/enclosure.schema.json says what these are. Caller decrefs. */
json_t *enclosure_json(const struct enclosure_view *v);
/* event: there added changed removed. */
json_t *enclosure_json_event(const struct enclosure_row *row, const char *event, const char *time);
