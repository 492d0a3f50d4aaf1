/* SPDX-License-Identifier: MIT */
#include "base/dbus-json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	DEPTH_MAX = 8,      /* containers inside each other; ExecStart has four */
	VALUES_MAX = 16384, /* of one message */
};

static json_t *value_of(sd_bus_message *m, unsigned depth, unsigned *budget);

static json_t *json_of_u64(uint64_t v)
{
	return json_integer(v > INT64_MAX ? INT64_MAX : (json_int_t)v);
}

static json_t *json_of_basic(sd_bus_message *m, char type)
{
	union {
		uint8_t y;
		int b;
		int16_t n;
		uint16_t q;
		int32_t i;
		uint32_t u;
		int64_t x;
		uint64_t t;
		double d;
		const char *s;
	} v = { 0 };

	if (sd_bus_message_read_basic(m, type, &v) <= 0)
		return NULL;
	switch (type) {
	case SD_BUS_TYPE_BYTE:
		return json_integer(v.y);
	case SD_BUS_TYPE_BOOLEAN:
		return json_boolean(v.b);
	case SD_BUS_TYPE_INT16:
		return json_integer(v.n);
	case SD_BUS_TYPE_UINT16:
		return json_integer(v.q);
	case SD_BUS_TYPE_INT32:
		return json_integer(v.i);
	case SD_BUS_TYPE_UINT32:
		return json_integer(v.u);
	case SD_BUS_TYPE_INT64:
		return json_integer(v.x);
	case SD_BUS_TYPE_UINT64:
		return json_of_u64(v.t);
	case SD_BUS_TYPE_DOUBLE:
		return json_real(v.d);
	case SD_BUS_TYPE_STRING:
	case SD_BUS_TYPE_OBJECT_PATH:
	case SD_BUS_TYPE_SIGNATURE:
		return json_string(v.s);
	}
	return json_null(); /* a file descriptor says nothing as text */
}

static json_t *json_of_list(sd_bus_message *m, unsigned depth, unsigned *budget)
{
	json_t *list = json_array();
	while (sd_bus_message_at_end(m, 0) == 0)
		if (json_array_append_new(list, value_of(m, depth, budget)) < 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* "sv" out of "{sv}", the contents of a dictionary's array. */
static bool entry_of(const char *contents, char ret[static 256])
{
	size_t n = strlen(contents);
	if (n < 4 || n > 256)
		return false;
	memcpy(ret, contents + 1, n - 2);
	ret[n - 2] = '\0';
	return true;
}

static json_t *json_of_dict(sd_bus_message *m, const char *contents, unsigned depth,
			    unsigned *budget)
{
	char entry[256];
	json_auto_t *dict = json_object();
	bool named = contents[1] == 's' || contents[1] == 'o';

	if (!entry_of(contents, entry))
		return NULL;
	while (sd_bus_message_enter_container(m, SD_BUS_TYPE_DICT_ENTRY, entry) > 0) {
		json_auto_t *key = value_of(m, depth, budget);
		json_t *value = value_of(m, depth, budget);
		/* Keys that are numbers are in nothing that is asked for. */
		if (!named)
			json_decref(value);
		else if (!key || json_object_set_new(dict, json_string_value(key), value) < 0)
			return NULL;
		if (sd_bus_message_exit_container(m) < 0)
			return NULL;
	}
	return json_incref(dict);
}

static json_t *json_of_container(sd_bus_message *m, char type, const char *contents, unsigned depth,
				 unsigned *budget)
{
	json_auto_t *inside = NULL;
	if (sd_bus_message_enter_container(m, type, contents) <= 0)
		return NULL;
	if (type == SD_BUS_TYPE_VARIANT)
		inside = value_of(m, depth, budget);
	else if (type == SD_BUS_TYPE_ARRAY && contents[0] == SD_BUS_TYPE_DICT_ENTRY_BEGIN)
		inside = json_of_dict(m, contents, depth, budget);
	else
		inside = json_of_list(m, depth, budget);
	return sd_bus_message_exit_container(m) < 0 ? NULL : json_incref(inside);
}

static json_t *value_of(sd_bus_message *m, unsigned depth, unsigned *budget)
{
	char type;
	const char *contents;

	if (depth == 0 || *budget == 0 || sd_bus_message_peek_type(m, &type, &contents) <= 0)
		return NULL;
	--*budget;
	if (type == SD_BUS_TYPE_ARRAY || type == SD_BUS_TYPE_STRUCT || type == SD_BUS_TYPE_VARIANT)
		return json_of_container(m, type, contents, depth - 1, budget);
	return json_of_basic(m, type);
}

json_t *json_of_message(sd_bus_message *m)
{
	unsigned budget = VALUES_MAX;
	return value_of(m, DEPTH_MAX, &budget);
}
