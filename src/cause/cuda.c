/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define CUDA_RESULTS "https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html"
#define OLLAMA_ON_GPUS "https://github.com/ollama/ollama/blob/main/docs/gpu.mdx"
#define COMPATIBILITY "https://docs.nvidia.com/deploy/cuda-compatibility/"

const struct cause causes_cuda[] = {
	{
	    .id = "cuda-library-missing",
	    .link = "cuda",
	    .title = "CUDA's driver library is not installed",
	    .why = "NVML and nvidia-smi do without libcuda.so.1, everything that computes needs "
		   "it. The CUDA toolkit brings only a stub; the real one comes with the driver.",
	    .remedy = { "ldconfig -p | grep libcuda", "arch|sudo pacman -S nvidia-utils",
			"debian|sudo apt-get install libcuda1",
			"fedora|sudo dnf install xorg-x11-drv-nvidia-cuda-libs",
			"other|# install libcuda.so.1, of the module's version" },
	    .source = COMPATIBILITY,
	    .stands_alone = true,
	},
	{
	    .id = "uvm-broken-by-suspend",
	    .link = "cuda",
	    .title = "nvidia_uvm did not survive a suspend",
	    .why = "After a resume nvidia_uvm can be left without its GPU: nvidia-smi works and "
		   "every CUDA program fails. Starting Ollama again does not help, loading the "
		   "module again does.",
	    .remedy = { "sudo fuser -v /dev/nvidia-uvm",
			"# Stop what it lists, containers too, then:",
			"sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm" },
	    .lasting = { "echo options nvidia NVreg_PreserveVideoMemoryAllocations=1 | sudo tee "
			 "/etc/modprobe.d/nvidia-suspend.conf",
			 "sudo systemctl enable nvidia-suspend.service nvidia-resume.service "
			 "nvidia-hibernate.service" },
	    .source = OLLAMA_ON_GPUS,
	},
	{
	    .id = "cuda-init-unknown",
	    .link = "cuda",
	    .title = "CUDA cannot be started on this host",
	    .why = "NVML OK is not CUDA OK: CUDA also needs nvidia_uvm and its device nodes, and "
		   "a GPU that can be set to work. Look at nvidia_uvm first.",
	    .remedy = { "ls -l /dev/nvidia-uvm /dev/nvidia-uvm-tools",
			"sudo nvidia-modprobe -u -c 0",
			"sudo dmesg | grep -iE 'nvidia.uvm|NVRM|Xid' | tail -40",
			"# Still so, and no process has /dev/nvidia-uvm open:",
			"sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm" },
	    .source = OLLAMA_ON_GPUS,
	},
	{
	    .id = "cuda-no-device",
	    .link = "cuda",
	    .title = "CUDA does not find the GPU that NVML shows",
	    .why = "CUDA leaves out a GPU that it may not open, that this driver's CUDA no longer "
		   "supports, or that is not in a usable state.",
	    .remedy = { "ls -l /dev/nvidia*",
			"nvidia-smi --query-gpu=pci.bus_id,compute_mode,compute_cap --format=csv",
			"sudo dmesg | grep -E 'NVRM|Xid' | tail -40" },
	    .source = CUDA_RESULTS,
	},
	{
	    .id = "fabric-manager-missing",
	    .link = "cuda",
	    .title = "CUDA waits for the NVLink fabric manager",
	    .why = "GPUs that hang together on NVSwitch compute only after the fabric manager has "
		   "set the switches up. It must have the driver's version.",
	    .remedy = { "sudo systemctl enable --now nvidia-fabricmanager" },
	    .source = "https://docs.nvidia.com/datacenter/tesla/fabric-manager-user-guide/",
	},
	{
	    .id = "cuda-compat-on-host",
	    .link = "cuda",
	    .title = "a compatibility libcuda stands before the driver's",
	    .why = "The libcuda of a cuda-compat package was found first. It is for data centre "
		   "GPUs only and refuses this one.",
	    .remedy = { "ldconfig -p | grep libcuda",
			"# Take the compat directory out of LD_LIBRARY_PATH and of",
			"# /etc/ld.so.conf.d, then:", "sudo ldconfig" },
	    .source = COMPATIBILITY,
	    .stands_alone = true,
	},
	{ 0 },
};
