/* SPDX-License-Identifier: MIT */
#include "facts/facts.h"

static const struct shape shape_machine = {
	sizeof(struct machine),
	(const struct field[]){
	    FIELD(TEXT, struct machine, os_name),
	    FIELD(TEXT, struct machine, vendor),
	    FIELD(TEXT, struct machine, product),
	    FIELD(U64, struct machine, boot_usec),
	    FIELD(U64, struct machine, uptime_usec),
	    FIELD(U64, struct machine, uid),
	    FIELD(FLAG, struct machine, wsl),
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
	    FIELD_OF(struct facts, nvml, &shape_nvml),
	    FIELD_OF(struct facts, cuda, &shape_cuda),
	    FIELD_OF(struct facts, services, &shape_services),
	    FIELD_OF(struct facts, docker, &shape_docker),
	    FIELD_OF(struct facts, ollama, &shape_ollama),
	    FIELD_OF(struct facts, exposure, &shape_exposure),
	    { 0 },
	},
};
