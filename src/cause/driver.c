/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define XID_CATALOGUE "https://docs.nvidia.com/deploy/xid-errors/index.html"
#define OPEN_MODULES                                                                               \
	"https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/kernel_open.html"
#define OPEN_GPU_ISSUE "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"

#define SHOW_LOG "sudo dmesg | grep -E 'NVRM|Xid|pciehp|AER' | head -40"
#define POWER_CYCLE "# shut down, switch the enclosure off and on, power on again"

const struct cause causes_driver[] = {
	{
	    .id = "nouveau-bound",
	    .link = "driver",
	    .title = "nouveau drives the GPU",
	    .why = "The kernel's own driver took the GPU before nvidia could, and CUDA cannot "
		   "work through it. It is to be kept out of the initramfs too.",
	    .remedy = { "printf 'blacklist nouveau\\noptions nouveau modeset=0\\n' | "
			"sudo tee /etc/modprobe.d/egpu-nouveau.conf",
			"arch|sudo mkinitcpio -P", "debian|sudo update-initramfs -u -k all",
			"fedora|sudo dracut --force --regenerate-all",
			"other|# build the initramfs again", "# reboot" },
	    .source = "https://us.download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/"
		      "commonproblems.html",
	},
	{
	    .id = "bound-to-vfio",
	    .link = "driver",
	    .title = "another driver holds the GPU",
	    .why = "It is set aside for a virtual machine or held by some other driver, so nvidia "
		   "does not get it. Module options or the kernel command line mostly ask for "
		   "that.",
	    .remedy = { "lspci -nnk -s {}",
			"grep -rE 'vfio|driver_override' /etc/modprobe.d /proc/cmdline",
			"# take the GPU's ids out of vfio-pci.ids=, build the initramfs, reboot" },
	    .source = "https://docs.kernel.org/driver-api/vfio.html",
	},
	{
	    .id = "module-not-loaded",
	    .link = "driver",
	    .title = "the nvidia kernel module is not loaded",
	    .why = "Nothing has loaded the driver since boot, or it was taken out again. Without "
		   "it nothing on this host can talk to the GPU.",
	    .remedy = { "sudo modprobe nvidia" },
	    .lasting = { "printf 'nvidia\\nnvidia_uvm\\n' | sudo tee "
			 "/etc/modules-load.d/egpu.conf" },
	    .source = "https://man7.org/linux/man-pages/man5/modules-load.d.5.html",
	},
	{
	    .id = "probe-failed",
	    .link = "driver",
	    .title = "the driver has not taken the GPU",
	    .why = "The nvidia module came, looked at the GPU and did not bind to it. Its reason "
		   "stands in the kernel log, in the NVRM lines above \"probe failed\".",
	    .remedy = { "sudo dmesg | grep -B8 -A4 -E 'probe.* failed' | grep -E 'NVRM|nvidia'",
			POWER_CYCLE },
	    .source = OPEN_GPU_ISSUE "842",
	},
	{
	    .id = "open-module-unsupported-gpu",
	    .link = "driver",
	    .title = "the open kernel modules do not support this GPU",
	    .why = "They need a GPU with a GSP, which begins with Turing (GTX 16, RTX 20). Older "
		   "ones need the proprietary modules, for which the 580 branch is the last.",
	    .remedy = { "modinfo -F license nvidia",
			"# install the proprietary modules of the 580 branch in place of the open "
			"ones",
			"arch|# the AUR has nvidia-580xx-dkms",
			"debian|sudo apt install nvidia-kernel-dkms",
			"fedora|# RPM Fusion: akmod-nvidia-580xx", "# reboot" },
	    .source = OPEN_MODULES,
	    .explains = { "gpu-fallen-off-bus", "driver-init-failed", "gsp-boot-failed",
			  "bar-unassigned", "gpu-stuck-in-d3cold" },
	},
	{
	    .id = "open-module-required",
	    .link = "driver",
	    .title = "this GPU needs the open kernel modules",
	    .why = "From Blackwell (RTX 50) on NVIDIA supports the open kernel modules only. The "
		   "proprietary ones load, but do not bring the GPU up.",
	    .remedy = { "modinfo -F license nvidia", "arch|sudo pacman -S nvidia-open",
			"debian|sudo apt install nvidia-open-kernel-dkms",
			"fedora|# build the open ones: see RPM Fusion, Howto/NVIDIA",
			"other|# install the open flavour of the same driver version", "# reboot" },
	    .source = OPEN_MODULES,
	    .explains = { "driver-init-failed", "gsp-boot-failed", "gsp-wpr2-stuck" },
	},
	{
	    .id = "gpu-unsupported-by-branch",
	    .link = "driver",
	    .title = "this driver release does not support the GPU",
	    .why = "The GPU is newer than the driver, or so old that only a legacy branch has it. "
		   "Another branch is needed; swapping open and proprietary does not help.",
	    .remedy = { "lspci -nn -s {}", "modinfo -F version nvidia",
			"# find the branch for it on nvidia.com/drivers and install that one" },
	    .source = "https://www.nvidia.com/en-us/drivers/unix/legacy-gpu/",
	},
	{
	    .id = "rebar-resize-fatal",
	    .link = "driver",
	    .title = "the driver gave up when it could not resize the BARs",
	    .why = "NVreg_EnableResizableBar=1 makes the driver resize the GPU's BARs, and behind "
		   "a tunnel there is mostly no room. It takes the failure as fatal.",
	    .remedy = { "grep -rn EnableResizableBar /etc/modprobe.d /usr/lib/modprobe.d",
			"# take the option out, build the initramfs again, reboot" },
	    .source = "https://github.com/NVIDIA/open-gpu-kernel-modules/pull/1109",
	    .explains = { "driver-init-failed" },
	},
	{
	    .id = "driver-init-failed",
	    .link = "driver",
	    .title = "the driver could not bring the GPU up",
	    .why = "RmInitAdapter failed: the driver is bound, but the GPU did not answer it as "
		   "it should. Opening it again may hang for ever, so egpu does not.",
	    .remedy = { SHOW_LOG, POWER_CYCLE },
	    .source = OPEN_GPU_ISSUE "979",
	},
	{
	    .id = "gsp-boot-failed",
	    .link = "driver",
	    .title = "the GPU's management processor did not start",
	    .why = "The driver starts firmware on the GPU (GSP), and it did not answer. Behind a "
		   "tunnel a link that is not stable yet, or an IOMMU that refuses its memory, is "
		   "the usual reason.",
	    .remedy = { SHOW_LOG, POWER_CYCLE },
	    .source = OPEN_GPU_ISSUE "979",
	},
	{
	    .id = "gsp-wpr2-stuck",
	    .link = "driver",
	    .title = "the GPU still holds the state of an earlier start",
	    .why = "A part of its memory (WPR2) stays locked from an earlier, broken start, and "
		   "the driver cannot start its firmware again. Only taking its power away "
		   "clears that; a reboot of the host alone does not.",
	    .remedy = { POWER_CYCLE, SHOW_LOG },
	    .source = OPEN_GPU_ISSUE "979",
	},
	{
	    .id = "thunderbolt-host-reset",
	    .link = "driver",
	    .title = "the tunnel was torn down under the driver at boot",
	    .why = "Firmware had made the tunnel, nvidia took the GPU, and then the kernel reset "
		   "the Thunderbolt host router (its habit since Linux 6.9). The GPU is lost for "
		   "this boot.",
	    .remedy = { "# shut down, then power on again with the enclosure on" },
	    .lasting = { "# try the kernel parameter thunderbolt.host_reset=0; some AMD and USB4",
			 "# hosts need the reset, so take it out again where it does not help",
			 "# or load nvidia later: keep it out of the initramfs" },
	    .source = "https://docs.kernel.org/admin-guide/kernel-parameters.html",
	},
	{
	    .id = "gpu-lost-after-suspend",
	    .link = "driver",
	    .title = "the GPU was lost in suspend",
	    .why = "The enclosure loses the tunnel when the host sleeps, and the driver does not "
		   "get its GPU back. Opening it now may hang for ever.",
	    .remedy = { "# reboot with the enclosure on" },
	    .lasting = { "# suspend only after the GPU is out of use, or not at all:",
			 "sudo systemctl mask sleep.target suspend.target hibernate.target" },
	    .source = "https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/"
		      "powermanagement.html",
	},
	{
	    .id = "driver-stuck",
	    .link = "driver",
	    .title = "a process hangs inside the driver",
	    .why = "It waits in the kernel for a GPU that does not answer, and no signal reaches "
		   "it. Whoever opens the driver now hangs as well; only a reboot ends that.",
	    .remedy = { "ps -eo pid,stat,wchan:32,comm | awk '$2 ~ /^D/'",
			"# reboot; if that hangs too, hold the power button" },
	    .source = OPEN_GPU_ISSUE "1229",
	},
	{
	    .id = "xid-119-gsp-timeout",
	    .link = "driver",
	    .title = "the GPU's management processor stopped answering",
	    .why = "The driver waited for its firmware (GSP) and got no answer. nvidia-smi may "
		   "hang from now on.",
	    .remedy = { "# reboot; if it comes back, power the enclosure off and on as well",
			SHOW_LOG },
	    .lasting = { "# only the proprietary modules can do without the GSP:",
			 "# options nvidia NVreg_EnableGpuFirmware=0 (Turing to Ada)" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-reset",
	    .link = "driver",
	    .title = "the GPU needs a reset",
	    .why = "The driver met an error that it cannot clear while the GPU runs. Programs that "
		   "use the GPU fail until it was reset, which behind a tunnel means a reboot.",
	    .remedy = { "# stop what uses the GPU, then reboot", SHOW_LOG },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-154",
	    .link = "driver",
	    .title = "the driver asks for a reset of the GPU",
	    .why = "After an error the driver says which recovery it needs, and has not had it "
		   "yet. The cause is the Xid before this one.",
	    .remedy = { SHOW_LOG, "# stop what uses the GPU, then reboot" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-79-earlier",
	    .link = "driver",
	    .title = "the GPU fell off the bus earlier in this boot",
	    .why = "It was found again and works now, but what used it then has lost it. If it "
		   "comes back, look at cable, power supply and heat.",
	    .remedy = { SHOW_LOG, "# restart what used the GPU before" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-13",
	    .link = "driver",
	    .title = "a program made the GPU stop its work",
	    .why = "Mostly a fault of that program, seldom of the GPU. It has ended; others go on.",
	    .remedy = { SHOW_LOG, "# update the program; does it come with several, test the GPU" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-31",
	    .link = "driver",
	    .title = "a program used GPU memory that is not its own",
	    .why = "Mostly a fault of that program, seldom of the GPU or the link. It has ended; "
		   "others go on.",
	    .remedy = { SHOW_LOG, "# update the program; does it come with several, test the GPU" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-38",
	    .link = "driver",
	    .title = "firmware on the GPU made an error",
	    .why = "The work of one program was thrown away. If it comes back, try another driver "
		   "release.",
	    .remedy = { SHOW_LOG, "# restart what used the GPU" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-109",
	    .link = "driver",
	    .title = "the GPU did not switch from one program to the next in time",
	    .why = "The driver threw the work of one program away. If it comes back, the GPU needs "
		   "a reset or another driver release.",
	    .remedy = { SHOW_LOG, "# restart what used the GPU" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-nvlink",
	    .link = "driver",
	    .title = "an error on NVLink",
	    .why = "A link between GPUs failed. A single external GPU does not use it.",
	    .remedy = { SHOW_LOG, "nvidia-smi nvlink -e" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "xid-other",
	    .link = "driver",
	    .title = "the driver reported an error of the GPU",
	    .why = "NVIDIA's catalogue says what this Xid means. The GPU has gone on since.",
	    .remedy = { SHOW_LOG },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "iommu-fault",
	    .link = "driver",
	    .title = "the IOMMU stopped memory accesses of the GPU",
	    .why =
		"The GPU reached for memory that is not mapped for it. Results may be wrong, and "
		"GSP failures or Xids often follow.",
	    .remedy = { "sudo dmesg | grep -E 'DMAR|AMD-Vi|osIovaMap' | head -20" },
	    .lasting = { "# try the kernel parameter iommu=pt; never iommu=off, which opens the",
			 "# host's memory to whatever is plugged in" },
	    .source = "https://docs.kernel.org/arch/x86/iommu.html",
	},
	{
	    .id = "uvm-not-loaded",
	    .link = "driver",
	    .title = "the nvidia_uvm kernel module is not loaded",
	    .why = "CUDA needs nvidia_uvm and its nodes, NVML does not. So nvidia-smi works while "
		   "every CUDA program fails to start, and Ollama computes on the CPU.",
	    .remedy = { "sudo modprobe nvidia_uvm", "sudo nvidia-modprobe -u -c 0" },
	    .lasting = { "printf 'nvidia\\nnvidia_uvm\\n' | sudo tee "
			 "/etc/modules-load.d/egpu.conf" },
	    .source = "https://github.com/ollama/ollama/blob/main/docs/troubleshooting.md",
	},
	{
	    .id = "device-nodes-missing",
	    .link = "driver",
	    .title = "a device node of the driver is missing",
	    .why = "The driver does not make its nodes itself: udev rules or nvidia-modprobe do. "
		   "Containers cannot be given what is not there.",
	    .remedy = { "sudo nvidia-modprobe -c 0 -u", "ls -l /dev/nvidia*" },
	    .source = "https://github.com/NVIDIA/nvidia-modprobe",
	},
	{
	    .id = "device-nodes-stale",
	    .link = "driver",
	    .title = "a device node does not lead to the driver",
	    .why = "The number of nvidia_uvm is given anew at each load, and the node still has "
		   "the old one. Programs that open it reach nothing.",
	    .remedy = { "sudo rm {}", "sudo nvidia-modprobe -c 0 -u", "ls -l /dev/nvidia*" },
	    .source = "https://github.com/NVIDIA/nvidia-modprobe",
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
	},
	{ 0 },
};
