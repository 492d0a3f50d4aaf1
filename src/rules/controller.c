/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

/* Thunderbolt security levels: kernel admin-guide/thunderbolt. */

#define SHOW_DRIVER "sudo dmesg | grep -i thunderbolt | tail -20"

static bool is_bound(const struct tb_controller *c)
{
	return is_text(c->driver, "thunderbolt");
}

static size_t bound_count(const struct thunderbolt *t)
{
	size_t count = 0;
	for (size_t i = 0; i < t->controller_count; i++)
		count += is_bound(&t->controller[i]);
	return count;
}

/* Nothing that could hold a GPU is seen, and an enclosure that is known may hang on this one. */
static bool may_hide_enclosure(const struct facts *f)
{
	const struct thunderbolt *t = &f->thunderbolt;
	return !f->pci.chosen && !thunderbolt_enclosure(t, "") && thunderbolt_missed(t);
}

/* The module is there, as others show, or another driver was quicker: to load it is of no use. */
static void judge_left_out(const struct facts *f, const struct tb_controller *c, struct verdict *v)
{
	const char *bdf = pci_short_bdf(c->bdf);
	const char *driver = text_or(c->driver, "no driver");
	const struct bolt_device *missed = thunderbolt_missed(&f->thunderbolt);

	if (may_hide_enclosure(f))
		found_broken(v, "thunderbolt-controller-unbound", c->bdf,
			     "controller %s has %s; %s %s may be plugged in there", bdf, driver,
			     missed->vendor, missed->name);
	else if (f->pci.chosen || bound_count(&f->thunderbolt))
		found_warning(v, "thunderbolt-controller-unbound", c->bdf,
			      "controller %s has %s; nothing can be plugged in there", bdf, driver);
	else
		found_broken(v, "thunderbolt-controller-unbound", c->bdf,
			     "controller %s has %s, so no enclosure can be seen", bdf, driver);
}

/* Firmware may open a tunnel at power-on by itself, so a GPU can be there without the driver. */
static void judge_driver(const struct facts *f, const struct tb_controller *c, struct verdict *v)
{
	const char *bdf = pci_short_bdf(c->bdf);

	if (is_bound(c))
		return;
	if (c->driver.know != KNOWN && c->driver.know != ABSENT)
		found_unknown(v, "lspci -k -d ::0c03", "the driver of controller %s: %s", bdf,
			      know_why(c->driver.know));
	else if (c->driver.know == KNOWN || bound_count(&f->thunderbolt))
		judge_left_out(f, c, v);
	else if (f->pci.chosen)
		found_warning(v, "thunderbolt-driver-missing", c->bdf,
			      "controller %s has no driver; nothing can be plugged in there", bdf);
	else
		found_broken(v, "thunderbolt-driver-missing", c->bdf,
			     "controller %s has no driver, so no enclosure can be seen", bdf);
}

static bool allows_pcie(const char *security)
{
	return !str_eq(security, "dponly") && !str_eq(security, "usbonly") &&
	       !str_eq(security, "nopcie");
}

/* A peripheral of this domain that could hold a GPU, or NULL. */
static const struct tb_device *enclosure_in(const struct thunderbolt *t, const char *domain)
{
	for (size_t i = 0; i < t->device_count; i++)
		if (str_eq(t->device[i].domain, domain) &&
		    enclosure_of(&t->device[i]) != ENCLOSURE_NO)
			return &t->device[i];
	return NULL;
}

static void judge_security(const struct facts *f, const struct tb_domain *d, struct verdict *v)
{
	const struct tb_device *box = enclosure_in(&f->thunderbolt, d->name);

	if (d->security.know != KNOWN)
		found_unknown(
		    v,
		    arena_printf(v->arena, "cat /sys/bus/thunderbolt/devices/%s/security", d->name),
		    "the security level of %s: %s", d->name, know_why(d->security.know));
	else if (allows_pcie(d->security.v))
		return;
	else if (box && !f->pci.chosen)
		found_broken(v, "thunderbolt-security-dponly", d->name,
			     "security %s lets no PCI Express through to %s", d->security.v,
			     text_or(box->model, box->name));
	else
		found_warning(v, "thunderbolt-security-dponly", d->name,
			      "security %s: no GPU could be reached through %s", d->security.v,
			      d->name);
}

