/* SPDX-License-Identifier: MIT */
/* What keeps the driver from the GPU: another one, no module, the wrong one, one that gave up. */
#include "cause/cause.h"

#define OPEN_MODULES                                                                               \
	"https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/kernel_open.html"
#define OPEN_GPU_ISSUE "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"

#define POWER_CYCLE "# shut down, switch the enclosure off and on, power on again"

/* What follows from a driver that does not serve the GPU. */
#define NO_DRIVER                                                                                  \
	"persistenced-failed", "persistenced-start-limit", "driver-lists-no-gpu", "cuda-no-device"

/* What a setting does; where no file is known the first line is left out. */
#define TAKE_BACK                                                                                  \
	"# the setting stands in {}:",                                                             \
	    "# take that setting out; where a tool has written it, let that tool",                 \
	    "# choose the NVIDIA GPU (prime-select, supergfxctl, system76-power)",                 \
	    "arch|sudo mkinitcpio -P", "debian|sudo update-initramfs -u -k all",                   \
	    "fedora|sudo dracut --force --regenerate-all",                                         \
	    "ostree|# from the kernel's parameters: rpm-ostree kargs --delete-if-present=WORD;",   \
	    "ostree|# an early image that was built here may hold a copy: it is built anew by",    \
	    "ostree|# sudo rpm-ostree initramfs --enable --arg=-v",                                \
	    "nixos|# what is made from /etc/nixos/configuration.nix is taken out there:",          \
	    NIXOS_REBUILD, "other|# build the initramfs again: it may hold a copy of that"

