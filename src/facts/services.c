/* SPDX-License-Identifier: MIT */
#include "facts/services.h"

static const struct shape shape_unit = {
	sizeof(struct unit),
	(const struct field[]){
	    FIELD(NAME, struct unit, name),
	    FIELD(KNOW, struct unit, know),
	    FIELD(NAME, struct unit, load),
	    FIELD(NAME, struct unit, active),
	    FIELD(NAME, struct unit, sub),
	    FIELD(NAME, struct unit, file_state),
	    FIELD(NAME, struct unit, result),
	    FIELD(NAME, struct unit, exec_start),
	    FIELD(NAMES, struct unit, listen),
	    FIELD(NAMES, struct unit, wanted_by),
	    FIELD(COUNT, struct unit, restarts),
	    FIELD(NAMES, struct unit, environment),
	    FIELD(COUNT, struct unit, active_since_usec),
	    { 0 },
	},
};

const struct shape shape_services = {
	sizeof(struct services),
	(const struct field[]){
	    FIELD(KNOW, struct services, know),
	    FIELDS_OF(struct services, unit, &shape_unit),
	    FIELD(FLAG, struct services, udev_starts),
	    { 0 },
	},
};

static const struct unit *asked(const struct services *s, const char *name)
{
	for (size_t i = 0; i < s->unit_count; i++)
		if (str_eq(s->unit[i].name, name))
			return &s->unit[i];
	return NULL;
}

const struct unit *services_unit(const struct services *s, const char *name)
{
	const struct unit *u = asked(s, name);
	return u && u->know != ABSENT ? u : NULL;
}

enum know services_know(const struct services *s, const char *name)
{
	const struct unit *u = asked(s, name);
	return u ? u->know : s->know;
}

bool services_lack(const struct services *s, const char *name)
{
	const struct unit *u = asked(s, name);
	return s->know == KNOWN && u && u->know == ABSENT;
}

bool unit_is_off(const struct unit *u)
{
	static const char *const states[] = { "disabled", "masked", "masked-runtime" };
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (str_eq(u->file_state, states[i]))
			return true;
	return false;
}

bool unit_starts_by_hand(const struct unit *u)
{
	return str_eq(u->file_state, "enabled-runtime") ||
	       (unit_is_off(u) && u->wanted_by.count == 0);
}

bool unit_gave_up(const struct unit *u)
{
	return str_eq(u->result, "start-limit-hit") ||
	       (str_eq(u->active, "failed") && u->restarts > 0);
}
