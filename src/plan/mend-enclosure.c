/* SPDX-License-Identifier: MIT */
#include "plan/mend.h"

#include <ctype.h>
#include <string.h>

static bool is_uuid(const char *w)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(w) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; w[i]; i++)
		if (form[i] == 'x' ? !isxdigit((unsigned char)w[i]) : w[i] != '-')
			return false;
	return true;
}

static const struct tb_device *router_of(const struct thunderbolt *t, const char *uuid)
{
	for (size_t i = 0; i < t->device_count; i++)
		if (is_text(t->device[i].unique_id, uuid) && !t->device[i].is_host)
			return &t->device[i];
	return NULL;
}

static const char *name_of(const struct planner *p, const struct bolt_device *b,
			   const struct tb_device *d)
{
	const char *vendor = d ? text_or(d->vendor, "") : "",
		   *model = d ? text_or(d->model, "") : "";

	if (b && b->vendor && *b->vendor)
		vendor = b->vendor;
	if (b && b->name && *b->name)
		model = b->name;
	if (!*vendor && !*model)
		return "a device without a name";
	/* Some models carry their vendor's name. */
	if (!*vendor || str_starts(model, vendor))
		return model;
	return arena_printf(p->arena, "%s%s%s", vendor, *model ? " " : "", model);
}

static const char *protection(const struct thunderbolt *t, const struct tb_device *d)
{
	const struct tb_domain *domain = d ? thunderbolt_domain(t, d->domain) : NULL;

	if (!domain || domain->iommu_dma_protection.know != KNOWN)
		return "whether the IOMMU protects memory from it is not known";
	return domain->iommu_dma_protection.v
		   ? "the IOMMU protects memory from it"
		   : "it can read and write all memory: IOMMU protection is off";
}

/* What is needed for it, and is not there; NULL: nothing. */
static const char *hindrance(const struct mend *a, const char *verb, const struct bolt_device *b,
			     const struct tb_device *d, const char *uuid)
{
	const struct thunderbolt *t = &a->p->facts->thunderbolt;

	if (t->bolt_know != KNOWN)
		return "boltd did not answer, and it is boltd that does this";
	if (!b && !d)
		return arena_printf(a->p->arena, "no device %s was seen here",
				    str_quoted(a->p->arena, uuid));
	if (!str_eq(verb, "forget") && !d)
		return "it is not connected";
	return NULL;
}

static const struct enclosure_verb {
	const char *verb, *before, *after; /* the device's name, for people */
	const char *policy;
	size_t words;
} verbs[] = {
	{ "authorize", "authorise", "", NULL, 3 },
	{ "enroll", "authorise", " at every connection", "", 5 },
	{ "forget", "forget", "", NULL, 3 },
};

/* auto, iommu or manual; NULL: the words have another form. */
static const char *policy_of(const struct mend *a, const struct enclosure_verb *v)
{
	static const char *const known[] = { "auto", "iommu", "manual" };

	if (!v->policy)
		return "";
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (mend_is(a, 2, "--policy") && mend_is(a, 3, known[i]))
			return known[i];
	return NULL;
}

/* A device on Thunderbolt reaches into memory: each is asked for by name, but for the one that
 * /etc/egpu.conf has. */
static bool add(struct mend *a, const struct enclosure_verb *v, const char *policy)
{
	struct planner *p = a->p;
	const struct thunderbolt *t = &p->facts->thunderbolt;
	const char *uuid = a->word.name[v->words - 1];
	if (!is_uuid(uuid)) {
		a->why_not =
		    arena_printf(p->arena, "%s is no UUID of a device", str_quoted(p->arena, uuid));
		return false;
	}
	const struct bolt_device *b = thunderbolt_bolt_of(t, uuid);
	const struct tb_device *d = router_of(t, uuid);
	a->why_not = hindrance(a, v->verb, b, d, uuid);
	if (a->why_not)
		return false;
	const char *name = name_of(p, b, d);
	struct step *s = planner_add(p, STEP_ENCLOSURE, "%s %s%s", v->before, name, v->after);
	s->why = arena_printf(p->arena, "%s, %s; %s", name, uuid, protection(t, d));
	s->enclosure = (struct enclosure_change){ v->verb, uuid, name, policy };
	s->asks = !str_eq(p->facts->want.enclosure, uuid);
	return true;
}

bool mend_enclosure(struct mend *a)
{
	if (!mend_is(a, 0, "boltctl"))
		return false;
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		const char *policy = policy_of(a, &verbs[i]);
		if (policy && mend_is(a, 1, verbs[i].verb) && a->word.count == verbs[i].words)
			return add(a, &verbs[i], policy);
	}
	return false;
}
