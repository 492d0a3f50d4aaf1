/* SPDX-License-Identifier: MIT */
/* CDI specifications, and device nodes that systemd takes away. */
#include "cause/cause.h"

#define GUIDE "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"
#define RELOAD "https://github.com/NVIDIA/nvidia-container-toolkit/issues/48"

/* The links have to be made anew after each boot, before the first container starts. */
#define CHAR_LINKS "nvidia-ctk system create-dev-char-symlinks --create-all"
#define CHAR_RULE                                                                                  \
	"echo 'ACTION==\"add\", DEVPATH==\"/bus/pci/drivers/nvidia\", RUN+=\"/usr/bin/" CHAR_LINKS \
	"\"' | sudo tee /etc/udev/rules.d/71-nvidia-dev-char.rules"

/* nixpkgs, nixos/modules/services/hardware/nvidia-container-toolkit. */
#define NIXOS_GENERATE "nixos|sudo systemctl restart nvidia-container-toolkit-cdi-generator"
#define NIXOS_TOOLKIT NIXOS_SET("hardware.nvidia-container-toolkit.enable = true;")

const struct cause causes_runtime_cdi[] = {
	{
	    .id = "cdi-spec-missing",
	    .link = "runtime",
	    .title = "there is no CDI specification of the GPU",
	    .why = "A container asks for the GPU by its CDI name, which stands in no file of "
		   "/etc/cdi or /var/run/cdi. Such a container does not start.",
	    .remedy = { NIXOS_GENERATE,
			"!nixos|sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
			"nvidia-ctk cdi list" },
	    .lasting = { NIXOS_TOOLKIT,
			 "!nixos|sudo systemctl enable --now nvidia-cdi-refresh.path" },
	    .unattended = true,
	    .source = GUIDE "cdi-support.html",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS(
		{ 88, "unresolvable CDI devices" }, { 85, "no known GPU vendor found in CDI" },
		{ 85, "Found 0 CDI devices" }, { 60, "failed to inject CDI devices" },
		{ 30, "CDI device injection failed" }, { 45, "discover GPU vendor from CDI" },
		{ 50, "discover GPU vendor from CDI", .with = "toolkit-installed" },
		{ 50, "discover GPU vendor from CDI", .with = "runtime-on-disk" }),
	},
	{
	    .id = "cdi-spec-stale",
	    .link = "runtime",
	    .title = "the CDI specification is of another driver or another boot",
	    .why = "It names files of a driver version or numbers of device nodes that are no "
		   "longer the host's. Containers do not start with it, or start with nodes that "
		   "lead nowhere: nvidia-smi works and CUDA does not.",
	    .remedy = { NIXOS_GENERATE, "!nixos|sudo nvidia-ctk cdi generate --output={}",
			"# then restart the containers that use the GPU" },
	    .lasting = { NIXOS_TOOLKIT,
			 "!nixos|sudo systemctl enable --now nvidia-cdi-refresh.path" },
	    .unattended = true,
	    .source = GUIDE "cdi-support.html",
	    .stands_alone = true,
	    .explains = { "cdi-spec-missing", "container-not-started", "container-without-nodes" },
	    .sign = SIGNS({ 70, "stat CDI host device" }, { 70, "stat CDI host device*/dev/dri" },
			  { 88, "cannot stat*nvidia*.so.#*no such" },
			  { 88, "cannot stat*libcuda*.so.#*no such" },
			  { 88, "error mounting*nvidia*no such file" },
			  { 88, "error mounting*libcuda*no such file" },
			  { 88, "fulfil mount request*nvidia*no such file" },
			  { 88, "fulfil mount request*libcuda*no such file" },
			  { 75, "exec /usr/bin/nvidia-ctk: no such file" },
			  { 75, "exec /usr/bin/nvidia-cdi-hook: no such file" },
			  { 45, "stat'ing file*/dev/nvidia" }, { 50, "executing hook*nvidia-ctk" },
			  { 50, "executing hook*nvidia-cdi-hook" }, { 60, "to load CDI Spec" },
			  { 60, "failed to parse CDI Spec" }),
	},
	{
	    .id = "cdi-spec-conflict",
	    .link = "runtime",
	    .title = "two CDI specifications name the same GPU",
	    .why = "Two files of one folder define the same device, so neither counts. Such a "
		   "device is then as good as not there.",
	    .remedy = { "ls -l /etc/cdi /var/run/cdi",
			"# remove the one that is not renewed, then:", "nvidia-ctk cdi list" },
	    .source = "https://github.com/cncf-tags/container-device-interface",
	    .stands_alone = true,
	    .explains = { "cdi-spec-missing", "container-not-started" },
	    .sign = SIGNS({ 92, "conflicting device*nvidia.com/gpu" },
			  { 70, "CDI*conflicting device" }),
	},
	{
	    .id = "cdi-disabled",
	    .link = "runtime",
	    .title = "CDI is switched off in the engine",
	    .why = "Docker 25 to 28.1 take CDI names only where features.cdi is true in "
		   "daemon.json, and older ones never do. A container that asks by a CDI name is "
		   "refused.",
	    .remedy = { "# a Docker before 25 has no CDI: install a newer one, or ask by the "
			"runtime nvidia instead",
			NIXOS_SET("virtualisation.docker.daemon.settings.features.cdi = true;"),
			"!nixos|# add to /etc/docker/daemon.json:  \"features\": { \"cdi\": true }",
			"!nixos|sudo dockerd --validate --config-file=/etc/docker/daemon.json",
			"!nixos|sudo systemctl restart docker" },
	    .source = "https://docs.docker.com/reference/cli/dockerd/#enable-cdi-devices",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS({ 92, "select device driver*cdi*with cap" },
			  { 92, "no CDI device driver registered" },
			  { 88, "custom device*nvidia.com/gpu" }, { 88, "stat nvidia.com/gpu" },
			  { 85, "no CDI specification directories specified" }),
	},
	{
	    .id = "cdi-refresh-failed",
	    .link = "runtime",
	    .title = "nothing renews the CDI specification",
	    .why = "nvidia-cdi-refresh writes it anew after a driver update and at boot. While "
		   "it is masked or has failed, the next update leaves a stale specification.",
	    .remedy = { NIXOS_TOOLKIT,
			"!nixos|sudo systemctl unmask nvidia-cdi-refresh.service "
			"nvidia-cdi-refresh.path",
			"!nixos|sudo systemctl reset-failed nvidia-cdi-refresh.service",
			"!nixos|sudo systemctl enable --now nvidia-cdi-refresh.path",
			"!nixos|sudo systemctl start nvidia-cdi-refresh.service" },
	    .source = GUIDE "cdi-support.html",
	    .explains = { "cdi-spec-missing" },
	    .sign =
		SIGNS({ 80, "nvidia-cdi-refresh.service: Failed with result" },
		      { 85, "nvidia-cdi-refresh*Start request repeated too quickly" },
		      { 80, "Failed to start nvidia-cdi-refresh" },
		      { 75, "nvidia-cdi-refresh*masked" }, { 40, "failed to generate CDI spec:" }),
	},
	{
	    .id = "devices-lost-at-reload",
	    .link = "runtime",
	    .title = "a daemon-reload will take the GPU away from running containers",
	    .why = "systemd writes a container's device rules anew at `systemctl daemon-reload`, "
		   "and leaves out nodes that have no link in /dev/char; NVIDIA's have none. The "
		   "container runs on, and computes on the CPU.",
	    .remedy = { "sudo " CHAR_LINKS },
	    .lasting = { CHAR_RULE },
	    .source = RELOAD,
	},
	{ 0 },
};
