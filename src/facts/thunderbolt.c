/* SPDX-License-Identifier: MIT */
#include "facts/thunderbolt.h"

#include <string.h>

static const struct shape shape_controller = {
	sizeof(struct tb_controller),
	(const struct field[]){
	    FIELD(NAME, struct tb_controller, bdf),
	    FIELD(TEXT, struct tb_controller, driver),
	    { 0 },
	},
};

static const struct shape shape_domain = {
	sizeof(struct tb_domain),
	(const struct field[]){
	    FIELD(NAME, struct tb_domain, name),
	    FIELD(NAME, struct tb_domain, controller_bdf),
	    FIELD(TEXT, struct tb_domain, security),
	    FIELD(FLAG, struct tb_domain, iommu_dma_protection),
	    FIELD(FLAG, struct tb_domain, deauthorization),
	    FIELD(TEXT, struct tb_domain, boot_acl),
	    { 0 },
	},
};

static const struct shape shape_device = {
	sizeof(struct tb_device),
	(const struct field[]){
	    FIELD(NAME, struct tb_device, name),
	    FIELD(NAME, struct tb_device, domain),
	    FIELD(BOOL, struct tb_device, is_host),
	    FIELD(TEXT, struct tb_device, vendor),
	    FIELD(TEXT, struct tb_device, model),
	    FIELD(TEXT, struct tb_device, unique_id),
	    FIELD(U64, struct tb_device, authorized),
	    FIELD(FLAG, struct tb_device, boot),
	    FIELD(U64, struct tb_device, generation),
	    FIELD(U64, struct tb_device, rx_mbps_per_lane),
	    FIELD(U64, struct tb_device, rx_lanes),
	    FIELD(U64, struct tb_device, tx_mbps_per_lane),
	    FIELD(U64, struct tb_device, tx_lanes),
	    FIELD(TEXT, struct tb_device, nvm_version),
	    FIELD(NAME, struct tb_device, sysfs),
	    { 0 },
	},
};

static const struct shape shape_bolt = {
	sizeof(struct bolt_device),
	(const struct field[]){
	    FIELD(NAME, struct bolt_device, uuid),
	    FIELD(NAME, struct bolt_device, name),
	    FIELD(NAME, struct bolt_device, vendor),
	    FIELD(NAME, struct bolt_device, type),
	    FIELD(NAME, struct bolt_device, status),
	    FIELD(NAME, struct bolt_device, auth_flags),
	    FIELD(NAME, struct bolt_device, policy),
	    FIELD(BOOL, struct bolt_device, stored),
	    FIELD(NAME, struct bolt_device, syspath),
	    FIELD(COUNT, struct bolt_device, generation),
	    { 0 },
	},
};

const struct shape shape_thunderbolt = {
	sizeof(struct thunderbolt),
	(const struct field[]){
	    FIELD(KNOW, struct thunderbolt, know),
	    FIELDS_OF(struct thunderbolt, controller, &shape_controller),
	    FIELD(KNOW, struct thunderbolt, controllers_know),
	    FIELD(NAME, struct thunderbolt, controllers_from),
	    FIELDS_OF(struct thunderbolt, domain, &shape_domain),
	    FIELDS_OF(struct thunderbolt, device, &shape_device),
	    FIELD(KNOW, struct thunderbolt, bolt_know),
	    FIELD(FLAG, struct thunderbolt, udev_authorizes),
	    FIELD(TEXT, struct thunderbolt, bolt_version),
	    FIELD(TEXT, struct thunderbolt, bolt_security),
	    FIELD(TEXT, struct thunderbolt, bolt_auth_mode),
	    FIELDS_OF(struct thunderbolt, bolt, &shape_bolt),
	    { 0 },
	},
};

const struct bolt_device *thunderbolt_bolt_of(const struct thunderbolt *t, const char *uuid)
{
	for (size_t i = 0; i < t->bolt_count; i++)
		if (*t->bolt[i].uuid && str_eq(t->bolt[i].uuid, uuid))
			return &t->bolt[i];
	return NULL;
}