const struct cause causes_driver_bind[] = {
	{
	    .id = "nouveau-bound",
	    .link = "driver",
	    .title = "nouveau or nova drives the GPU",
	    .why = "The kernel's own driver took the GPU before nvidia could, and CUDA cannot "
		   "work through it. It is to be kept out of the initramfs too.",
	    .remedy = { "!ostree,nixos|printf 'blacklist nouveau\\nblacklist nova_core\\noptions "
			"nouveau modeset=0\\n' | sudo tee /etc/modprobe.d/egpu-nouveau.conf",
			"arch|sudo mkinitcpio -P", "debian|sudo update-initramfs -u -k all",
			"fedora|sudo dracut --force --regenerate-all", "ostree|" OSTREE_NO_NOUVEAU,
			NIXOS_SET("boot.blacklistedKernelModules = [ \"nouveau\" \"nova_core\" ];"),
			"other|# build the initramfs again", "# reboot" },
	    .source = "https://us.download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/"
		      "commonproblems.html",
	    .explains = { "gsp-wpr2-stuck", "driver-init-failed", "module-not-loaded",
			  "probe-failed", "uvm-not-loaded", "device-nodes-missing", NO_DRIVER },
	    .sign = SIGNS(
		{ 90, "Kernel driver in use: nouveau" }, { 95, "is already bound to nouveau" },
		{ 90, "Nouveau kernel driver is currently in use" },
		{ 85, "nouveau 0000:*: NVIDIA " }, { 75, "nouveau *: DRM: VRAM:" },
		{ 78, "nouveau *: unknown chipset" }, { 75, "nouveau: probe of " },
		{ 70, "^nouveau 0000:" },
		{ 75, "Finished *Fallback to nouveau as nvidia did not load" },
		{ 85, "driver=nouveau" }, { 70, "driver: nouveau" }, { 45, "^nouveau # #" },
		{ 85, "Module nouveau is in use" },
		{ 82, "probe routine was not called for # device", .unless = "bound-to-vfio" },
		{ 80, "nouveau, rivafb, nvidiafb or rivatv" },
		{ 60, "This can occur when another driver was loaded", .unless = "bound-to-vfio" },
		{ 50, "obtained ownership of the NVIDIA device", .unless = "bound-to-vfio" },
		{ 50, "driver such as rivatv is loaded" },
		{ 40, "No NVIDIA graphics adapter probed" }, { 40, "No NVIDIA devices probed" },
		{ 48, "insert*nvidia*: No such device", .unless = "driver-loaded" },
		{ 92, "is already bound to Nova" },
		{ 40, "Unable to load the kernel module 'nvidia" },
		{ 38, "Kernel module load error: No such device" },
		{ 75, "Falling back to nouveau" },
		{ 25, "communicate with the NVIDIA driver",
		  .unless = "driver-loaded nvidia-in-lsmod" }),
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
	    .explains = { "module-not-loaded", "probe-failed", "uvm-not-loaded",
			  "device-nodes-missing", NO_DRIVER },
	    .sign = SIGNS({ 95, "is already bound to vfio-pci" },
			  { 60, "Kernel driver in use: vfio-pci" },
			  { 60, "Kernel driver in use: pci-stub" }, { 65, "vfio-pci.ids=10de:" },
			  { 65, "vfio-pci ids=10de:" }, { 65, "vfio_pci: add [10de:" },
			  { 45, "pci-stub.ids=10de:" }, { 50, ": group # is not viable" }),
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
	    .explains = { "uvm-not-loaded", "device-nodes-missing", NO_DRIVER },
	    .sign = SIGNS(
		{ 55, "driver not loaded" },
		{ 52, "NVIDIA driver is not loaded", .unless = "card-present" },
		{ 60, "/proc/driver/nvidia/version*No such file", .unless = "driver-loaded" },
		{ 60, "/proc/driver/nvidia/version does not exist" },
		{ 60, "Module nvidia is not currently loaded" },
		{ 35, "communicate with the NVIDIA driver",
		  .unless = "driver-loaded nvidia-in-lsmod" },
		{ 45, "communicate with the NVIDIA driver", .with = "nvidia-on-disk",
		  .unless = "driver-loaded nvidia-in-lsmod secure-boot-on" },
		{ 45, "Failed to query NVIDIA devices" },
		{ 50, "/sbin/modprobe nvidia*' failed with exit code" },
		{ 50, "Failed to *the NVIDIA kernel module. Please", .unless = "driver-loaded" },
		{ 50, "Failed to load module \"nvidia\"", .unless = "driver-loaded" },
		{ 55, "Kernel modules: *nvidia_drm",
		  .unless = "nvidia-in-use nouveau-bound bound-to-vfio" },
		{ 45, "could not open the device file /dev/nvidiactl (No such file" }),
	},
	{
	    .id = "module-signature-unread",
	    .link = "driver",
	    .title = "the nvidia module is not loaded, and may have been refused",
	    .why = "With Secure Boot, or where signatures are enforced, a kernel refuses what it "
		   "knows no key of, each time, and says so in its log only. That was not read.",
	    .remedy = { "sudo dmesg | grep -E 'is rejected|is restricted'",
			"# it shows none: sudo modprobe nvidia; else enrol the key that signed it,",
			"debian|sudo mokutil --import /var/lib/dkms/mok.pub",
			"debian|# on Ubuntu instead: sudo mokutil --import "
			"/var/lib/shim-signed/mok/MOK.der",
			"fedora|sudo mokutil --import /etc/pki/akmods/certs/public_key.der",
			"ostree|# of Universal Blue's images by ujust enroll-secure-boot-key,",
			"nixos|# the one that your configuration signs modules with,",
			"# then reboot and confirm the key at the console (\"Enroll MOK\"),",
			"# or install signed modules, or switch Secure Boot off in the firmware" },
	    .source = "https://docs.kernel.org/admin-guide/module-signing.html",
	    .explains = { "module-not-loaded", "uvm-not-loaded", "device-nodes-missing",
			  NO_DRIVER },
	},
	{
	    .id = "module-forbidden",
	    .link = "driver",
	    .title = "a setting forbids to load the driver's module",
	    .why = "Not even modprobe gets past it, so that nobody can load the module while it "
		   "stands. Tools that switch between two GPUs write such settings, to keep the "
		   "NVIDIA one out of use.",
	    .remedy = { TAKE_BACK, "# reboot" },
	    .source = "https://man7.org/linux/man-pages/man5/modprobe.d.5.html",
	    .stands_alone = true,
	    .explains = { "module-not-loaded", "module-blacklisted", "uvm-not-loaded",
			  "device-nodes-missing", "cuda-init-unknown", NO_DRIVER },
	    .sign = SIGNS(
		{ 90, "Module nvidia is blacklisted" }, { 90, "Module nvidia_uvm is blacklisted" },
		{ 88, "alias nvidia off" }, { 88, "install nvidia /bin/false" },
		{ 88, "install nvidia /bin/true" }, { 88, "install nvidia /usr/bin/false" },
		{ 88, "install nvidia /usr/bin/true" }, { 82, "could not insert 'off'" },
		{ 82, "could not find module by name='off'" }, { 85, "module_blacklist=nvidia " },
		{ 85, "module_blacklist=nvidia," }, { 85, "module_blacklist=nvidia$" },
		{ 85, "module_blacklist=*,nvidia " }, { 85, "module_blacklist=*,nvidia$" }),
	},
	{
	    .id = "module-blacklisted",
	    .link = "driver",
	    .title = "a setting keeps the nvidia module from being loaded by itself",
	    .why = "With it on the blacklist neither the GPU nor systemd calls for the module at "
		   "boot. modprobe loads it, until the next boot.",
	    .remedy = { "sudo modprobe nvidia" },
	    .lasting = { TAKE_BACK },
	    .source = "https://man7.org/linux/man-pages/man5/modprobe.d.5.html",
	    .stands_alone = true,
	    .explains = { "module-not-loaded", "uvm-not-loaded", "device-nodes-missing",
			  NO_DRIVER },
	    .sign = SIGNS(
		{ 72, "^blacklist nvidia$" }, { 72, "modprobe.blacklist=nvidia " },
		{ 72, "modprobe.blacklist=nvidia," }, { 72, "modprobe.blacklist=nvidia$" },
		{ 72, "modprobe.blacklist=*,nvidia " }, { 72, "modprobe.blacklist=*,nvidia$" }),
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
	    .explains = { NO_DRIVER },
	    .sign = SIGNS({ 40, "probe with driver nvidia failed with error" },
			  { 40, "nvidia: probe of *failed with error" },
			  { 30, "NVIDIA probe routine failed for # device" },
			  { 30, "Unregistered *Nvlink Core", .unless = "driver-loaded",
			    .after = "nvlink-starts" },
			  { 60, "request_mem_region failed for" },
			  { 60, "rm_init_private_state() failed" },
			  { 60, "failed to wait for bar firewall to lower" }),
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
			"fedora|# RPM Fusion: akmod-nvidia-580xx",
			"ostree|# RPM Fusion: akmod-nvidia-580xx; Universal Blue: the image "
			"without",
			"ostree|# -open in its name", NIXOS_SET("hardware.nvidia.open = false;"),
			"# reboot" },
	    .source = OPEN_MODULES,
	    .explains = { "gpu-fallen-off-bus", "driver-init-failed", "gsp-boot-failed",
			  "bar-unassigned", "gpu-stuck-in-d3cold", "probe-failed",
			  "device-nodes-missing", "module-not-loaded", NO_DRIVER },
	    .sign = SIGNS(
		{ 93, "installed in this system is not supported by open" },
		{ 95, "because it does not include the required GPU" },
		{ 85, "NVRM: System Processor (GSP)" },
		{ 80, "'Open Linux Kernel Modules' and 'GSP" },
		{ 93, "only ready for use on Data Center GPUs" },
		{ 90, "'OpenRmEnableUnsupportedGpus' kernel module parameter" },
		{ 88, "To force use of Open nvidia.ko on other GPUs" },
		{ 42, "probe with driver nvidia failed with error -1",
		  .unless = "closed-module driver-says-why" },
		{ 42, "nvidia: probe of *failed with error -1",
		  .unless = "closed-module driver-says-why" },
		{ 30, "None of the NVIDIA devices were initialized", .unless = "closed-module" },
		{ 25, "insert*nvidia*: No such device", .unless = "closed-module" },
		{ 25, "No devices were found", .unless = "closed-module" }),
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
			"ostree|# Universal Blue: the image with -nvidia-open in its name. Where "
			"the",
			"ostree|# driver was layered: see RPM Fusion, Howto/NVIDIA",
			NIXOS_SET("hardware.nvidia.open = true;"),
			"other|# install the open flavour of the same driver version", "# reboot" },
	    .source = OPEN_MODULES,
	    .explains = { "driver-init-failed", "gsp-boot-failed", "gsp-wpr2-stuck", NO_DRIVER },
	    .sign =
		SIGNS({ 97, "requires use of the NVIDIA open kernel modules" },
		      { 55, "RmInitAdapter failed! (0x22:0x56:", .with = "closed-module" },
		      { 47, "No devices were found", .unless = "open-module nvidia-smi-table" }),
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
	    .explains = { "driver-init-failed", "probe-failed", "device-nodes-missing",
			  "module-not-loaded", NO_DRIVER },
	    .sign = SIGNS(
		{ 93, "in this system is not supported by the" },
		{ 88, "NVRM: NVIDIA *driver release" }, { 88, "Supported NVIDIA GPU Products' in" },
		{ 88, "A - Supported NVIDIA GPU" }, { 88, "card is only supported up to the" },
		{ 88, "card is not supported by any driver" },
		{ 93, "installed in this system is supported through the" },
		{ 85, "NVIDIA driver will ignore" }, { 85, "Legacy drivers. Please visit" },
		{ 80, "GPU installed in this system is$" }, { 95, "ignoring the legacy GPU" },
		{ 90, "do not appear to have an NVIDIA GPU supported by" },
		{ 25, "probe with driver nvidia failed with error -1" },
		{ 25, "nvidia: probe of *failed with error -1" },
		{ 92, "supported through the NVIDIA *Legacy driver" },
		{ 25, "insert*nvidia*: No such device" },
		{ 25, "Kernel module load error: No such device" }),
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
	    .explains = { "driver-init-failed", "probe-failed", NO_DRIVER },
	    .sign = SIGNS({ 97, "Fatal Error while attempting to resize PCIe BARs" },
			  { 95, "FATAL: Failed to re-allocate BAR1" },
			  { 85, "No address space to allocate resized BAR1" }),
	},
	{
	    .id = "gpu-no-interrupt",
	    .link = "driver",
	    .title = "the GPU gets no interrupt",
	    .why = "Message signalled interrupts are switched off, and there is no wire for the "
		   "old ones through a tunnel. NVreg_EnableMSI=0 or pci=nomsi is the usual "
		   "reason.",
	    .remedy = { "grep -rn EnableMSI /etc/modprobe.d /usr/lib/modprobe.d; cat /proc/cmdline",
			"# take the option out, build the initramfs again, reboot" },
	    .source = "https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/"
		      "knownissues.html",
	    .explains = { "driver-init-failed", "probe-failed", NO_DRIVER },
	    .sign = SIGNS({ 95, "No interrupts of any type are available" },
			  { 92, "Can't find an IRQ for your NVIDIA card" },
			  { 85, "nvidia_isr", .with = "irq-disabled" },
			  { 92, "be receiving interrupts generated by the NVIDIA" },
			  { 92, "kernel module does not appear to be receiving interrupts" },
			  { 88, "has it and is not sharing it" },
			  { 85, "[Assign IRQ to VGA] should be set" },
			  { 45, "nobody cared (try booting", .with = "nvidia-named" },
			  { 50, "RmInitAdapter failed! (0x*:0x45:" }),
	},
	{ 0 },
};
