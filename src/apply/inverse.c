/* SPDX-License-Identifier: MIT */
#include "apply/transact.h"

struct verb {
	const char *verb, *inverse;
};

/* Who was restarted because of files is restarted again when they are back. */
static const struct verb unit_verbs[] = {
	{ "enable", "disable" }, { "disable", "enable" },  { "start", "stop" },
	{ "stop", "start" },     { "restart", "restart" }, { "daemon-reload", "daemon-reload" },
	{ "unmask", NULL },      { "reset-failed", NULL },
};

static const struct verb container_verbs[] = { { "stop", "start" }, { "start", "stop" } };
static const struct verb device_verbs[] = { { "remove", "rescan" },
					    { "deauthorize", "authorize" },
					    { "authorize", "deauthorize" } };
static const struct verb enclosure_verbs[] = { { "enroll", "forget" }, { "authorize", NULL } };

static const char *inverse_of(const struct verb *table, size_t count, const char *verb)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(table[i].verb, verb))
			return table[i].inverse;
	return NULL;
}

static const char *words(struct arena *a, const struct names *argv)
{
	const char *out = "";
	for (size_t i = 0; i < argv->count; i++)
		out = arena_printf(a, "%s%s%s", out, *out ? " " : "", str_quoted(a, argv->name[i]));
	return out;
}

static bool inverse_run(struct arena *a, const struct step *s, struct step *ret)
{
	if (s->run.undo.count == 0)
		return false;
	ret->run = (struct command){ s->run.undo, s->run.argv, s->run.deadline_sec };
	ret->what = arena_printf(a, "run %s", words(a, &s->run.undo));
	return true;
}

static bool inverse_unit(struct arena *a, const struct step *s, struct step *ret)
{
	const char *verb = inverse_of(unit_verbs, COUNT_OF(unit_verbs), s->unit.verb);

	if (!verb)
		return false;
	ret->unit = (struct unit_change){ verb, s->unit.name };
	ret->what = *s->unit.name ? arena_printf(a, "%s %s", verb, s->unit.name)
				  : "have systemd read its units again";
	return true;
}

static bool inverse_enclosure(struct arena *a, const struct step *s, struct step *ret)
{
	const struct enclosure_change *c = &s->enclosure;
	const char *verb = inverse_of(enclosure_verbs, COUNT_OF(enclosure_verbs), c->verb);

	if (!verb)
		return false;
	ret->enclosure = (struct enclosure_change){ verb, c->uuid, c->name, NULL };
	ret->what = arena_printf(a, "%s %s", verb, c->name ? c->name : c->uuid);
	return true;
}

static bool inverse_container(struct arena *a, const struct step *s, struct step *ret)
{
	const struct container_change *c = &s->container;
	const char *verb = inverse_of(container_verbs, COUNT_OF(container_verbs), c->verb);

	if (!verb)
		return false;
	ret->container = (struct container_change){ c->id, c->name, verb, c->stop_sec };
	ret->what = arena_printf(a, "%s the container %s", verb, c->name ? c->name : c->id);
	return true;
}

static bool inverse_device(struct arena *a, const struct step *s, struct step *ret)
{
	const struct device_change *d = &s->device;
	const char *verb = inverse_of(device_verbs, COUNT_OF(device_verbs), d->verb);

	if (!verb)
		return false;
	ret->device = (struct device_change){ verb, d->name, NULL, 0 };
	ret->what =
	    arena_printf(a, str_eq(verb, "rescan") ? "find %s on the PCI bus again" : "%s %s again",
			 str_eq(verb, "rescan") ? d->name : verb, d->name);
	return true;
}

bool step_inverse(struct arena *a, const struct step *s, struct step *ret)
{
	*ret = (struct step){ .kind = s->kind, .theme = s->theme, .why = "", .when = s->when };
	switch (s->kind) {
	case STEP_RUN:
	case STEP_PACKAGES:
		return inverse_run(a, s, ret);
	case STEP_UNIT:
		return inverse_unit(a, s, ret);
	case STEP_ENCLOSURE:
		return inverse_enclosure(a, s, ret);
	case STEP_CONTAINER:
		return inverse_container(a, s, ret);
	case STEP_DEVICE:
		return inverse_device(a, s, ret);
	case STEP_PROCESS:
	case STEP_FILE:
	case STEP_PERSON:
		break;
	}
	return false;
}
