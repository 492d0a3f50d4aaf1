/* SPDX-License-Identifier: MIT */
/* What keeps programs from the driver: nvidia_uvm, the device nodes, who holds them. */
#include "cause/cause.h"

#define OPEN_MODULES                                                                               \
	"https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/kernel_open.html"
#define OPEN_GPU_ISSUE "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"

const struct cause causes_driver_reach[] = {
	{
	    .id = "uvm-not-loaded",
	    .link = "driver",
	    .title = "the nvidia_uvm kernel module is not loaded",
	    .why = "CUDA needs nvidia_uvm and its nodes, NVML does not. So nvidia-smi works while "
		   "every CUDA program fails to start, and Ollama computes on the CPU.",
	    .remedy = { "sudo modprobe nvidia_uvm", "sudo nvidia-modprobe -u -c 0" },
	    .lasting = { "# take nvidia_uvm off the blacklist in {}: systemd obeys it, too",
			 "printf 'nvidia\\nnvidia_uvm\\n' | sudo tee "
			 "/etc/modules-load.d/egpu.conf" },
	    .unattended = true,
	    .source = "https://github.com/ollama/ollama/blob/main/docs/troubleshooting.md",
	    .explains = { "cuda-init-unknown", "cuda-no-device" },
	    .sign =
		SIGNS({ 85, "cannot access*/dev/nvidia-uvm*No such file" },
		      { 85, "stat*/dev/nvidia-uvm*No such file",
			.unless = "container-started-before-gpu" },
		      { 60, "Could not load UVM kernel module" },
		      { 75, "insert module 'nvidia_uvm'" }, { 70, "could not insert 'nvidia_uvm'" },
		      { 50, "initialization error: cuda error: no cuda-capable" },
		      { 50, "failed to initialize CUDA: unknown error", .unless = "suspend" },
		      { 55, "init failure: 999", .unless = "suspend" },
		      { 55, "cudaSetDevice err: 999", .unless = "suspend" },
		      { 40, "of pinned memory: unknown error" },
		      { 35, "CUDA unknown error", .unless = "suspend" },
		      { 35, "CUDA_ERROR_UNKNOWN", .unless = "suspend" }),
	    .healed_by = "ollama-on-cuda ggml-on-cuda",
	},
	{
	    .id = "uvm-hmm-failed",
	    .link = "driver",
	    .title = "nvidia_uvm fails at sharing the host's memory (HMM)",
	    .why = "With some kernels and drivers heterogeneous memory management breaks the start "
		   "of CUDA (error 3), while nvidia-smi works. CUDA does not need it.",
	    .remedy = { "echo 'options nvidia_uvm uvm_disable_hmm=1' | sudo tee "
			"/etc/modprobe.d/egpu-uvm.conf",
			"# stop what uses the GPU, then:",
			"sudo modprobe -r nvidia_uvm && sudo modprobe nvidia_uvm" },
	    .source = OPEN_GPU_ISSUE "947",
	    .explains = { "cuda-init-unknown", "cuda-no-device" },
	    .sign =
		SIGNS({ 62, "init failure: 3\"" }, { 62, "init failure: 3$" },
		      { 55, "CUDA_ERROR_NOT_INITIALIZED" }, { 50, "cuInit*initialization error" },
		      { 35, "CUDA error: initialization error" }),
	    .healed_by = "ollama-on-cuda ggml-on-cuda",
	},
	{
	    .id = "device-nodes-missing",
	    .link = "driver",
	    .title = "a device node of the driver is missing",
	    .why = "The driver does not make its nodes itself: udev rules or nvidia-modprobe do. "
		   "Containers cannot be given what is not there.",
	    .remedy = { "sudo nvidia-modprobe -c 0 -u", "ls -l /dev/nvidia*" },
	    .unattended = true,
	    .source = "https://github.com/NVIDIA/nvidia-modprobe",
	    .explains = { "cuda-no-device", "cuda-init-unknown" },
	    .sign = SIGNS({ 75, "/dev/nvidia0 does not exist" },
			  { 70, "cannot access*/dev/nvidia*No such file" },
			  { 55, "could not open the device file /dev/nvidia*(No such" },
			  { 35, "Failed to query NVIDIA devices" },
			  { 55, "/dev/nvidia*not a device node" },
			  { 55, "adding custom device \"/dev/nvidia*no such file" },
			  { 40, "No NVIDIA GPU device is present" }),
	},
	{
	    .id = "device-nodes-stale",
	    .link = "driver",
	    .title = "a device node does not lead to the driver",
	    .why = "The number of nvidia_uvm is given anew at each load, and the node still has "
		   "the old one. Programs that open it reach nothing.",
	    .remedy = { "sudo rm {}", "sudo nvidia-modprobe -c 0 -u", "ls -l /dev/nvidia*" },
	    .source = "https://github.com/NVIDIA/nvidia-modprobe",
	    .explains = { "cuda-init-unknown" },
	    .sign = SIGNS({ 55, "/dev/nvidia*: No such device or address" },
			  { 50, "/dev/nvidia*(No such device or address)" }),
	},
	{
	    .id = "device-permission-denied",
	    .link = "driver",
	    .title = "the GPU's device nodes are not open to everybody",
	    .why = "A program outside of their owner and group gets \"Insufficient Permissions\" "
		   "though the GPU is well. A service or a rootless container then computes on "
		   "the CPU.",
	    .remedy = { "ls -l /dev/nvidia*",
			"grep -rn DeviceFile /etc/modprobe.d /usr/lib/modprobe.d",
			"# add the user that computes to the nodes' group, and log in again" },
	    .source = "https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/faq.html",
	    .explains = { "cuda-no-device", "cuda-init-unknown" },
	    .sign =
		SIGNS({ 82, "crw-rw----*195,*nvidia" }, { 82, "crw-rw----*nvidia-uvm" },
		      { 85, "crw-------*195,*nvidia" }, { 80, "nvidia*Unknown group*ignoring" },
		      { 80, "nvidia*Failed to resolve group" }, { 60, "Insufficient Permissions" },
		      { 82, "because you do not have sufficient permissions" },
		      { 75, "DeviceFileMode: 432" }, { 70, "DeviceFileMode=0660" },
		      { 60, "DeviceFileMode=432" },
		      { 60, "could not open the device file /dev/nvidia*(Permission denied)" },
		      { 65, "/dev/nvidia*: Permission denied" }),
	},
	{
	    .id = "gsp-option-ignored",
	    .link = "driver",
	    .title = "the open modules cannot do without the GSP",
	    .why = "NVreg_EnableGpuFirmware=0 is set, but only the proprietary modules heed it.",
	    .remedy = { "grep -rn EnableGpuFirmware /etc/modprobe.d /usr/lib/modprobe.d",
			"# take the option out, or install the proprietary modules" },
	    .source = OPEN_MODULES,
	    .stands_alone = true,
	    .sign = SIGNS({ 60, "EnableGpuFirmware=0", .with = "open-module" },
			  { 60, "EnableGpuFirmware: 0", .with = "open-module" }),
	},
	{
	    .id = "gpu-held-by-process",
	    .link = "driver",
	    .title = "a process holds the GPU",
	    .why =
		"Unloading the driver, a reset and unplugging need a GPU that nobody has open. A "
		"compositor holds nvidia_drm, programs that compute hold nvidia_uvm.",
	    .remedy = { "sudo fuser -v /dev/nvidia* /dev/dri/*",
			"sudo systemctl stop nvidia-persistenced",
			"# stop what it lists; log out where that is the compositor" },
	    .lasting = { "# a GPU for computing only needs no nvidia_drm:",
			 "echo 'options nvidia_drm modeset=0' | sudo tee -a "
			 "/etc/modprobe.d/zz-egpu.conf" },
	    .source = "https://docs.nvidia.com/deploy/driver-persistence/persistence-daemon.html",
	    .sign = SIGNS(
		{ 92, "Module nvidia_drm is in use" }, { 92, "Module nvidia_modeset is in use" },
		{ 90, "Module nvidia is in use" }, { 70, "Module nvidia_uvm is in use" },
		{ 90, "could not remove 'nvidia" },
		{ 92, "GPU*is currently in use by another process" },
		{ 90, "In use by another client" },
		{ 85, "being used by one or more other processes" },
		{ 85, "Unable to reset this GPU because it's being used" },
		{ 88, "with non-zero usage count" }, { 80, "GPU is locked for unbind operation" },
		{ 85, "appears to already be loaded in your kernel" },
		{ 80, "in use by driver 'nvidia', refusing OFF" },
		{ 40, "^nvidia_drm # #", .unless = "drm-unused" }, { 25, "modprobe -r nvidia" },
		{ 25, "modprobe -r nvidia_modeset" }, { 25, "modprobe -r nvidia_drm" },
		{ 25, "rmmod nvidia_drm" }),
	},
	{ 0 },
};
