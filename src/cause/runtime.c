/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define GUIDE "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"
#define DOCKERD "https://docs.docker.com/engine/daemon/"
#define RELOAD "https://github.com/NVIDIA/nvidia-container-toolkit/issues/48"

/* The links have to be made anew after each boot, before the first container starts. */
#define CHAR_LINKS "nvidia-ctk system create-dev-char-symlinks --create-all"
#define CHAR_RULE                                                                                  \
	"echo 'ACTION==\"add\", DEVPATH==\"/bus/pci/drivers/nvidia\", RUN+=\"/usr/bin/" CHAR_LINKS \
	"\"' | sudo tee /etc/udev/rules.d/71-nvidia-dev-char.rules"

const struct cause causes_runtime[] = {
	{
	    .id = "docker-not-running",
	    .link = "runtime",
	    .title = "Docker is installed but does not run",
	    .why = "The engine has not been started or has ended. No container can run, and none "
		   "can be asked for its GPU.",
	    .remedy = { "systemctl status docker", "sudo systemctl start docker" },
	    .lasting = { "sudo systemctl enable docker" },
	    .source = DOCKERD "start/",
	    .stands_alone = true,
	},
	{
	    .id = "docker-config-invalid",
	    .link = "runtime",
	    .title = "daemon.json is not valid, so dockerd does not start with it",
	    .why = "dockerd reads the file only when it starts, and ends where it does not "
		   "understand it. An engine that runs now runs on with the old settings and will "
		   "not come back after a restart.",
	    .remedy = { "# mend the file at the place that is named: {}",
			"sudo dockerd --validate --config-file={}",
			"sudo systemctl restart docker" },
	    .source = DOCKERD "troubleshoot/",
	    .stands_alone = true,
	    .explains = { "docker-not-running" },
	},
	{
	    .id = "docker-config-not-in-effect",
	    .link = "runtime",
	    .title = "daemon.json says something else than the engine that runs",
	    .why = "dockerd reads the file when it starts. What was changed since is not in "
		   "force until it is restarted.",
	    .remedy = { "sudo systemctl restart docker" },
	    .source = DOCKERD,
	    .stands_alone = true,
	},
	{
	    .id = "docker-wrong-daemon",
	    .link = "runtime",
	    .title = "another engine answers than the one that has the GPU",
	    .why = "Docker Desktop runs containers in a virtual machine without the GPU, and the "
		   "snap has its own root and configuration. What is set up in /etc/docker is not "
		   "theirs.",
	    .remedy = { "docker context ls", "docker context use default",
			"# remove Docker Desktop or the snap if it is not wanted: "
			"sudo snap remove docker" },
	    .source = "https://docs.docker.com/engine/install/",
	    .stands_alone = true,
	},
	{
	    .id = "docker-runtime-missing",
	    .link = "runtime",
	    .title = "the nvidia runtime is not registered with Docker",
	    .why = "NVIDIA's container toolkit is on disk, but Docker was not told of it. A "
		   "container that asks for the runtime nvidia is refused.",
	    .remedy = { "sudo nvidia-ctk runtime configure --runtime=docker",
			"sudo systemctl restart docker" },
	    .source = GUIDE "install-guide.html",
	    .stands_alone = true,
	},
	{
	    .id = "toolkit-missing",
	    .link = "runtime",
	    .title = "NVIDIA's container toolkit is not installed",
	    .why = "It is what puts the GPU's nodes and libraries into a container. Without it "
		   "Docker says `could not select device driver` or `no known GPU vendor found`.",
	    .remedy = { "arch|sudo pacman -S nvidia-container-toolkit",
			"debian|# add NVIDIA's package source: " GUIDE "install-guide.html",
			"debian|sudo apt install nvidia-container-toolkit",
			"fedora|sudo dnf install nvidia-container-toolkit",
			"other|# install nvidia-container-toolkit: " GUIDE "install-guide.html",
			"sudo nvidia-ctk runtime configure --runtime=docker",
			"sudo systemctl restart docker" },
	    .source = GUIDE "install-guide.html",
	    .stands_alone = true,
	    .explains = { "cdi-spec-missing", "cdi-disabled" },
	},
	{
	    .id = "toolkit-no-cgroups",
	    .link = "runtime",
	    .title = "the toolkit does not tell the cgroup of the GPU's nodes",
	    .why = "With no-cgroups = true the nodes are put into the container, but its cgroup "
		   "refuses to open them, on every start. The setting is for rootless engines "
		   "only, and these need it.",
	    .remedy = { "sudo nvidia-ctk config --in-place --set "
			"nvidia-container-cli.no-cgroups={}",
			"sudo systemctl restart docker" },
	    .source = GUIDE "troubleshooting.html",
	    .stands_alone = true,
	    .explains = { "container-devices-lost" },
	},
	{
	    .id = "cdi-spec-missing",
	    .link = "runtime",
	    .title = "there is no CDI specification of the GPU",
	    .why = "A container asks for the GPU by its CDI name, which stands in no file of "
		   "/etc/cdi or /var/run/cdi. Such a container does not start.",
	    .remedy = { "sudo nvidia-ctk cdi generate --output={}", "nvidia-ctk cdi list" },
	    .lasting = { "sudo systemctl enable --now nvidia-cdi-refresh.path" },
	    .source = GUIDE "cdi-support.html",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	},
	{
	    .id = "cdi-spec-stale",
	    .link = "runtime",
	    .title = "the CDI specification is of another driver or another boot",
	    .why = "It names files of a driver version or numbers of device nodes that are no "
		   "longer the host's. Containers do not start with it, or start with nodes that "
		   "lead nowhere: nvidia-smi works and CUDA does not.",
	    .remedy = { "sudo nvidia-ctk cdi generate --output={}",
			"# then restart the containers that use the GPU" },
	    .lasting = { "sudo systemctl enable --now nvidia-cdi-refresh.path" },
	    .source = GUIDE "cdi-support.html",
	    .stands_alone = true,
	    .explains = { "container-not-started", "container-without-nodes" },
	},
	{
	    .id = "cdi-disabled",
	    .link = "runtime",
	    .title = "CDI is switched off in the engine",
	    .why = "Docker 25 to 28.1 take CDI names only where features.cdi is true in "
		   "daemon.json, and older ones never do. A container that asks by a CDI name is "
		   "refused.",
	    .remedy = { "# add to /etc/docker/daemon.json:  \"features\": { \"cdi\": true }",
			"sudo dockerd --validate --config-file=/etc/docker/daemon.json",
			"sudo systemctl restart docker" },
	    .source = "https://docs.docker.com/reference/cli/dockerd/#enable-cdi-devices",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	},
	{
	    .id = "cdi-refresh-failed",
	    .link = "runtime",
	    .title = "nothing renews the CDI specification",
	    .why = "nvidia-cdi-refresh writes it anew after a driver update and at boot. While "
		   "it is masked or has failed, the next update leaves a stale specification.",
	    .remedy = { "sudo systemctl unmask nvidia-cdi-refresh.service nvidia-cdi-refresh.path",
			"sudo systemctl reset-failed nvidia-cdi-refresh.service",
			"sudo systemctl enable --now nvidia-cdi-refresh.path",
			"sudo systemctl start nvidia-cdi-refresh.service" },
	    .source = GUIDE "cdi-support.html",
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
