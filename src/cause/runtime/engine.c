/* SPDX-License-Identifier: MIT */
/* The container engine itself: does it run, and with which settings. */
#include "cause/cause.h"

#define DOCKERD "https://docs.docker.com/engine/daemon/"
#define SNAP_JSON "/var/snap/docker/current/config/daemon.json"

const struct cause causes_runtime_engine[] = {
	{
	    .id = "docker-not-running",
	    .link = "runtime",
	    .title = "Docker is installed but does not run",
	    .why = "The engine has not been started or has ended. No container can run, and none "
		   "can be asked for its GPU.",
	    .remedy = { "systemctl status docker", "sudo systemctl start docker" },
	    .lasting = { NIXOS_SET("virtualisation.docker.enable = true;"),
			 "!nixos|sudo systemctl enable docker" },
	    .source = DOCKERD "start/",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS(
		{ 45, "Cannot connect to the Docker daemon" },
		{ 70, "failed to connect to the docker API at" },
		{ 70, "docker.sock: connect: no such file" },
		{ 70, "docker.sock: connect: connection refused" },
		{ 85, "Failed to start*Docker Application Container Engine" },
		{ 80, "docker.service: Start request repeated too quickly" },
		{ 75, "docker.service: Failed with result" }, { 75, "failed to start daemon:" },
		{ 70, "Job for docker.service failed" }, { 70, "docker daemon is not running" },
		{ 75, "Unit docker.service is masked" }),
	},
	{
	    .id = "docker-permission-denied",
	    .link = "runtime",
	    .title = "this user may not talk to Docker",
	    .why = "Docker's socket is for root and the group docker. A group that was joined "
		   "since counts from the next login on.",
	    .remedy = { "sudo usermod -aG docker \"$USER\"", "newgrp docker" },
	    .source = "https://docs.docker.com/engine/install/linux-postinstall/",
	    .stands_alone = true,
	    .sign = SIGNS({ 95, "permission denied while trying to connect to the Docker" },
			  { 92, "docker.sock: connect: permission denied" }),
	},
	{
	    .id = "docker-config-invalid",
	    .link = "runtime",
	    .title = "daemon.json is not valid, so dockerd does not start with it",
	    .why = "dockerd reads the file only when it starts, and ends where it does not "
		   "understand it. An engine that runs now runs on with the old settings and will "
		   "not come back after a restart.",
	    .remedy = { "# mend the file at the place that is named: {}",
			"sudo egpu check --link runtime", "sudo systemctl restart docker" },
	    .source = DOCKERD "troubleshoot/",
	    .stands_alone = true,
	    .explains = { "docker-not-running", "docker-runtime-missing",
			  "docker-config-not-in-effect", "container-not-started" },
	    .sign = SIGNS(
		{ 95, "unable to configure the Docker daemon with file" },
		{ 88, "nvidia-container-runtime", .with = "json-broken" },
		{ 88, "native.cgroupdriver=", .with = "json-broken" },
		{ 90, "directives are specified both as a flag and in the configuration file" },
		{ 90, "directives don't match any configuration option" },
		{ 88, "specified default runtime*does not exist" },
		{ 85, "either a runtimeType or a path must be configured" },
		{ 85, "cannot configure both path and runtimeType" },
		{ 85, "must not both be specified in the config file" },
		{ 85, "configuration validation from file*failed" },
		{ 85, "daemon.json*invalid character" },
		{ 80, "daemon.json*unexpected end of JSON" },
		{ 80, "unable to load config*invalid character" },
		{ 55, "invalid character*after object key:value pair" },
		{ 45, "Job for docker.service failed" },
		{ 25, "docker.service: Start request repeated too quickly" }),
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
	    .explains = { "container-not-started" },
	    .sign =
		SIGNS({ 60, "Runtimes: runc$", .with = "runtime-on-disk" },
		      { 60, "Runtimes: io.containerd.runc.v2 runc$", .with = "runtime-on-disk" },
		      { 60, "Runtimes: runc io.containerd.runc.v2$", .with = "runtime-on-disk" },
		      { 40, "invalid runtime name: nvidia", .with = "runtime-on-disk" },
		      { 40, "Unknown runtime specified nvidia", .with = "runtime-on-disk" }),
	},
	{
	    .id = "docker-wrong-daemon",
	    .link = "runtime",
	    .title = "another engine answers than the one that has the GPU",
	    .why = "Docker Desktop runs containers in a virtual machine without the GPU. What is "
		   "set up in /etc/docker is not its.",
	    .remedy = { "docker context ls", "docker context use default",
			"# remove Docker Desktop if it is not wanted" },
	    .source = "https://docs.docker.com/engine/install/",
	    .stands_alone = true,
	    .explains = { "docker-runtime-missing", "docker-config-not-in-effect",
			  "container-not-started" },
	    .sign = SIGNS(
		{ 35, "select device driver*gpu" },
		{ 45, "select device driver*gpu", .with = "toolkit-installed" },
		{ 45, "select device driver*gpu", .with = "runtime-on-disk" },
		{ 70, "select device driver*gpu", .with = "docker-desktop" },
		{ 25, "discover GPU vendor from CDI", .unless = "on-wsl" },
		{ 70, "discover GPU vendor from CDI", .with = "docker-desktop",
		  .unless = "on-wsl" },
		{ 25, "invalid runtime name: nvidia" },
		{ 60, "invalid runtime name: nvidia", .with = "docker-desktop" },
		{ 25, "Unknown runtime specified nvidia" },
		{ 35, "load library failed: libnvidia-ml.so" },
		{ 70, "load library failed: libnvidia-ml.so", .with = "nvidia-smi-table" },
		{ 60, "load library failed: libnvidia-ml.so", .with = "docker-desktop" },
		{ 50, "Cannot connect to the Docker daemon" },
		{ 70, "Docker daemon at*.docker/desktop" }, { 70, "docker API at*.docker/desktop" },
		{ 50, "Context: desktop-linux", .unless = "ollama-on-cuda on-wsl" },
		{ 50, "Operating System: Docker Desktop", .unless = "ollama-on-cuda on-wsl" }),
	},
	{
	    .id = "docker-from-snap",
	    .link = "runtime",
	    .title = "Docker is the snap, which is set up in its own way",
	    .why = "The snap brings NVIDIA's toolkit and registers the runtime nvidia itself, if "
		   "it finds the GPU and its driver when it starts. Its settings are in " SNAP_JSON
		   ": /etc/docker, the host's toolkit and docker.service are not its.",
	    .remedy = { "# mend the file at the place that is named: {}", "snap services docker",
			"sudo snap restart docker", "docker info --format '{{json .Runtimes}}'",
			"# its containers get the GPU by the runtime nvidia; in compose, "
			"runtime: nvidia.",
			"# since 29.2 they do not start while the host has NVIDIA's toolkit as a "
			"package, too",
			"# or use the distribution's Docker instead, to which the snap's images do "
			"not go over: sudo snap remove docker" },
	    .source = "https://github.com/canonical/docker-snap#nvidia-support",
	    .stands_alone = true,
	    .explains = { "docker-runtime-missing", "docker-config-not-in-effect",
			  "container-not-started" },
	    .sign = SIGNS({ 70, "select device driver*gpu", .with = "docker-snap" },
			  { 75, "discover GPU vendor from CDI", .with = "docker-snap" },
			  { 92, "invalid runtime name: nvidia", .with = "docker-snap" },
			  { 92, "Unknown runtime specified nvidia", .with = "docker-snap" },
			  { 60, "load library failed: libnvidia-ml.so", .with = "docker-snap" }),
	},
	{ 0 },
};