static const char *generation_of(const struct thunderbolt *t, const char *domain)
{
	static const char *const name[] = { "Thunderbolt",          "Thunderbolt 1",
					    "Thunderbolt 2",        "Thunderbolt 3",
					    "USB4 / Thunderbolt 4", "USB4 v2 / Thunderbolt 5" };
	for (size_t i = 0; i < t->device_count; i++) {
		const struct tb_device *d = &t->device[i];
		if (d->is_host && str_eq(d->domain, domain))
			return name[u64_or(d->generation, 0) < COUNT_OF(name)
					? u64_or(d->generation, 0)
					: 0];
	}
	return name[0];
}

/* The domain with the enclosure, else the first. */
static const struct tb_domain *domain_of_interest(const struct facts *f)
{
	const struct thunderbolt *t = &f->thunderbolt;
	const struct tb_device *box = facts_enclosure(f);
	const struct tb_domain *d = box ? thunderbolt_domain(t, box->domain) : NULL;
	return d ? d : &t->domain[0];
}

static void say_ok(const struct facts *f, struct verdict *v)
{
	const struct tb_domain *d = domain_of_interest(f);
	const char *protection = d->iommu_dma_protection.know != KNOWN ? "not known"
				 : d->iommu_dma_protection.v           ? "on"
								       : "off";
	found_ok(v, "%s, security %s, IOMMU protection %s", generation_of(&f->thunderbolt, d->name),
		 text_or(d->security, "not known"), protection);
}

/* What could be one is of no interest once the GPU has been reached. */
static bool hides_controller(const struct facts *f)
{
	return is_unread(f->thunderbolt.controllers_know) && !f->pci.chosen;
}

static void judge_unread(const struct facts *f, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;

	if (hides_controller(f))
		found_unknown(v, "lspci -nn -d ::0c03", "whether there is a%s controller: %s: %s",
			      t->controller_count ? "nother" : "", t->controllers_from,
			      know_why(t->controllers_know));
}

static void judge_no_domain(const struct facts *f, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;

	if (bound_count(t))
		found_unknown(v, SHOW_DRIVER, "controller %s has its driver, but shows no domain",
			      pci_short_bdf(t->controller[0].bdf));
	else if (t->know != KNOWN && t->know != ABSENT)
		found_unknown(v, "ls -l /sys/bus/thunderbolt/devices", "the Thunderbolt bus: %s",
			      know_why(t->know));
	else if (t->controller_count || hides_controller(f))
		return; /* said of each */
	else if (f->pci.know != KNOWN && f->pci.know != ABSENT)
		found_unknown(v, "lspci -nn -d ::0c03", "whether there is a controller: %s",
			      know_why(f->pci.know));
	else
		found_skipped(v, "no Thunderbolt or USB4 controller here");
}

static void judge(const struct facts *f, struct verdict *v)
{
	const struct thunderbolt *t = &f->thunderbolt;
	size_t before = v->count;

	if (!pci_wants_tunnel(&f->pci)) {
		found_skipped(v, "GPU %s is not on Thunderbolt", pci_short_bdf(f->pci.chosen->bdf));
		return;
	}
	for (size_t i = 0; i < t->controller_count; i++)
		judge_driver(f, &t->controller[i], v);
	judge_unread(f, v);
	for (size_t i = 0; i < t->domain_count; i++)
		judge_security(f, &t->domain[i], v);
	if (!t->domain_count)
		judge_no_domain(f, v);
	else if (v->count == before)
		say_ok(f, v);
}

const struct link link_controller = {
	.id = "controller",
	.asks =
	    "Is there a Thunderbolt or USB4 controller with a driver, and does it protect memory?",
	.needs = { NULL },
	.judge = judge,
};
