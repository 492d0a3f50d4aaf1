/* SPDX-License-Identifier: MIT */
/* A plan in one sentence. */
#include "view/plan-part.h"

/* Parts of the sentence so far, joined by ", ". */
struct sum {
	struct arena *arena;
	const char *text;
};

static void say(struct sum *s, const char *part)
{
	s->text = arena_printf(s->arena, "%s%s%s", s->text, *s->text ? ", " : "", part);
}

static const char *many(struct arena *a, size_t n, const char *one, const char *more)
{
	return arena_printf(a, "%zu %s", n, n == 1 ? one : more);
}

static void say_many(struct sum *s, size_t n, const char *one, const char *more)
{
	if (n)
		say(s, many(s->arena, n, one, more));
}

static size_t of_kind(const struct plan *p, enum step_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->step[i].kind == kind;
	return n;
}

static size_t containers(const struct plan *p, const char *verb)
{
	size_t n = 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->step[i].kind == STEP_CONTAINER &&
		     str_eq(container_verb(&p->step[i].container), verb);
	return n;
}

static size_t devices(const struct plan *p, const char *verb)
{
	size_t n = 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->step[i].kind == STEP_DEVICE && str_eq(p->step[i].device.verb, verb);
	return n;
}

static bool restarts_docker(const struct step *s)
{
	return s->kind == STEP_UNIT && str_eq(s->unit.verb, "restart") &&
	       (str_eq(s->unit.name, "docker") || str_eq(s->unit.name, "docker.service"));
}

/* Units other than Docker, each once; "daemon-reload" is of none. */
static size_t other_units(struct arena *a, const struct plan *p)
{
	struct names seen = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->step[i];
		if (s->kind == STEP_UNIT && *s->unit.name && !restarts_docker(s) &&
		    !names_have(&seen, s->unit.name))
			names_add(a, &seen, &room, s->unit.name);
	}
	return seen.count;
}

static void docker(struct sum *sum, const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->step[i];
		if (!restarts_docker(s))
			continue;
		say(sum, s->unit.containers
			     ? arena_printf(sum->arena, "Docker restarts (%s)",
					    many(sum->arena, s->unit.containers, "container stops",
						 "containers stop"))
			     : "Docker restarts");
		return;
	}
}

static enum step_when latest(const struct plan *p)
{
	enum step_when last = WHEN_NOW;
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].when > last)
			last = p->step[i].when;
	return last;
}

static const char *counts(const struct plan *p)
{
	switch (latest(p)) {
	case WHEN_NOW:
		return "";
	case WHEN_REBOOT:
		return "; counts after a reboot";
	case WHEN_COLD_BOOT:
		return "; counts after a cold boot";
	}
	return "";
}

static const char *left_alone(struct arena *a, const struct plan *p)
{
	if (p->refusal_count == 0)
		return "";
	return arena_printf(a, " %s left alone.",
			    many(a, p->refusal_count, "thing is", "things are"));
}

const char *plan_sum(struct arena *a, const struct plan *p)
{
	struct sum s = { a, "" };

	if (p->count == 0)
		return p->refusal_count ? arena_printf(a, "Nothing changes.%s", left_alone(a, p))
					: "Nothing to do: all is as it should be.";
	if (of_kind(p, STEP_PACKAGES))
		say(&s, "Packages are installed");
	say_many(&s, of_kind(p, STEP_FILE), "file changes", "files change");
	say_many(&s, of_kind(p, STEP_RUN), "command runs", "commands run");
	say_many(&s, other_units(a, p), "unit changes", "units change");
	say_many(&s, of_kind(p, STEP_ENCLOSURE), "enclosure changes", "enclosures change");
	docker(&s, p);
	say_many(&s, containers(p, "restart"), "container restarts", "containers restart");
	say_many(&s, containers(p, "stop"), "container stops", "containers stop");
	say_many(&s, containers(p, "start"), "container starts", "containers start");
	say_many(&s, of_kind(p, STEP_PROCESS), "process ends", "processes end");
	say_many(&s, devices(p, "remove"), "function leaves the PCI bus",
		 "functions leave the PCI bus");
	say_many(&s, devices(p, "rescan"), "function is looked for again",
		 "functions are looked for again");
	say_many(&s, devices(p, "deauthorize"), "device is deauthorised",
		 "devices are deauthorised");
	say_many(&s, devices(p, "authorize"), "device is authorised", "devices are authorised");
	say_many(&s, of_kind(p, STEP_PERSON), "step is yours", "steps are yours");
	/* what is left is the manager that reads its units anew */
	return arena_printf(a, "%s%s.%s", *s.text ? s.text : "systemd reloads", counts(p),
			    left_alone(a, p));
}
