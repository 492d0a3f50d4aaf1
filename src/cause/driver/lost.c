/* SPDX-License-Identifier: MIT */
/* What stops a driver that is bound: a GPU that does not start, or no longer answers. */
#include "cause/cause.h"

#define OPEN_GPU_ISSUE "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"

#define SHOW_LOG "sudo dmesg | grep -E 'NVRM|Xid|pciehp|AER' | head -40"
#define POWER_CYCLE "# shut down, switch the enclosure off and on, power on again"

/* What follows from a driver that does not serve the GPU. */
#define NO_DRIVER                                                                                  \
	"persistenced-failed", "persistenced-start-limit", "driver-lists-no-gpu", "cuda-no-device"

const struct cause causes_driver_lost[] = {
	{
	    .id = "driver-init-failed",
	    .link = "driver",
	    .title = "the driver could not bring the GPU up",
	    .why = "RmInitAdapter failed: the driver is bound, but the GPU did not answer it as "
		   "it should. Opening it again may hang for ever, so egpu does not.",
	    .remedy = { SHOW_LOG, POWER_CYCLE },
	    .source = OPEN_GPU_ISSUE "979",
	    .explains = { NO_DRIVER, "ollama-discovery-timeout" },
	    .sign = SIGNS(
		{ 70, "RmInitAdapter failed" }, { 60, "rm_init_adapter failed" },
		{ 60, "rm_init_adapter(#) failed" },
		{ 60, "Failed to copy vbios to system memory" }, { 60, "Cannot attach gpu" },
		{ 55, "bailing out of RmInitAdapter" },
		{ 60, "Polling BAR0 or BAR firewall timeout" },
		{ 55, "Failed to initialize the NVIDIA graphics device" },
		{ 25, "NVIDIA(*Failing initialization of X screen" },
		{ 40, "[nvidia-drm] [GPU ID *] Flip event" },
		{ 50, "Failed to map regs registers" }, { 50, "module->open() failed, error -5" },
		{ 45, "Failed to allocate NvKmsKapiDevice" },
		{ 40, "nvidia-modeset: ERROR: GPU:#: Failed to" }, { 40, "Video BIOS: ??.??" },
		{ 45, "nvidia-persistenced*- failed to open" },
		{ 60, "could not open the device file /dev/nvidia*(Input/output error)" },
		{ 55, "Failed to initialize the NVIDIA GPU at PCI" },
		{ 30, "No devices were found", .unless = "nvidia-smi-table" },
		{ 50, "No devices were found", .with = "open-module",
		  .unless = "nvidia-smi-table" }),
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
	    .explains = { "gpu-fallen-off-bus", "gpu-stuck-in-d3cold", "bar-unassigned",
			  "driver-init-failed", "gsp-boot-failed", "xid-154", "gpu-lost",
			  NO_DRIVER },
	    .sign = SIGNS({ 86, "error -ENODEV: probe failed", .unless = "suspend",
			    .after = "d3cold-inaccessible" },
			  { 70, "snd_hda_intel *D3cold to D0, device inaccessible",
			    .with = "thunderbolt-late", .unless = "suspend" },
			  { 60, "thunderbolt *: new device found", .unless = "suspend",
			    .after = "driver-loaded gpu-fallen-off-bus" }),
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
	    .explains = { "gpu-fallen-off-bus", "gpu-stuck-in-d3cold", "driver-init-failed",
			  "gsp-boot-failed", "gsp-wpr2-stuck", "xid-154", "xid-119-gsp-timeout",
			  "gpu-lost", "gpu-disconnected", "uvm-broken-by-suspend",
			  "ollama-discovery-timeout" },
	    .sign = SIGNS(
		{ 88, "GPU has fallen off the bus", .after = "suspend" },
		{ 82, "D3cold to D0, device inaccessible", .after = "suspend" },
		{ 82, "D3hot to D0, device inaccessible", .after = "suspend" },
		{ 45, "D3hot to D0, device inaccessible" }, { 30, "PCI post-resume error -19" },
		{ 82, "RmInitAdapter failed", .after = "suspend" },
		{ 85, "nvidia *PM: failed to resume" }, { 85, "nvidia *pci_pm_resume*returns -" },
		{ 85, "GSP boot *failed at resume" }, { 85, "GSP unload failed at suspend" },
		{ 85, "proxy boot command failed during resume" },
		{ 82, "Calling Resume on an active GPU" }, { 75, "nvidia-sleep.sh*write error" },
		{ 60, "nvidia-suspend.service: Main" }, { 60, "nvidia-resume.service: Main" },
		{ 60, "nvidia-suspend.service: Failed" }, { 60, "nvidia-resume.service: Failed" },
		{ 60, "Failed to start *NVIDIA system *actions" }, { 60, "nvKmsResume+0x" },
		{ 55, "nv_pmops_resume+0x" }, { 50, "nv_set_system_power_state" },
		{ 45, "nv_pmops_suspend*returns -" }, { 60, "NVRM: PM *notifier failed: 0x" },
		{ 60, "failed with current system suspend configuration" },
		{ 45, "failed to allocate vmap() page descriptor table" },
		{ 45, "nv_pmops_runtime_suspend *returned -" }),
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
	    .explains = { "persistenced-failed", "probe-abandoned" },
	    .sign = SIGNS({ 75, "task nvidia*blocked for more than" },
			  { 75, "task nv_queue*blocked for more than" },
			  { 70, "task UVM *blocked for more than" }),
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
	    .explains = { "gpu-fallen-off-bus", "gsp-boot-failed", "gsp-wpr2-stuck",
			  "driver-init-failed", "xid-154", "xid-119-gsp-timeout", "xid-31",
			  "xid-13", "xid-45", "xid-109", "xid-other", "xid-reset", "gpu-lost",
			  "driver-lists-no-gpu", "pcie-aer-errors" },
	    .sign =
		SIGNS({ 95, "osIovaMap: failed to map allocation" },
		      { 90, "nvidia *Event logged [IO_PAGE_FAULT" },
		      { 70, "Event logged [IO_PAGE_FAULT", .unless = "iommu-fault-elsewhere" },
		      { 65, "DMAR:*Request device [*fault addr", .unless = "dmar-fault-of-host" },
		      { 65, "DMAR:*Request device [*fault addr", .with = "nvidia-named",
			.unless = "dmar-fault-of-host" },
		      { 60, "DMAR:*Request device [*fault addr",
			.with = "gsp-boot-failed dmar-fault-of-host" },
		      { 60, "DRHD: handling fault status reg", .unless = "dmar-fault-of-host" },
		      { 50, "dmar_fault: # callbacks suppressed" },
		      { 55, "amd_iommu_report_page_fault: # callbacks",
			.unless = "iommu-fault-elsewhere" }),
	},
	{ 0 },
};
