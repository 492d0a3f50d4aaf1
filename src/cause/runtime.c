/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define GUIDE "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"
#define DOCKERD "https://docs.docker.com/engine/daemon/"
#define RELOAD "https://github.com/NVIDIA/nvidia-container-toolkit/issues/48"

/* Marks of a toolkit that is there, and of engines that do not see it. */
#define HAS_TOOLKIT                                                                                \
	"toolkit-installed toolkit-parts runtime-on-disk runtime-in-force docker-desktop "         \
	"docker-snap"

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
			"sudo dockerd --validate --config-file={}",
			"sudo systemctl restart docker" },
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
	    .why = "Docker Desktop runs containers in a virtual machine without the GPU, and the "
		   "snap has its own root and configuration. What is set up in /etc/docker is not "
		   "theirs.",
	    .remedy = { "docker context ls", "docker context use default",
			"# remove Docker Desktop or the snap if it is not wanted: "
			"sudo snap remove docker" },
	    .source = "https://docs.docker.com/engine/install/",
	    .stands_alone = true,
	    .explains = { "docker-runtime-missing", "docker-config-not-in-effect",
			  "container-not-started" },
	    .sign = SIGNS(
		{ 35, "select device driver*gpu" },
		{ 45, "select device driver*gpu", .with = "toolkit-installed" },
		{ 45, "select device driver*gpu", .with = "runtime-on-disk" },
		{ 70, "select device driver*gpu", .with = "docker-desktop" },
		{ 70, "select device driver*gpu", .with = "docker-snap" },
		{ 25, "discover GPU vendor from CDI", .unless = "on-wsl" },
		{ 70, "discover GPU vendor from CDI", .with = "docker-desktop",
		  .unless = "on-wsl" },
		{ 75, "discover GPU vendor from CDI", .with = "docker-snap" },
		{ 25, "invalid runtime name: nvidia" },
		{ 60, "invalid runtime name: nvidia", .with = "docker-desktop" },
		{ 60, "invalid runtime name: nvidia", .with = "docker-snap" },
		{ 25, "Unknown runtime specified nvidia" },
		{ 60, "Unknown runtime specified nvidia", .with = "docker-snap" },
		{ 35, "load library failed: libnvidia-ml.so" },
		{ 70, "load library failed: libnvidia-ml.so", .with = "nvidia-smi-table" },
		{ 60, "load library failed: libnvidia-ml.so", .with = "docker-snap" },
		{ 60, "load library failed: libnvidia-ml.so", .with = "docker-desktop" },
		{ 50, "Cannot connect to the Docker daemon" },
		{ 70, "Docker daemon at*.docker/desktop" }, { 70, "docker API at*.docker/desktop" },
		{ 50, "Context: desktop-linux", .unless = "ollama-on-cuda on-wsl" },
		{ 50, "Operating System: Docker Desktop", .unless = "ollama-on-cuda on-wsl" }),
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
	    .explains = { "container-not-started" },
	    .sign = SIGNS(
		{ 90, "invalid runtime name: nvidia" }, { 90, "Unknown runtime specified nvidia" },
		{ 88, "no runtime for*nvidia*is configured" },
		{ 85, "OCI runtime \"nvidia\" not found" }, { 80, "unknown runtime*nvidia" },
		{ 40, "select device driver*gpu" }, { 85, "set the docker default runtime to" },
		{ 80, "did you configure the NVIDIA Container Toolkit" },
		{ 50, "no runtime binary found from candidate list" },
		{ 35, "executable file*nvidia-smi*not found", .with = "gpu-asked" },
		{ 35, "nvidia-smi*executable file not found", .with = "gpu-asked" },
		{ 35, "select device driver*gpu", .with = "toolkit-installed",
		  .unless = "runtime-on-disk" }),
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
	    .explains = { "cdi-spec-missing", "cdi-disabled", "cdi-refresh-failed",
			  "docker-runtime-missing", "container-not-started" },
	    .sign =
		SIGNS({ 35, "select device driver*gpu" },
		      { 60, "select device driver*gpu", .unless = HAS_TOOLKIT },

		      { 60, "discover GPU vendor from CDI: no known", .unless = HAS_TOOLKIT },
		      { 40, "discover GPU vendor from CDI" }, { 75, "AMD CDI spec not found" },
		      { 45, "invalid runtime name: nvidia", .unless = HAS_TOOLKIT },
		      { 45, "Unknown runtime specified nvidia", .unless = HAS_TOOLKIT },
		      { 93, "exec: *nvidia-container-*executable file not found" },
		      { 93, "specified runtime path*nvidia" },
		      { 90, "exec*/nvidia-container-runtime*: no such file" },
		      { 40, "executable file*nvidia-smi*not found", .with = "gpu-asked" },
		      { 40, "nvidia-smi*executable file not found", .with = "gpu-asked" },

		      { 85, "OCI runtime nvidia is not available" },
		      { 93, "find binary nvidia-container-cli in PATH" },
		      { 88, "stat /usr/bin/nvidia-container-runtime*no such file" },
		      { 80, "libnvidia-container.so*cannot open shared object" },
		      { 85, "nvidia-ctk: command not found" }, { 85, "nvidia-ctk: not found" },
		      { 85, "nvidia-container-cli: command not found" },
		      { 90, "no packages found matching nvidia-container-toolkit" },
		      { 90, "package nvidia-container-toolkit is not installed" },
		      { 85, "nvidia-container-toolkit' was not found" },
		      { 85, "Unable to locate package nvidia-container-toolkit" },
		      { 80, "Unable to locate package nvidia-docker" },
		      { 70, "libnvidia-container*does not have a Release file" },
		      { 75, "^un nvidia-container-toolkit " }, { 25, "Failed to run mount hooks" }),
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
	    .sign = SIGNS(
		{ 45, "^no-cgroups = true", .unless = "rootless-engine in-lxc" },
		{ 45, "^no-cgroups=true", .unless = "rootless-engine in-lxc" },
		{ 90, "^no-cgroups = true", .with = "container-devices-lost", .unless = "in-lxc" },
		{ 90, "^no-cgroups=true", .with = "container-devices-lost", .unless = "in-lxc" },
		{ 40, "no-cgroups = true", .with = "container-devices-lost", .unless = "in-lxc" }),
	},
	{
	    .id = "lxc-needs-no-cgroups",
	    .link = "runtime",
	    .title = "the toolkit may not write device rules here, and has to leave them",
	    .why = "In an LXC container or as a user without root the device rules of a cgroup "
		   "cannot be changed. With no-cgroups = true the toolkit does not try; the rules "
		   "of the outer container hold.",
	    .remedy = { "sudo nvidia-ctk config --in-place --set "
			"nvidia-container-cli.no-cgroups=true",
			"# in LXC, let the container have the nodes, in its configuration on the "
			"host:",
			"# lxc.cgroup2.devices.allow: c 195:* rwm (and the major number of "
			"nvidia-uvm in "
			"/proc/devices)",
			"sudo systemctl restart docker" },
	    .source = GUIDE "install-guide.html",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS({ 92, "BPF_CGROUP_DEVICE*operation not permitted" },
			  { 92, "devices.allow: permission denied" },
			  { 92, "devices.allow: operation not permitted" },
			  { 88, "add device rules*operation not permitted" },
			  { 55, "bpf_prog_query(BPF_CGROUP_DEVICE) failed" },
			  { 60, "no cgroup filesystem mounted for the devices" },
			  { 55, "no devices cgroup entries found" },
			  { 60, "no cgroup2 filesystem in mountinfo" },
			  { 60, "nvidia-container-cli: permission error:" },
			  { 50, "nvidia-container-cli*change failed: operation not permitted" },
			  { 45, "executing hook*nvidia-container" },
			  { 35, "load program: permission denied" }),
	},
	{
	    .id = "lxc-needs-nesting",
	    .link = "runtime",
	    .title = "the LXC container may not mount what the toolkit mounts",
	    .why = "The toolkit mounts parts of /proc/driver/nvidia and of the driver into the "
		   "container. An LXC container without nesting, or its AppArmor profile, refuses "
		   "that.",
	    .remedy = { "# on the host, for the container with the number ID, then start it anew:",
			"pct set ID --features nesting=1" },
	    .source = "https://pve.proxmox.com/pve-docs/pct.1.html",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign =
		SIGNS({ 85, "mount operation failed:*/proc/driver/nvidia*permission denied" },
		      { 80, "mount operation failed:*/proc/driver/nvidia*operation not permitted" },
		      { 70, "mount error: mount operation failed:*permission denied" },
		      { 60, "mount error: mount operation failed:*operation not permitted" },
		      { 27, "Failed to run mount hooks" }, { 80, "apparmor=*DENIED*lxc-*nvidia" }),
	},
	{
	    .id = "selinux-denial",
	    .link = "runtime",
	    .title = "SELinux does not let a program have the GPU",
	    .why = "SELinux's policy keeps containers off the GPU's nodes, and modules from odd "
		   "places out of the kernel, whatever the permissions of the files say. It shows "
		   "as missing permissions in programs and as AVC in the audit log.",
	    .remedy = { "sudo ausearch -m AVC -ts recent | grep -i nvidia",
			"sudo setsebool -P container_use_devices on",
			"# or for one container only: --security-opt label=disable",
			"sudo restorecon -Rv /usr/lib/modules/$(uname -r)" },
	    .source = "https://github.com/NVIDIA/nvidia-container-toolkit/issues/33",
	    .stands_alone = true,
	    .explains = { "module-not-loaded", "device-permission-denied",
			  "container-not-started" },
	    .sign = SIGNS(
		{ 90, "avc: denied*nvidia" }, { 85, "avc: denied*xserver_misc_device_t" },
		{ 75, "avc: denied*container_t*dri_device_t" },
		{ 75, "avc: denied { module_load }" }, { 90, "SELinux is preventing*nvidia" },
		{ 50, "initialize NVML: Insufficient Permissions" },
		{ 70, "initialize NVML: Insufficient Permissions", .with = "selinux-enforcing" },
		{ 35, "nvml error: insufficient permissions" }, { 35, "NVMLError_NoPermission" },
		{ 70, "nvml error: insufficient permissions", .with = "selinux-enforcing" }),
	},
	{
	    .id = "toolkit-too-old",
	    .link = "runtime",
	    .title = "the container toolkit is too old for this system, or mixed of versions",
	    .why = "Before 1.8 the toolkit knew nothing of cgroup v2, and older ones build device "
		   "rules that newer kernels refuse. Its packages must all be of one version.",
	    .remedy = { "arch|sudo pacman -Syu nvidia-container-toolkit", "debian|sudo apt update",
			"debian|sudo apt install --only-upgrade nvidia-container-toolkit "
			"nvidia-container-toolkit-base libnvidia-container-tools "
			"libnvidia-container1",
			"fedora|sudo dnf upgrade 'nvidia-container-toolkit*' "
			"'libnvidia-container*'",
			"other|# bring all packages of the toolkit to one newer version: " GUIDE
			"install-guide.html",
			"sudo systemctl restart docker" },
	    .source = "https://github.com/NVIDIA/libnvidia-container/issues/111",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS(
		{ 93, "cgroup subsystem devices not found" },
		{ 80, "requirement error: invalid expression" },
		{ 85, "unable to create new device filters program" },
		{ 30, "Failed to run mount hooks" }, { 30, "error running createRuntime hook" },
		{ 40, "get device cgroup mount path" },
		{ 80, "unable to generate new device filter program" },
		{ 70, "load program: permission denied" }, { 80, "load program: invalid argument" },
		{ 85, "nvidia-container-cli: unrecognized option" },
		{ 85, "nvidia-container-cli: symbol lookup error" },
		{ 75, "nvidia-container-cli: error while loading shared libraries" },
		{ 85, "mount error: stat failed: /GeForce" },
		{ 85, "mount error: stat failed: /Tesla" },
		{ 60, "detection error: nvml error: function not found" }),
	},
	{
	    .id = "toolkit-ldconfig-wrong",
	    .link = "runtime",
	    .title = "the toolkit calls an ldconfig that is not there or fails",
	    .why =
		"After it has put the driver's libraries into a container, the toolkit runs the "
		"host's ldconfig in it. Debian and Ubuntu have it as ldconfig.real, the others do "
		"not.",
	    .remedy = { "ls -l /sbin/ldconfig /sbin/ldconfig.real",
			"arch|sudo nvidia-ctk config --in-place --set "
			"nvidia-container-cli.ldconfig=@/sbin/ldconfig",
			"fedora|sudo nvidia-ctk config --in-place --set "
			"nvidia-container-cli.ldconfig=@/sbin/ldconfig",
			"debian|sudo nvidia-ctk config --in-place --set "
			"nvidia-container-cli.ldconfig=@/sbin/ldconfig.real",
			"other|# set the one that is there as nvidia-container-cli.ldconfig in "
			"/etc/nvidia-container-runtime/config.toml" },
	    .source = "https://github.com/NVIDIA/nvidia-container-toolkit/issues/147",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS({ 90, "ldcache error: open failed:" }, { 85, "ldcache error: process" },
			  { 60, "nvidia-container-cli: ldcache error:" },
			  { 70, "error updating ldcache" }),
	},
	{
	    .id = "toolkit-mode-excludes-gpus",
	    .link = "runtime",
	    .title = "the toolkit is set to a mode in which --gpus is refused",
	    .why = "With --gpus Docker calls the toolkit's hook directly, which works in the mode "
		   "legacy only. The mode in the toolkit's configuration, or what the image asks "
		   "for, is "
		   "CDI.",
	    .remedy = { "sudo nvidia-ctk config --in-place --set "
			"nvidia-container-runtime.mode=auto",
			"# or use the runtime instead of --gpus: --runtime=nvidia, in compose "
			"runtime: "
			"nvidia" },
	    .source = GUIDE "cdi-support.html",
	    .stands_alone = true,
	    .explains = { "container-not-started" },
	    .sign = SIGNS(
		{ 95, "invoking the NVIDIA Container Runtime Hook directly" },
		{ 90, "Please use the NVIDIA Container Runtime (e.g. specify the --runtime" }),
	},
	{
	    .id = "cdi-spec-missing",
	    .link = "runtime",
	    .title = "there is no CDI specification of the GPU",
	    .why = "A container asks for the GPU by its CDI name, which stands in no file of "
		   "/etc/cdi or /var/run/cdi. Such a container does not start.",
	    .remedy = { "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
			"nvidia-ctk cdi list" },
	    .lasting = { "sudo systemctl enable --now nvidia-cdi-refresh.path" },
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
	    .remedy = { "sudo nvidia-ctk cdi generate --output={}",
			"# then restart the containers that use the GPU" },
	    .lasting = { "sudo systemctl enable --now nvidia-cdi-refresh.path" },
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
	    .remedy = { "# add to /etc/docker/daemon.json:  \"features\": { \"cdi\": true }",
			"sudo dockerd --validate --config-file=/etc/docker/daemon.json",
			"sudo systemctl restart docker" },
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
	    .remedy = { "sudo systemctl unmask nvidia-cdi-refresh.service nvidia-cdi-refresh.path",
			"sudo systemctl reset-failed nvidia-cdi-refresh.service",
			"sudo systemctl enable --now nvidia-cdi-refresh.path",
			"sudo systemctl start nvidia-cdi-refresh.service" },
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
