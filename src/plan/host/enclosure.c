/* SPDX-License-Identifier: MIT */
/* The enclosure, enrolled with boltd: authorised by itself at every connection. boltctl(1). */
#include "plan/theme.h"

static const char *name_of(struct planner *p, const struct tb_device *d)
{
	const char *vendor = text_or(d->vendor, ""), *model = text_or(d->model, "the enclosure");
	return arena_printf(p->arena, "%s%s%s", vendor, *vendor ? " " : "", model);
}

/* What a person must know before memory is opened to a device. */
static const char *what_it_may(struct planner *p, const struct tb_device *d)
{
	const struct tb_domain *domain = thunderbolt_domain(&p->facts->thunderbolt, d->domain);
	const char *guard = !domain || domain->iommu_dma_protection.know != KNOWN
				? "whether the IOMMU keeps it off this host's memory is not known"
			    : domain->iommu_dma_protection.v
				? "the IOMMU keeps it off memory that is not its own"
				: "no IOMMU protection: it can read and write all memory";

	return arena_printf(p->arena, "UUID %s; %s", text_or(d->unique_id, "not known"), guard);
}

static void add(struct planner *p, const struct tb_device *d, bool stored)
{
	const char *policy = p->facts->want.policy;
	const char *uuid = text_or(d->unique_id, ""), *name = name_of(p, d);
	struct step *s = planner_add(p, STEP_ENCLOSURE, "enroll %s, policy %s", name, policy);

	s->enclosure = (struct enclosure_change){ "enroll", uuid, name, policy };
	s->why = what_it_may(p, d);
	s->asks = !str_eq(p->facts->want.enclosure, uuid);
	/* boltctl does not enrol what is stored; of such a one egpu sets the policy. */
	if (stored)
		step_shell(p, s, "sudo egpu enclosure enroll %s --policy %s",
			   str_quoted(p->arena, uuid), policy);
	else
		step_shell(p, s, "boltctl enroll --policy %s %s", policy,
			   str_quoted(p->arena, uuid));
}

/* A policy that cannot work here, or that waits for a person each time. */
static bool must_change(struct planner *p, const struct tb_device *d, const struct bolt_device *b)
{
	const struct tb_domain *domain = thunderbolt_domain(&p->facts->thunderbolt, d->domain);

	if (str_eq(b->policy, "manual"))
		return !str_eq(p->facts->want.policy, "manual");
	return str_eq(b->policy, "iommu") && domain && is_u64(domain->iommu_dma_protection, 0) &&
	       str_eq(p->facts->want.policy, "auto");
}

static void plan(struct planner *p)
{
	const struct facts *f = p->facts;
	const char *router = f->pci.chosen ? f->pci.chosen->router : "";
	const struct tb_device *d = facts_enclosure(f);

	if (!*f->want.policy || f->thunderbolt.bolt_know != KNOWN || !d ||
	    d->unique_id.know != KNOWN)
		return;
	if (!*router && enclosure_of(d) != ENCLOSURE_YES)
		return;
	const struct bolt_device *b = thunderbolt_bolt_of(&f->thunderbolt, d->unique_id.v);
	if (!b)
		return;
	if (b->stored && !must_change(p, d, b))
		return;
	add(p, d, b->stored);
}

const struct theme theme_enclosure = {
	.id = "enclosure",
	.sets = "the enclosure, enrolled with boltd, so that it is authorised at every connection",
	.plan = plan,
};
