/* SPDX-License-Identifier: MIT */
#pragma once

#include "judged.h"

/* Hosts for tests of the rule of the link runtime. */

static const struct pci_gpu gpu = { .bdf = "0000:22:00.0" };
static struct docker_runtime runtimes[] = { { "runc", "runc" },
					    { "nvidia", "nvidia-container-runtime" } };

/* The reference machine's engine, before it is bent. */
static inline struct facts healthy(void)
{
	return (struct facts){
		.pci = { .know = KNOWN, .gpu_count = 1, .chosen = &gpu },
		.kernel.userland_version = known_text("590.48.01", ""),
		.driver = { .nvidia_loaded = known_u64(1, ""), .uvm_loaded = known_u64(1, "") },
		.docker = {
			.know = KNOWN,
			.endpoint = "unix:///var/run/docker.sock",
			.version = known_text("27.5.1", ""),
			.cgroup_driver = known_text("systemd", ""),
			.cgroup_version = known_text("2", ""),
			.default_runtime = known_text("runc", ""),
			.runtime = runtimes,
			.runtime_count = 2,
			.nvidia_runtime_exists = known_u64(1, ""),
			.config = { .know = ABSENT, .path = "/etc/docker/daemon.json" },
			.toolkit_path = known_text("/usr/bin/nvidia-ctk", ""),
			.toolkit_no_cgroups = unknown_text(ABSENT, ""),
			.cdi_know = ABSENT,
			.containers_know = KNOWN,
		},
	};
}

static inline struct container ollama(unsigned asks)
{
	return (struct container){ .name = "ollama",
				   .state = "running",
				   .pid = 7,
				   .kind = CONTAINER_OLLAMA,
				   .asks = asks };
}

static inline void add(struct facts *f, struct container *c)
{
	f->docker.container = c;
	f->docker.container_count = 1;
}

static inline struct verdict *judge(struct facts *f)
{
	return judged(&link_runtime, f);
}

static __attribute__((unused)) struct cdi_spec fresh = {
	.path = "/var/run/cdi/nvidia.yaml",
	.kind = "nvidia.com/gpu",
	.driver_version = { KNOWN, "590.48.01", "" },
	.stale_nodes = { KNOWN, 0, "" },
	.missing_nodes = { KNOWN, 0, "" },
	.missing_paths = { KNOWN, 0, "" },
	.error = { ABSENT, "", "" },
};

/* An engine that takes CDI names, and a container that asks by one. */
static inline struct facts with_cdi(struct cdi_spec *s, struct container *c)
{
	static const char *dirs[] = { "/etc/cdi", "/var/run/cdi" };
	struct facts f = healthy();

	f.docker.cdi_dirs = (struct names){ dirs, 2 };
	f.docker.cdi = s;
	f.docker.cdi_count = s != NULL;
	f.docker.cdi_know = s ? KNOWN : ABSENT;
	if (c)
		add(&f, c);
	return f;
}
