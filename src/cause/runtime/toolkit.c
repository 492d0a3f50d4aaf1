/* SPDX-License-Identifier: MIT */
/* NVIDIA's container toolkit, and what keeps it from its work. */
#include "cause/cause.h"

#define GUIDE "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"

/* Marks of a toolkit that is there, and of engines that do not see it. */
#define HAS_TOOLKIT                                                                                \
	"toolkit-installed toolkit-parts runtime-on-disk runtime-in-force docker-desktop "         \
	"docker-snap"

const struct cause causes_runtime_toolkit[] = {
	{
	    .id = "docker-runtime-missing",
	    .link = "runtime",
	    .title = "the nvidia runtime is not registered with Docker",
	    .why = "NVIDIA's container toolkit is on disk, but Docker was not told of it. A "
		   "container that asks for the runtime nvidia is refused.",
	    .remedy = { NIXOS_SET("hardware.nvidia-container-toolkit.enable = true;"),
			"nixos|# containers ask by CDI then: --device nvidia.com/gpu=all",
			"!nixos|sudo nvidia-ctk runtime configure --runtime=docker",
			"!nixos|sudo systemctl restart docker" },
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
			"ostree|# add NVIDIA's package source: " GUIDE "install-guide.html",
			"ostree|sudo rpm-ostree install nvidia-container-toolkit",
			"ostree|systemctl reboot",
			NIXOS_SET("hardware.nvidia-container-toolkit.enable = true;"),
			"nixos|# containers ask by CDI then: --device nvidia.com/gpu=all",
			"other|# install nvidia-container-toolkit: " GUIDE "install-guide.html",
			"!nixos|sudo nvidia-ctk runtime configure --runtime=docker",
			"!nixos|sudo systemctl restart docker" },
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
			"ostree|sudo rpm-ostree upgrade", "ostree|systemctl reboot", NIXOS_NEWER,
			"other|# bring all packages of the toolkit to one newer version: " GUIDE
			"install-guide.html",
			"!ostree|sudo systemctl restart docker" },
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
			"fedora,ostree|sudo nvidia-ctk config --in-place --set "
			"nvidia-container-cli.ldconfig=@/sbin/ldconfig",
			"debian|sudo nvidia-ctk config --in-place --set "
			"nvidia-container-cli.ldconfig=@/sbin/ldconfig.real",
			"nixos|# NixOS hands the GPU out by CDI, without that program:",
			NIXOS_SET("hardware.nvidia-container-toolkit.enable = true;"),
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
	{ 0 },
};
