/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define XID_CATALOGUE "https://docs.nvidia.com/deploy/xid-errors/index.html"
#define OPEN_GPU_ISSUE "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"
#define WORKS "nvidia-smi-table ollama-on-cuda"

/*
 * The GPU was there, and is lost or does not wake.
 * Wordings: drivers/pci and drivers/acpi/pci_root.c of Linux 4.4 to 6.18,
 * NVIDIA's nv-pci.c and osapi.c of 304 to 610, lspci, nvidia-smi.
 */
const struct cause causes_pci_lost[] = {
	{
	    .id = "gpu-fallen-off-bus",
	    .link = "pci",
	    .title = "the GPU has fallen off the bus",
	    .why = "The link to it died: the driver says so in the log (Xid 79), or all that is "
		   "read of the GPU is ones, while the kernel still lists it. Whatever opens the "
		   "driver now may hang for ever, so egpu does not.",
	    .remedy = { "# do not run nvidia-smi, unload the driver or pull the cable before:",
			"# shut down, switch the enclosure off and on, power on again",
			"sudo dmesg | grep -iE 'Xid|NVRM|pciehp|AER' | head -40" },
	    .source = XID_CATALOGUE,
	    .explains = { "gsp-wpr2-stuck", "gsp-boot-failed", "driver-init-failed",
			  "xid-119-gsp-timeout", "xid-154", "xid-reset", "xid-45", "xid-13",
			  "xid-31", "gpu-lost", "driver-stuck", "gpu-hardware-fault",
			  "nvml-unknown-error", "cuda-init-unknown" },
	    .sign = SIGNS(
		{ 92, "fallen off the bus" }, { 85, "for critical error 79" },
		{ 48, "Error while waiting for GPU progress" },
		{ 45, "NV_ERR_GPU_IN_FULLCHIP_RESET" }, { 40, "A GPU crash dump has been created" },
		{ 88, "!!! Unknown header type 7f" }, { 88, "NVIDIA Corporation*(rev ff)" },
		{ 75, "NV_ERR_GPU_IS_LOST", .unless = "gsp-wpr2-stuck" },
		{ 85, "rpcSendMessage failed with status 0x0000000f" },
		{ 55, "os_pci_init_handle: invalid context" },
		{ 70, "API_GPU_ATTACHED_SANITY_CHECK failed" }, { 70, "PMC_BOOT_0=0xffffffff" },
		{ 60, "but it still appears unreachable. The device" },
		{ 70, "RmInitAdapter failed! (0x*:0xf:" },
		{ 50, "display engine channel state*0x0000000f" },
		{ 68, "sanity check failed 0xf waiting for RPC", .unless = "gsp-wpr2-stuck" },
		{ 65, "Unable to determine the device handle for" },
		{ 70, "GPU is lost. Reboot the system" },
		{ 60, "nvidia #:*not ready *reset; giving up" },
		{ 60, "vfio-pci #:*not ready *; giving up" }),
	},
	{
	    .id = "gpu-disconnected",
	    .link = "pci",
	    .title = "the GPU's link went down, and the GPU is gone since",
	    .why = "The port reported Link Down or Card not present before the driver complained: "
		   "the cable was pulled or the enclosure lost power. Programs that used the GPU "
		   "do not find it again by themselves.",
	    .remedy = { "# plug the cable in and switch the enclosure on; does the driver hang,",
			"# then reboot with the enclosure on",
			"sudo dmesg | grep -iE 'pciehp|thunderbolt|NVRM' | tail -30" },
	    .source = OPEN_GPU_ISSUE "1229",
	    .explains = { "gpu-fallen-off-bus", "gpu-not-on-bus", "pcie-aer-errors",
			  "bar-unassigned", "driver-stuck", "gpu-lost", "container-devices-lost",
			  "ollama-fell-back-to-cpu", "ollama-on-cpu" },
	    .sign = SIGNS(
		{ 80, "Slot(*): Link Down$", .unless = "card-present suspend" },
		{ 80, "Slot(*): Link Down$", .with = "gpu-fallen-off-bus", .unless = "suspend" },
		{ 80, "Slot(*): Link Down$", .after = "card-present", .unless = "suspend" },
		{ 80, "Slot(*): Link Down ", .with = "gpu-fallen-off-bus", .unless = "suspend" },
		{ 80, "Slot(*): Card not present", .unless = "card-present suspend" },
		{ 80, "Slot(*): Card not present", .with = "gpu-fallen-off-bus",
		  .unless = "suspend" },
		{ 80, "Slot(*): Card not present", .after = "card-present", .unless = "suspend" },
		{ 80, "Card not present on Slot(", .unless = "card-present suspend" },
		{ 80, "Card not present on Slot(", .with = "gpu-fallen-off-bus",
		  .unless = "suspend" },
		{ 80, "slot(*): Link Down event", .unless = "card-present suspend" },
		{ 55, "Slot(*): Link Down$", .with = "gpu-fallen-off-bus suspend" },
		{ 80, "PCIe Link Down$" },
		{ 75, "pciehp*Link Down", .with = "gpu-fallen-off-bus", .unless = "suspend" },
		{ 70, "Card not present", .with = "gpu-fallen-off-bus", .unless = "suspend" },
		{ 75, "[ 5] SDES " }, { 75, "Surprise Down Error" },
		{ 80, "thunderbolt #-#: device disconnected", .unless = "card-present suspend" },
		{ 80, "thunderbolt #-#: device disconnected", .with = "gpu-fallen-off-bus",
		  .unless = "suspend" },
		{ 80, "thunderbolt #-#: device disconnected", .after = "card-present",
		  .unless = "suspend" }),
	    .healed_by = WORKS,
	},
	{
	    .id = "gpu-stuck-in-d3cold",
	    .link = "pci",
	    .title = "runtime power management loses the GPU",
	    .why = "An idle GPU is put into D3cold, and behind a tunnel it may not come back: "
		   "\"Unable to change power state from D3cold to D0\". Once stuck, only a power "
		   "cycle wakes it.",
	    .remedy = { "# if it is stuck now: shut down, switch the enclosure off and on, power "
			"on",
			"echo on | sudo tee /sys/bus/pci/devices/{}/power/control" },
	    .lasting = { "echo 'options nvidia NVreg_DynamicPowerManagement=0x00' | "
			 "sudo tee -a /etc/modprobe.d/zz-egpu.conf",
			 "# does that not help: kernel parameter pcie_port_pm=off" },
	    .source = "https://docs.kernel.org/power/pci.html",
	    .explains = { "gpu-fallen-off-bus", "driver-init-failed", "gsp-boot-failed", "gpu-lost",
			  "xid-119-gsp-timeout", "gpu-not-on-bus", "bar-unassigned", "probe-failed",
			  "driver-lists-no-gpu", "pcie-aer-errors" },
	    .sign = SIGNS(
		{ 90, "nvidia #:*change power state from D3cold to D0",
		  .unless = "gpu-disconnected" },
		{ 60, "nvidia #:*change power state from D3cold to D0",
		  .with = "gpu-disconnected" },
		{ 88, "nvidia #:*refused to change power state*D3" },
		{ 70, "^pci #:*refused to change power state*D3" },
		{ 70, "^Refused to change power state, currently in D3" },
		{ 50, "nv_pmops_runtime_suspend *returned -" },
		{ 80, "nvidia #:*not ready *after resume; giving up" },
		{ 75, "vfio-pci #:*not ready *after resume; giving up" },
		{ 80, "nvidia #:*change power state from D3hot to D0" },
		{ 75, "nouveau #:*change power state from D3cold to D0",
		  .unless = "gpu-disconnected" },
		{ 75, "vfio-pci #:*change power state from D3cold to D0",
		  .unless = "gpu-disconnected" },
		{ 70, "pcieport #:*change power state from D3cold to D0",
		  .unless = "gpu-disconnected" },
		{ 60, "snd_hda_intel #:*change power state from D3cold to D0",
		  .unless = "gpu-disconnected" },
		{ 75, "^Unable to change power state from D3cold to D0",
		  .unless = "gpu-disconnected" },
		{ 75, "^can't change power state from D3cold to D0", .unless = "gpu-disconnected" },
		{ 45, "change power state from D3cold to D0",
		  .unless = "gpu-disconnected d3cold-elsewhere" },
		{ 85, "nvidia #:*Device config space inaccessible" }, { 95, "power_state: D3cold" },
		{ 95, "/power_state:D3cold" }, { 60, "/power_state D3cold$" },
		{ 60, "Video BIOS: ??.??", .with = "runtime-suspend" },
		{ 60, "woken from *runtime suspend" }),
	    .healed_by = WORKS,
	},
	{ 0 },
};
