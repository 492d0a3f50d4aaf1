/* SPDX-License-Identifier: MIT */
#include "facts/facts.h"

#include <ctype.h>
#include <string.h>

const char *distro_name(enum distro d)
{
	switch (d) {
	case DISTRO_ARCH:
		return "arch";
	case DISTRO_DEBIAN:
		return "debian";
	case DISTRO_FEDORA:
		return "fedora";
	case DISTRO_OSTREE:
		return "ostree";
	case DISTRO_NIXOS:
		return "nixos";
	case DISTRO_UNKNOWN:
		return "other";
	}
	return "other";
}

static const struct shape shape_machine = {
	sizeof(struct machine),
	(const struct field[]){
	    FIELD(TEXT, struct machine, os_name),
	    FIELD(TEXT, struct machine, vendor),
	    FIELD(TEXT, struct machine, product),
	    FIELD(U64, struct machine, boot_usec),
	    FIELD(U64, struct machine, uptime_usec),
	    FIELD(U64, struct machine, uid),
	    FIELD(U64, struct machine, ram_bytes),
	    FIELD(FLAG, struct machine, wsl),
	    FIELD(FLAG, struct machine, hibernates),
	    { 0 },
	},
};

static const struct shape shape_gate = {
	sizeof(struct gate),
	(const struct field[]){
	    FIELD(BOOL, struct gate, open),
	    FIELD(NAME, struct gate, why),
	    { 0 },
	},
};

const struct shape shape_facts = {
	sizeof(struct facts),
	(const struct field[]){
	    FIELD_OF(struct facts, machine, &shape_machine),
	    FIELD_OF(struct facts, thunderbolt, &shape_thunderbolt),
	    FIELD_OF(struct facts, pci, &shape_pci),
	    FIELD_OF(struct facts, kernel, &shape_kernel),
	    FIELD_OF(struct facts, initramfs, &shape_initramfs),
	    FIELD_OF(struct facts, driver, &shape_driver),
	    FIELD_OF(struct facts, gate, &shape_gate),
	    FIELD_OF(struct facts, nvml, &shape_nvml),
	    FIELD_OF(struct facts, cuda, &shape_cuda),
	    FIELD_OF(struct facts, services, &shape_services),
	    FIELD_OF(struct facts, docker, &shape_docker),
	    FIELD_OF(struct facts, ollama, &shape_ollama),
	    FIELD_OF(struct facts, exposure, &shape_exposure),
	    FIELD_OF(struct facts, said, &shape_said),
	    { 0 },
	},
};

const struct tb_device *facts_enclosure(const struct facts *f)
{
	return thunderbolt_enclosure(&f->thunderbolt, f->pci.chosen ? f->pci.chosen->router : "");
}

/* What is wanted. */

const char *const want_deeds[] = { "ignore", "tell",    "stop",     "mend", "reset",
				   "start",  "restart", "recreate", NULL };

struct want want_default(void)
{
	return (struct want){
		.gpu = "external",
		.early = WISH_YES,
		.persistence = WISH_YES,
		.suspend = WISH_KEEP,
		.order = WISH_YES,
		.policy = "auto",
		.enclosure = "",
		.runtime = RUNTIME_AUTO,
		.reload = RELOAD_AUTO,
		.override = WISH_YES,
		.guard = { .act = true,
			   .tries = 3,
			   .window_sec = 600,
			   .stop_sec = 30,
			   .every_sec = 900,
			   .hook = "",
			   .listen = "" },
		.project = "",
		.ollama = { "true", "q8_0", "1", "10m" },
		.error = "",
	};
}

/* [0000:]22:00.0 */
static bool is_bdf(const char *s)
{
	const char *form = strlen(s) == 7 ? "xx:xx.d" : "xxxx:xx:xx.d";
	if (strlen(s) != strlen(form))
		return false;
	for (; *s; s++, form++) {
		bool fits = *form == 'x'   ? isxdigit((unsigned char)*s)
			    : *form == 'd' ? *s >= '0' && *s <= '7'
					   : *s == *form;
		if (!fits)
			return false;
	}
	return true;
}

bool want_takes_gpu(const char *text)
{
	return str_eq(text, "external") || str_eq(text, "any") || is_bdf(text);
}
