/* SPDX-License-Identifier: MIT */
#pragma once

#include <string.h>

#include "plan/plan.h"

/* A plan with a step of every kind, and one with nothing but hostile texts. */

static inline struct names lines_of(struct arena *a, const char *const *line)
{
	struct names out = { 0 };
	size_t room = 0;
	for (; *line; line++)
		names_add(a, &out, &room, *line);
	return out;
}

static inline struct step *next_step(struct plan *p, struct step s)
{
	p->step[p->count] = s;
	return &p->step[p->count++];
}

static inline void add_files(struct plan *p)
{
	next_step(p, (struct step){
			 .kind = STEP_FILE,
			 .theme = "initramfs",
			 .what = "put nvidia into the image of linux",
			 .why = "the driver is there before Docker starts, and whoever waits for "
				"the GPU need not wait for long",
			 .when = WHEN_REBOOT,
			 .file = { .path = "/etc/mkinitcpio.conf.d/90-egpu.conf",
				   .after = bytes_of("\nMODULES+=(nvidia nvidia_uvm)\n") } });
	next_step(p,
		  (struct step){
		      .kind = STEP_FILE,
		      .theme = "cmdline",
		      .what = "let nvidia_drm leave the display alone",
		      .when = WHEN_COLD_BOOT,
		      .file = { .path = "/boot/loader/entries/arch.conf",
				.existed = true,
				.before = bytes_of("title\tArch\r\nlinux /vmlinuz\r\noptions rw"),
				.after = bytes_of("title\tArch\r\nlinux /vmlinuz\r\n"
						  "options rw nvidia_drm.modeset=0") } });
	next_step(p, (struct step){ .kind = STEP_FILE,
				    .theme = "initramfs",
				    .what = "take back the hook of an earlier release",
				    .file = { .path = "/etc/initcpio/hooks/egpu",
					      .existed = true,
					      .removed = true,
					      .before = bytes_of("run_hook() {\n}\n") } });
}

static inline void add_partings(struct arena *a, struct plan *p)
{
	next_step(p, (struct step){ .kind = STEP_PROCESS,
				    .theme = "drain",
				    .what = "end python3 (4711)",
				    .why = "it has nvidia0 open",
				    .asks = true,
				    .shell = lines_of(a, ARGV("sudo kill 4711")),
				    .process = { 4711, 912, "python3", true } });
	next_step(p, (struct step){ .kind = STEP_DEVICE,
				    .theme = "bus",
				    .what = "take GeForce RTX 3060 (22:00.0) off the PCI bus",
				    .shell = lines_of(a, ARGV("echo 1 | sudo tee /sys/x/remove")),
				    .device = { "remove", "0000:22:00.0", "nvidia", 0 } });
}

static inline void add_actions(struct arena *a, struct plan *p)
{
	next_step(
	    p, (struct step){ .kind = STEP_RUN,
			      .theme = "initramfs",
			      .what = "build the image of linux anew",
			      .when = WHEN_REBOOT,
			      .shell = lines_of(a, ARGV("sudo mkinitcpio -p linux")),
			      .run = { .argv = lines_of(a, ARGV("mkinitcpio", "-p", "linux")) } });
	next_step(p, (struct step){ .kind = STEP_UNIT,
				    .theme = "persistence",
				    .what = "keep the driver awake",
				    .unattended = true,
				    .shell = lines_of(a, ARGV("sudo systemctl enable --now "
							      "nvidia-persistenced")),
				    .unit = { .verb = "enable", .name = "nvidia-persistenced" } });
	next_step(
	    p, (struct step){ .kind = STEP_UNIT,
			      .theme = "runtime",
			      .what = "restart Docker, which stops 4 containers",
			      .asks = true,
			      .shell = lines_of(a, ARGV("sudo systemctl restart docker")),
			      .unit = { .verb = "restart", .name = "docker", .containers = 4 } });
	next_step(
	    p, (struct step){ .kind = STEP_ENCLOSURE,
			      .theme = "enclosure",
			      .what = "enroll Razer Core X",
			      .why = "a Thunderbolt device may reach this host's memory; the IOMMU "
				     "protects it",
			      .asks = true,
			      .shell = lines_of(a, ARGV("boltctl enroll --policy iommu "
							"c5010000-0070-6418-2316-7f0b2a0c9e12")),
			      .enclosure = { .verb = "enroll",
					     .uuid = "c5010000-0070-6418-2316-7f0b2a0c9e12",
					     .name = "Razer Core X",
					     .policy = "iommu" } });
	next_step(p, (struct step){ .kind = STEP_CONTAINER,
				    .theme = "stack",
				    .what = "restart ollama",
				    .unattended = true,
				    .shell = lines_of(a, ARGV("docker restart ollama")),
				    .container = { .id = "4f1c2d3e", .name = "ollama" } });
	next_step(p, (struct step){ .kind = STEP_CONTAINER,
				    .theme = "stack",
				    .what = "stop ollama",
				    .unattended = true,
				    .shell = lines_of(a, ARGV("docker stop ollama")),
				    .container = { "4f1c2d3e", "ollama", "stop", 30 } });
	add_partings(a, p);
}

static inline struct plan *every_step(struct arena *a)
{
	struct plan *p = arena_alloc(a, sizeof(*p));

	next_step(
	    p, (struct step){ .kind = STEP_PACKAGES,
			      .theme = "packages",
			      .what = "install nvidia-container-toolkit",
			      .asks = true,
			      .run = { .argv = lines_of(a, ARGV("pacman", "-S", "--needed",
								"nvidia-container-toolkit")) } });
	add_files(p);
	add_actions(a, p);
	next_step(p, (struct step){ .kind = STEP_PERSON,
				    .what = "set Thunderbolt security to user in the firmware",
				    .why = "only the firmware can; F2 while it starts",
				    .when = WHEN_COLD_BOOT });
	next_step(p, (struct step){ .kind = STEP_PERSON,
				    .what = "look again when it has started",
				    .shell = lines_of(a, ARGV("sudo egpu check")) });
	p->refusal[p->refusal_count++] = (struct refusal){
		.theme = "initramfs",
		.text = "/etc/mkinitcpio.conf:7: MODULES is set under a condition, so that what it "
			"will be cannot be told",
		.shell = lines_of(a, ARGV("# as the last line, with an editor:",
					  "echo 'MODULES+=(nvidia)' | sudo tee -a "
					  "/etc/mkinitcpio.conf"))
	};
	return p;
}

/* Every text of it moves cursors, is no UTF-8, or pretends to be a line of ours. */
static inline struct plan *hostile_plan(struct arena *a, const char *text)
{
	struct plan *p = arena_alloc(a, sizeof(*p));
	const struct names lines = lines_of(a, ARGV(text, arena_printf(a, "# %s", text)));
	const struct bytes bytes = bytes_of(text);

	for (enum step_kind kind = STEP_FILE; kind <= STEP_PERSON; kind++)
		next_step(p, (struct step){ .kind = kind,
					    .theme = text,
					    .what = text,
					    .why = text,
					    .shell = lines,
					    .file = { .path = text, .after = bytes },
					    .run = { .argv = lines },
					    .unit = { .verb = text, .name = text },
					    .enclosure = { text, text, text, text },
					    .container = { text, text },
					    .process = { 4711, 912, text, false },
					    .device = { "remove", text, text, 0 } });
	next_step(p, (struct step){ .kind = STEP_RUN, .what = text, .run = { .argv = lines } });
	p->refusal[p->refusal_count++] = (struct refusal){ text, text, lines };
	return p;
}