const struct tb_device *thunderbolt_device(const struct thunderbolt *t, const char *name)
{
	for (size_t i = 0; i < t->device_count; i++)
		if (str_eq(t->device[i].name, name))
			return &t->device[i];
	return NULL;
}

const struct tb_domain *thunderbolt_domain(const struct thunderbolt *t, const char *name)
{
	for (size_t i = 0; i < t->domain_count; i++)
		if (str_eq(t->domain[i].name, name))
			return &t->domain[i];
	return NULL;
}

/* Parts of names that only a box for a GPU has; "Graphics Dock" is looked for before "Dock". */
static const char *const enclosures[] = {
	"Core X",      "Razer Core", "AORUS",   "Gaming Box", "AI BOX",        "eGFX",
	"eGPU",        "Breakaway",  "Node",    "Mantiz",     "XG Station",    "XG Mobile",
	"Helios",      "EXP GDC",    "TH3P4",   "TH5P4",      "UT3G",          "UT4G",
	"GTX",         "RTX",        "GeForce", "Radeon",     "Graphics Dock", "Accelerator",
	"VGA Station", "OneXGPU",    "GPD G1",  "AOOSTAR",    "HyperBox",      "Wizard",
};

static const char *const others[] = {
	"Dock",    "Hub",  "Display",  "Monitor", "Cable",   "Adapter",     "SSD",   "NVMe",
	"Storage", "RAID", "Drive",    "Disk",    "Rugged",  "Ethernet",    "10G",   "CalDigit",
	"LaCie",   "KVM",  "Pegasus",  "Envoy",   "Element", "UltraStudio", "Audio", "Apollo",
	"WD19",    "WD22", "Portable", "Capture", "Camera",  "ThunderBay",
};

static bool any_in(const char *name, const char *const *part, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcasestr(name, part[i]))
			return true;
	return false;
}

enum enclosure enclosure_of_name(const char *vendor, const char *model)
{
	char name[256];
	size_t n = strlen(vendor), m = strlen(model);

	n = n < 100 ? n : 100;
	m = m < 100 ? m : 100;
	memcpy(name, vendor, n);
	name[n] = ' ';
	memcpy(name + n + 1, model, m);
	name[n + 1 + m] = '\0';
	if (any_in(name, enclosures, COUNT_OF(enclosures)))
		return ENCLOSURE_YES;
	return any_in(name, others, COUNT_OF(others)) ? ENCLOSURE_NO : ENCLOSURE_MAYBE;
}

enum enclosure enclosure_of(const struct tb_device *d)
{
	if (d->is_host)
		return ENCLOSURE_NO;
	return enclosure_of_name(text_or(d->vendor, ""), text_or(d->model, ""));
}

const struct tb_device *thunderbolt_enclosure(const struct thunderbolt *t, const char *router)
{
	const struct tb_device *best = router && *router ? thunderbolt_device(t, router) : NULL;
	enum enclosure most = ENCLOSURE_NO;

	for (size_t i = 0; !best && i < t->device_count; i++)
		if (enclosure_of(&t->device[i]) > most)
			most = enclosure_of(&t->device[i]);
	for (size_t i = 0; !best && most > ENCLOSURE_NO && i < t->device_count; i++)
		if (enclosure_of(&t->device[i]) == most)
			best = &t->device[i];
	return best;
}

static bool is_connected(const struct thunderbolt *t, const char *uuid)
{
	for (size_t i = 0; i < t->device_count; i++)
		if (is_text(t->device[i].unique_id, uuid))
			return true;
	return false;
}

const struct bolt_device *thunderbolt_missed(const struct thunderbolt *t)
{
	for (size_t i = 0; i < t->bolt_count; i++) {
		const struct bolt_device *b = &t->bolt[i];
		if (b->stored && str_eq(b->status, "disconnected") && !str_eq(b->type, "host") &&
		    !is_connected(t, b->uuid) &&
		    enclosure_of_name(b->vendor, b->name) == ENCLOSURE_YES)
			return b;
	}
	return NULL;
}
