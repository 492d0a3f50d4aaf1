/* SPDX-License-Identifier: MIT */
#include "watch/kept-json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { VERSION = 1 };

/* Older than any window: what a clock that was set wrong says beyond that is not kept. */
#define AGE_MAX_USEC (INT64_MAX / 16)

/* Out */

static json_t *tries(const struct keep_now *now, const struct budget *b)
{
	json_t *all = json_array();

	for (size_t i = 0; i < b->try_count; i++) {
		const struct budget_try *t = &b->tries[i];
		int64_t age = now->boot_usec - t->usec;
		json_array_append_new(all, json_pack("{s:s, s:I, s:I}", "on", t->on, "boot_usec",
						     (json_int_t)t->usec, "wall_usec",
						     (json_int_t)(now->wall_usec - age)));
	}
	return all;
}

static json_t *breakers(const struct budget *b)
{
	json_t *all = json_array();

	for (size_t i = 0; i < b->breaker_count; i++)
		json_array_append_new(all,
				      json_pack("{s:s, s:s, s:b}", "on", b->breaker[i].on, "cause",
						b->breaker[i].cause, "whole", b->breaker[i].whole));
	return all;
}

static json_t *parked(const struct guard_kept *k)
{
	json_t *all = json_array();

	for (size_t i = 0; i < k->parked_count; i++)
		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:b}", "id", k->parked[i].id,
						     "name", k->parked[i].name, "cause",
						     k->parked[i].cause, "let", k->parked[i].let));
	return all;
}

static json_t *counts(const struct guard_counts *c)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "looks", (json_int_t)c->looks, "incidents",
			 (json_int_t)c->incidents, "tries", (json_int_t)c->tries, "failures",
			 (json_int_t)c->failures);
}

const char *kept_text(struct arena *a, const struct keep_now *now, const struct guard_kept *k)
{
	json_auto_t *j = json_pack("{s:i, s:s, s:b, s:o, s:o, s:o, s:o}", "version", VERSION,
				   "boot_id", now->boot_id, "had_gpu", k->had_gpu, "tries",
				   tries(now, &k->budget), "breakers", breakers(&k->budget),
				   "stopped", parked(k), "counts", counts(&k->counts));
	char *text = json_dumps(j, JSON_INDENT(1));
	const char *out = arena_printf(a, "%s\n", text ? text : "");

	free(text);
	return out;
}

/* In */

/* A text that fits, and no control byte in it: it will be shown. */
static bool get(const json_t *j, const char *key, char *to, size_t size)
{
	const char *s = json_string_value(json_object_get(j, key));

	if (!s || strlen(s) >= size)
		return false;
	for (const char *c = s; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	memcpy(to, s, strlen(s) + 1);
	return true;
}

static bool get_number(const json_t *j, const char *key, int64_t *ret)
{
	const json_t *v = json_object_get(j, key);

	*ret = json_integer_value(v);
	return json_is_integer(v) && *ret > -INT64_MAX / 4 && *ret < INT64_MAX / 4;
}

static bool get_count(const json_t *j, const char *key, uint64_t *ret)
{
	int64_t v;
	bool good = get_number(j, key, &v) && v >= 0;

	*ret = good ? (uint64_t)v : 0;
	return good;
}

static int64_t on_our_clock(const struct keep_now *now, bool same_boot, int64_t boot, int64_t wall)
{
	int64_t age = now->wall_usec - wall;

	if (same_boot && boot <= now->boot_usec)
		return boot;
	/* An earlier boot's try is at least as old as this boot. */
	if (same_boot || age < now->boot_usec)
		age = same_boot ? 0 : now->boot_usec;
	return now->boot_usec - (age < AGE_MAX_USEC ? age : AGE_MAX_USEC);
}

static bool parse_try(const json_t *j, const struct keep_now *now, bool same_boot,
		      struct budget_try *t)
{
	int64_t boot, wall;

	if (!get(j, "on", t->on, sizeof(t->on)) || !get_number(j, "boot_usec", &boot) ||
	    !get_number(j, "wall_usec", &wall))
		return false;
	t->usec = on_our_clock(now, same_boot, boot, wall);
	return true;
}

static bool parse_tries(const json_t *all, const struct keep_now *now, bool same_boot,
			struct budget *b)
{
	bool good = json_is_array(all) && json_array_size(all) <= TRIES_MAX;

	for (size_t i = 0; good && i < json_array_size(all); i++)
		good = parse_try(json_array_get(all, i), now, same_boot, &b->tries[b->try_count++]);
	return good;
}

static bool parse_breakers(const json_t *all, struct budget *b)
{
	bool good = json_is_array(all) && json_array_size(all) <= BREAKERS_MAX;

	for (size_t i = 0; good && i < json_array_size(all); i++) {
		const json_t *j = json_array_get(all, i);
		struct breaker *k = &b->breaker[b->breaker_count++];
		k->whole = json_is_true(json_object_get(j, "whole"));
		good = get(j, "on", k->on, sizeof(k->on)) &&
		       get(j, "cause", k->cause, sizeof(k->cause));
	}
	return good;
}

static bool parse_parked(const json_t *all, struct guard_kept *k)
{
	bool good = json_is_array(all) && json_array_size(all) <= WORKERS_MAX;

	for (size_t i = 0; good && i < json_array_size(all); i++) {
		const json_t *j = json_array_get(all, i);
		struct parked *p = &k->parked[k->parked_count++];
		p->let = json_is_true(json_object_get(j, "let"));
		good = get(j, "id", p->id, sizeof(p->id)) &&
		       get(j, "name", p->name, sizeof(p->name)) &&
		       get(j, "cause", p->cause, sizeof(p->cause));
	}
	return good;
}

static bool parse_counts(const json_t *j, struct guard_counts *c)
{
	return get_count(j, "looks", &c->looks) && get_count(j, "incidents", &c->incidents) &&
	       get_count(j, "tries", &c->tries) && get_count(j, "failures", &c->failures);
}

int kept_parse(struct bytes text, const struct keep_now *now, struct guard_kept *ret, struct err *e)
{
	json_auto_t *j = json_parse(text, KEEP_DIR "/state.json", e);
	const char *wrong = NULL;
	bool same_boot =
	    *now->boot_id && str_eq(json_string_value(json_object_get(j, "boot_id")), now->boot_id);

	if (!j)
		return -EINVAL;
	if (json_integer_value(json_object_get(j, "version")) != VERSION)
		wrong = "version";
	else if (!parse_tries(json_object_get(j, "tries"), now, same_boot, &ret->budget))
		wrong = "tries";
	else if (!parse_breakers(json_object_get(j, "breakers"), &ret->budget))
		wrong = "breakers";
	else if (!parse_parked(json_object_get(j, "stopped"), ret))
		wrong = "stopped";
	else if (!parse_counts(json_object_get(j, "counts"), &ret->counts))
		wrong = "counts";
	if (wrong)
		return err_say(e, -EINVAL,
			       KEEP_DIR "/state.json: '%s' is not what the guard writes", wrong);
	ret->had_gpu = same_boot && json_is_true(json_object_get(j, "had_gpu"));
	return 0;
}
