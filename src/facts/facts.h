/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/docker.h"
#include "facts/driver.h"
#include "facts/kernel.h"
#include "facts/nvml.h"
#include "facts/ollama.h"
#include "facts/pci.h"
#include "facts/release.h"
#include "facts/said.h"
#include "facts/services.h"
#include "facts/thunderbolt.h"
#include "facts/value.h"
#include "facts/want.h"

/* The family decides how a remedy is spelt. */
enum distro {
	DISTRO_UNKNOWN,
	DISTRO_ARCH,
	DISTRO_DEBIAN,
	DISTRO_FEDORA,
	DISTRO_OSTREE, /* of Fedora's family, as an image: Silverblue, Kinoite, Bazzite */
	DISTRO_NIXOS,
};
enum { DISTRO_COUNT = DISTRO_NIXOS + 1 };

/* "arch", "debian", "fedora", "ostree", "nixos", "other": as remedies name them. */
const char *distro_name(enum distro d);

struct machine {
	struct maybe_text os_name; /* PRETTY_NAME */
	enum distro distro;
	struct maybe_text vendor, product; /* DMI */
	struct maybe_u64 boot_usec;        /* wall clock of the boot */
	struct maybe_u64 uptime_usec;
	struct maybe_u64 uid; /* effective, of who looks */
	struct maybe_u64 ram_bytes;
	struct maybe_u64 wsl; /* flag: Windows Subsystem for Linux */
	/* Flag: the kernel can hibernate, and was told from which device it would wake. */
	struct maybe_u64 hibernates;
};

/* Whether the driver may be asked. See facts/gate.h. */
struct gate {
	bool open;
	const char *why; /* one clause when shut */
};

/* All that is known of one host at one moment. Collectors write, rules read. */
struct facts {
	struct arena *arena; /* owns every pointer below */
	struct want want;
	struct machine machine;
	struct thunderbolt thunderbolt;
	struct pci pci;
	struct kernel kernel;
	struct initramfs initramfs;
	struct driver driver;
	struct gate gate;
	struct nvml nvml;
	struct cuda cuda;
	struct services services;
	struct docker docker;
	struct ollama_list ollama;
	struct exposure exposure;
	struct log_signs said;
	struct release release; /* for `egpu eject` alone, so it is in no report */
};

extern const struct shape shape_facts;

/* The enclosure that the chosen GPU sits in, or that it may come from: thunderbolt_enclosure(). */
const struct tb_device *facts_enclosure(const struct facts *f);
