/* SPDX-License-Identifier: MIT */
#include "view/enclosure.h"

static json_t *text(const char *s)
{
	return *s ? json_string(s) : json_null();
}

static json_t *flag(struct maybe_u64 m)
{
	return m.know == KNOWN ? json_boolean(m.v != 0) : json_null();
}

static json_t *number(uint64_t n)
{
	return n && n <= INT64_MAX ? json_integer((json_int_t)n) : json_null();
}

static json_t *device(const struct enclosure_row *r)
{
	return json_pack(
	    "{so so so so sb so so so so so so so so so so so}", "uuid", text(r->uuid), "name",
	    text(r->model), "vendor", text(r->vendor), "router", text(r->router), "connected",
	    *r->router != 0, "authorized", *r->router ? flag(r->authorized) : json_false(),
	    "bolt_status", text(r->status), "stored",
	    r->in_bolt ? json_boolean(r->stored) : json_null(), "policy", text(r->policy),
	    "generation", number(r->generation), "rx_mbps_per_lane", number(r->rx_mbps_per_lane),
	    "rx_lanes", number(r->rx_lanes), "tx_mbps_per_lane", number(r->tx_mbps_per_lane),
	    "tx_lanes", number(r->tx_lanes), "iommu_protection", flag(r->iommu), "security",
	    text(r->security));
}

static json_t *known(enum know know)
{
	return json_string(know == KNOWN ? "known" : know_why(know));
}

json_t *enclosure_json(const struct enclosure_view *v)
{
	const struct thunderbolt *t = &v->facts->thunderbolt;
	json_t *devices = json_array();

	for (size_t i = 0; i < v->rows->count; i++)
		json_array_append_new(devices, device(&v->rows->row[i]));
	return json_pack("{ss ss ss so so so}", "schema", "egpu-enclosure-1", "version", v->version,
			 "host", v->host, "sysfs", known(t->know), "boltd", known(t->bolt_know),
			 "devices", devices);
}

json_t *enclosure_json_event(const struct enclosure_row *row, const char *event, const char *time)
{
	return json_pack("{ss ss ss so}", "schema", "egpu-enclosure-event-1", "time", time, "event",
			 event, "device", device(row));
}
