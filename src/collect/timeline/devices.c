/* SPDX-License-Identifier: MIT */
/*
 * Times that devices have: AuthorizeTime of bolt's D-Bus interface (seconds since 1970), and the
 * times at which device nodes were made, which are their mtime, since nobody writes to them.
 */
#include "collect/timeline/part.h"

#include <string.h>

#include "base/json.h"

enum { SECOND_USEC = 1000000 };

static const json_t *record_of(const json_t *list, const char *uuid)
{
	size_t i;
	json_t *d;

	json_array_foreach(list, i, d)
	{
		const char *uid = json_string_value(json_object_get(d, "Uid"));
		if (*uuid && str_eq(uid, uuid))
			return d;
	}
	return NULL;
}

/* Why there is no time of it; NULL: it was added. */
static const char *authorized(struct timing *s, const struct tb_device *d)
{
	struct bytes answer;

	if (is_u64(d->authorized, 0))
		return "it is not authorised";
	if (is_u64(d->boot, 1))
		return "the firmware did it, before the kernel began";
	int r = host_ask(s->h, s->arena, SOURCE_BOLT, "devices", &answer, NULL);
	if (r < 0)
		return arena_printf(s->arena, "boltd: %s", know_why(know_of_errno(r)));

	json_auto_t *list = json_parse(answer, "bolt:devices", NULL);
	const json_t *record = record_of(list, text_or(d->unique_id, ""));
	json_int_t sec = json_integer_value(json_object_get(record, "AuthorizeTime"));
	if (sec <= 0 || sec > UINT32_MAX)
		return "boltd tells no time of it";
	const struct moment m = { .kind = MOMENT_AUTHORIZED,
				  .who = "",
				  .note = "",
				  .usec = (uint64_t)sec * SECOND_USEC,
				  .from = "bolt:devices AuthorizeTime" };
	return timing_add_wall(s, m, SECOND_USEC) ? NULL : timing_no_clock(s);
}

static void time_of_authorization(struct timing *s)
{
	const struct tb_device *d = facts_enclosure(s->f);
	const char *why = d ? authorized(s, d) : NULL;

	if (why)
		timing_miss(s, MOMENT_AUTHORIZED, "", why);
}

static int64_t mtime_of(struct timing *s, const struct device_node *n)
{
	struct host_stat st;

	if (n->know != KNOWN || host_stat(s->h, s->arena, n->path, &st, NULL) < 0)
		return 0;
	return st.mtime_sec;
}

/* What programs open: not those for a display or for tools. */
static bool is_needed(const struct device_node *n)
{
	return !str_ends(n->path, "-modeset") && !str_ends(n->path, "-tools");
}

static void time_of_nodes(struct timing *s)
{
	const struct driver *d = &s->f->driver;
	const struct device_node *last = NULL;
	int64_t last_sec = 0;
	bool any = false;

	for (size_t i = 0; i < d->node_count; i++) {
		int64_t sec = is_needed(&d->node[i]) ? mtime_of(s, &d->node[i]) : 0;
		any = any || d->node[i].know == KNOWN;
		if (sec > last_sec && sec <= UINT32_MAX) {
			last_sec = sec;
			last = &d->node[i];
		}
	}
	const struct moment m = { .kind = MOMENT_NODES,
				  .who = last ? last->path : "",
				  .note = "",
				  .usec = (uint64_t)last_sec * SECOND_USEC,
				  .from = last ? arena_printf(s->arena, "mtime of %s", last->path)
					       : "" };
	if (last && timing_add_wall(s, m, SECOND_USEC))
		return;
	if (d->node_count)
		timing_miss(s, MOMENT_NODES, "",
			    last  ? timing_no_clock(s)
			    : any ? "their age could not be read"
				  : "there are none");
}

void timing_devices(struct timing *s)
{
	time_of_authorization(s);
	time_of_nodes(s);
}
