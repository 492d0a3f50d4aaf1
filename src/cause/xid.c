/* SPDX-License-Identifier: MIT */
#include "cause/xid.h"

#include <stddef.h>

#include "cause/cause.h"

#define XID_CATALOGUE "https://docs.nvidia.com/deploy/xid-errors/index.html"

#define SHOW_LOG "sudo dmesg | grep -E 'NVRM|Xid|pciehp|AER' | head -40"
#define POWER_CYCLE "# shut down, switch the enclosure off and on, power on again"
#define OPEN_GPU_ISSUE "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"

/* What the GPU itself reports: Xids, and its management processor (GSP) that does not start. */
const struct cause causes_xid[] = {
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
	    .id = "gpu-hardware-fault",
	    .link = "driver",
	    .title = "the GPU, its power or its seat is faulty",
	    .why = "It is lost under load or answers with errors, and no setting of the host "
		   "explains it. Power supply, cable, slot and the card itself are the usual "
		   "reasons, in that order.",
	    .remedy = { "# change one thing at a time, each with the power off:",
			"# every power plug, another supply, the card seated anew, another slot",
			"# is it stable with less load? sudo nvidia-smi -pl WATTS", SHOW_LOG },
	    .source = "https://docs.nvidia.com/deploy/gpu-debug-guidelines/index.html",
	    .sign = SIGNS({ 50, "Unable to determine the device handle for" },
			  { 45, "GPU is lost. Reboot the system" }, { 55, "infoROM is corrupted" },
			  { 45, "[Unknown Error]" }, { 60, "ERR! / ERR!" },
			  { 50, "ERR! ERR! ERR!" }, { 50, "ERR! / #W" }),
	},
	{
	    .id = "gpu-power-missing",
	    .link = "driver",
	    .title = "the GPU's power plugs are not all connected",
	    .why = "The card takes more than the slot gives, and says that its own plugs carry no "
		   "power.",
	    .remedy = { "# Shut down, connect every power plug of the card in the enclosure,",
			"# power on again." },
	    .source = "https://docs.nvidia.com/deploy/nvml-api/",
	    .sign = SIGNS({ 95, "does not have the necessary power cables" },
			  { 92, "necessary power cables connected" },
			  { 92, "Insufficient External Power" },
			  { 50, "RmInitAdapter failed! (0x*:0x1c:" }),
	    .explains = { "probe-failed", "driver-init-failed", "gsp-boot-failed",
			  "driver-lists-no-gpu", "gpu-lost" },
	},
	{
	    .id = "gpu-memory-fault",
	    .link = "driver",
	    .title = "the GPU's memory gives wrong bits",
	    .why = "ECC found errors that it could not correct. What was computed with them "
		   "failed or is wrong.",
	    .remedy = { "nvidia-smi -q -d ECC,PAGE_RETIREMENT,ROW_REMAPPER",
			"# Reboot, so that the driver puts the bad rows aside. If it comes again,",
			"# the card is to be replaced." },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "xid-154", "xid-13", "xid-31", "xid-109", "xid-reset",
			  "cuda-kernel-crashed", "ollama-fell-back-to-cpu" },
	    .sign = SIGNS(
		{ 90, "uncorrectable ECC error encountered" }, { 88, "ERROR_ECC_UNCORRECTABLE" },
		{ 88, "cudaErrorECCUncorrectable" }, { 88, "uncorrectable ECC error detected" },
		{ 75, "ECC error encountered, GPU" }, { 90, "Remapping Failure Occurred : Yes" },
		{ 70, "Pending Page Blacklist : Yes" }, { 85, "SRAM Threshold Exceeded : Yes" },
		{ 70, "row remap failure" }, { 60, "Pending : Yes" }),
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
	    .explains = { "driver-init-failed", "xid-119-gsp-timeout", "xid-154", "gpu-lost",
			  "persistenced-failed", "persistenced-start-limit", "driver-lists-no-gpu",
			  "cuda-no-device", "ollama-discovery-timeout" },
	    .sign = SIGNS(
		{ 82, "Cannot initialize GSP firmware RM" }, { 82, "Failed to boot GSP" },
		{ 80, "cannot initialize GSP-RM" },
		{ 80, "Booter failed with non-zero error code" },
		{ 85, "cannot bootstrap riscv/gsp" }, { 85, "error while attempting to boot GSP" },
		{ 80, "Fatal GSP-FMC Error" }, { 75, "kgspSendInitRpcs failed" },
		{ 85, "failed to wait for GFW" }, { 75, "FWSEC cmd 0x" },
		{ 75, "failed to execute FWSEC" }, { 80, "failed to execute Booter Load" },
		{ 82, "Timeout waiting for lockdown release" },
		{ 82, "Timeout waiting for GSP target mask release" },
		{ 80, "GSP-RM proxy boot command failed" }, { 70, "(GSP_INIT_DONE)" },
		{ 45, "waiting for RPC response from GSP. Expected" },
		{ 75, "failed to extract VBIOS image from ROM" },
		{ 70, "failed to parse FWSEC ucode" }, { 80, "Max GSP-RM boot attempts exceeded" },
		{ 80, "polling for FSP boot complete" }, { 80, "FSP boot cmds failed. RM" },
		{ 75, "FSP secure boot *failed" }, { 75, "FSP secure boot *timed out" },
		{ 72, "FSP command timed out" }, { 72, "FSP queues to be empty" },
		{ 75, "FSP fuse error check has failed" }),
	},
	{
	    .id = "gsp-firmware-missing",
	    .link = "driver",
	    .title = "the driver does not find the GPU's firmware",
	    .why = "The modules load a firmware file (gsp_*.bin) of their own version from "
		   "/lib/firmware/nvidia, and it is not there. The driver's packages are of "
		   "several versions, or the early image was built without it.",
	    .remedy = { "ls /lib/firmware/nvidia/*/gsp_*.bin*; modinfo -F version nvidia",
			"arch|sudo pacman -S nvidia-utils; sudo mkinitcpio -P",
			"debian|sudo apt install firmware-nvidia-gsp; sudo update-initramfs -u -k "
			"all",
			"debian|# Ubuntu: nvidia-firmware-BRANCH, of the modules' version",
			"fedora|sudo dnf reinstall xorg-x11-drv-nvidia; sudo dracut --force "
			"--regenerate-all",
			OSTREE_OTHER_IMAGE, NIXOS_REBUILD,
			"other|# install all packages of the driver in one version", "# reboot" },
	    .source = "https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/gsp.html",
	    .explains = { "gsp-boot-failed", "driver-init-failed", "persistenced-failed",
			  "persistenced-start-limit", "driver-lists-no-gpu", "cuda-no-device" },
	    .sign = SIGNS(
		{ 93, "Direct firmware load for nvidia/*gsp*failed" },
		{ 85, "/nvidia/*gsp*.bin failed with error" }, { 85, "No firmware image found" },
		{ 85, "need firmware to initialize GSP" }, { 85, "GSP firmware validation failed" },
		{ 85, "GSP firmware image version mismatch" },
		{ 75, "RmInitAdapter failed! (0x61:" }),
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
	    .explains = { "gsp-boot-failed", "driver-init-failed", "xid-119-gsp-timeout",
			  "gpu-lost", "persistenced-failed", "persistenced-start-limit",
			  "driver-lists-no-gpu", "cuda-no-device" },
	    .sign = SIGNS({ 97, "unexpected WPR2 already up" },
			  { 60, "RmInitAdapter failed! (0x62:0x40:" },
			  { 70, "GPU is likely in a bad state and may need to be reset" }),
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
	    .explains = { "xid-154", "xid-45", "xid-109", "xid-reset", "xid-other", "gpu-lost",
			  "driver-stuck", "driver-init-failed", "nvml-unknown-error",
			  "ollama-discovery-timeout" },
	    .sign = SIGNS(
		{ 90, "of waiting for RPC response from GPU" },
		{ 90, "Timeout waiting for RPC from GSP" }, { 85, "GSP RM heartbeat timed out" },
		{ 82, "Heartbeat timed out, currentTimeMs" }, { 85, "GSP task exception" },
		{ 80, "GSP-RM unresponsive" }, { 80, "GSP core unresponsive" },
		{ 70, "GSP RPC buffer contains function" }, { 80, "rpcRecvPoll timedout for fn" },
		{ 75, "rpcSendMessage failed with status 0x00000065" },
		{ 75, "Rate limiting GSP RPC error prints" }, { 80, "for critical error 119" },
		{ 80, "for critical error 120" }, { 35, "A GPU crash dump has been created" },
		{ 80, "GSP-CrashCat Report" }, { 75, "from GSP to trigger bugcheck" }),
	},
	{
	    .id = "xid-154",
	    .link = "driver",
	    .title = "the driver asks for a reset of the GPU",
	    .why = "After an error the driver says which recovery it needs, and has not had it "
		   "yet. The cause is the Xid before this one.",
	    .remedy = { SHOW_LOG, "# stop what uses the GPU, then reboot" },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "gpu-lost", "ollama-discovery-timeout" },
	    .sign = SIGNS({ 70, "GPU recovery action changed from" },
			  { 75, "GPU Recovery Action : Re" }, { 70, "Node Reboot Required" }),
	},
	{
	    .id = "xid-reset",
	    .link = "driver",
	    .title = "the GPU needs a reset",
	    .why = "The driver met an error that it cannot clear while the GPU runs. Programs that "
		   "use the GPU fail until it was reset, which behind a tunnel means a reboot.",
	    .remedy = { "# stop what uses the GPU, then reboot", SHOW_LOG },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "xid-109", "gpu-lost", "ollama-discovery-timeout" },
	    .sign = SIGNS({ 75, "GPU requires reset" }, { 75, "GPU requires restart" },
			  { 60, "NV_ERR_RESET_REQUIRED" }, { 60, "NV_ERR_GPU_IN_FULLCHIP_RESET" },
			  { 45, "RC all channels for critical error" }),
	},
	{
	    .id = "xid-13",
	    .link = "driver",
	    .title = "a program made the GPU stop its work",
	    .why = "Mostly a fault of that program, seldom of the GPU. It has ended; others go on.",
	    .remedy = { SHOW_LOG, "# update the program; does it come with several, test the GPU" },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "xid-109", "xid-154" },
	    .sign =
		SIGNS({ 85, "Graphics SM Warp Exception" }, { 80, "Graphics SM Global Exception" },
		      { 85, "Graphics Exception: ESR" }),
	},
	{
	    .id = "xid-31",
	    .link = "driver",
	    .title = "a program used GPU memory that is not its own",
	    .why = "Mostly a fault of that program, seldom of the GPU or the link. It has ended; "
		   "others go on.",
	    .remedy = { SHOW_LOG, "# update the program; does it come with several, test the GPU" },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "xid-109", "xid-154" },
	    .sign = SIGNS({ 85, "MMU Fault: ENGINE" }, { 70, "Fault is of type FAULT_" }),
	},
	{
	    .id = "xid-38",
	    .link = "driver",
	    .title = "firmware on the GPU made an error",
	    .why = "The work of one program was thrown away. If it comes back, try another driver "
		   "release.",
	    .remedy = { SHOW_LOG, "# restart what used the GPU" },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "xid-109", "xid-154" },
	},
	{
	    .id = "xid-109",
	    .link = "driver",
	    .title = "the GPU did not switch from one program to the next in time",
	    .why = "The driver threw the work of one program away. If it comes back, the GPU needs "
		   "a reset or another driver release.",
	    .remedy = { SHOW_LOG, "# restart what used the GPU" },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "xid-154" },
	    .sign = SIGNS({ 85, "errorString CTX SWITCH TIMEOUT" }),
	},
	{
	    .id = "xid-nvlink",
	    .link = "driver",
	    .title = "an error on NVLink",
	    .why = "A link between GPUs failed. A single external GPU does not use it.",
	    .remedy = { SHOW_LOG, "nvidia-smi nvlink -e" },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45", "xid-154" },
	    .sign = SIGNS({ 60, "SXid (PCI:0" }, { 75, "NVLink: fatal error detected" },
			  { 70, "NVLink: Link training failed" },
			  { 65, "NVLink: failed to train link" }),
	},
	{
	    .id = "xid-other",
	    .link = "driver",
	    .title = "the driver reported an error of the GPU",
	    .why = "NVIDIA's catalogue says what this Xid means. The GPU has gone on since.",
	    .remedy = { SHOW_LOG },
	    .source = XID_CATALOGUE,
	    .explains = { "xid-45" },
	},
	{
	    .id = "xid-45",
	    .link = "driver",
	    .title = "the driver ended a program's work on the GPU",
	    .why = "It cleans up behind a program that ended, or after an earlier error, which "
		   "then is the "
		   "cause. Alone and seldom it means nothing.",
	    .remedy = { SHOW_LOG, "# is there an Xid before it? that one is the cause" },
	    .source = XID_CATALOGUE,
	},
	{ 0 },
};

static const struct xid unnamed = { 0, 0, XID_CHANNEL, "xid-other",
				    "an error that has no public name" };

/*
 * NVIDIA's catalogue (XID_CATALOGUE, "Analyzing Xid Errors"), for older GPUs its first editions;
 * the names in the driver's nverror.h.
 */
static const struct xid xids[] = {
	{ 1, 7, XID_CHANNEL, "xid-other", "invalid or corrupt command stream" },
	{ 8, 8, XID_CHANNEL, "xid-other", "the GPU stopped processing" },
	{ 9, 9, XID_CHANNEL, "xid-other", "the driver programmed the GPU wrongly" },
	{ 11, 11, XID_CHANNEL, "xid-other", "invalid or corrupt command stream" },
	{ 12, 12, XID_CHANNEL, "xid-other", "the driver handled an exception wrongly" },
	{ 13, 13, XID_APPLICATION, "xid-13", "exception in a compute or graphics program" },
	{ 16, 16, XID_INFO, "", "display engine hung" },
	{ 18, 18, XID_INFO, "", "bus mastering disabled" },
	{ 19, 19, XID_INFO, "", "display engine error" },
	{ 20, 22, XID_CHANNEL, "xid-other", "corrupt command stream of the video processor" },
	{ 23, 23, XID_INFO, "", "error logging enabled" },
	{ 24, 24, XID_CHANNEL, "xid-other", "semaphore timeout" },
	{ 25, 25, XID_CHANNEL, "xid-other", "invalid command stream" },
	{ 26, 26, XID_CHANNEL, "xid-other", "frame buffer timeout" },
	{ 27, 29, XID_CHANNEL, "xid-other", "video processor exception" },
	{ 30, 30, XID_CHANNEL, "xid-other", "semaphore access error" },
	{ 31, 31, XID_APPLICATION, "xid-31", "memory page fault of a program" },
	{ 32, 32, XID_CHANNEL, "xid-other", "corrupt command stream" },
	{ 33, 33, XID_CHANNEL, "xid-other", "internal controller error" },
	{ 34, 36, XID_CHANNEL, "xid-other", "video processor exception" },
	{ 37, 37, XID_CHANNEL, "xid-38", "driver firmware error" },
	{ 38, 38, XID_CHANNEL, "xid-38", "driver firmware error" },
	{ 39, 41, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 42, 42, XID_CHANNEL, "xid-other", "video processor exception" },
	{ 43, 43, XID_FOLLOWER, "xid-45", "a program's channel was reset" },
	{ 44, 44, XID_CHANNEL, "xid-other", "fault during a context switch" },
	{ 45, 45, XID_FOLLOWER, "xid-45", "a program's channel was removed" },
	{ 46, 46, XID_RESET, "xid-reset", "the GPU stopped processing" },
	{ 47, 47, XID_CHANNEL, "xid-other", "video encoder exception" },
	{ 48, 48, XID_MEMORY, "gpu-memory-fault", "double-bit memory error" },
	{ 54, 54, XID_RESET, "gpu-power-missing", "auxiliary power is not connected" },
	{ 56, 56, XID_INFO, "", "display engine error" },
	{ 57, 57, XID_INFO, "", "display engine error" },
	{ 58, 58, XID_MEMORY, "gpu-memory-fault", "unstable video memory interface" },
	{ 59, 59, XID_RESET, "xid-reset", "error of the power management unit" },
	{ 60, 60, XID_CHANNEL, "xid-other", "video processor exception" },
	{ 61, 61, XID_RESET, "xid-reset", "breakpoint of the power management unit" },
	{ 62, 62, XID_RESET, "xid-reset", "the power management unit halted" },
	{ 63, 63, XID_INFO, "", "a bad memory page was retired" },
	{ 64, 64, XID_MEMORY, "gpu-memory-fault", "a bad memory page could not be retired" },
	{ 65, 65, XID_CHANNEL, "xid-other", "video encoder exception" },
	{ 66, 67, XID_CHANNEL, "xid-other", "illegal access by the driver" },
	{ 68, 68, XID_CHANNEL, "xid-other", "video decoder exception" },
	{ 69, 69, XID_APPLICATION, "xid-13", "graphics engine class error" },
	{ 70, 72, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 73, 73, XID_CHANNEL, "xid-other", "video encoder exception" },
	{ 74, 74, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 75, 77, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 78, 78, XID_CHANNEL, "xid-other", "a virtual GPU could not be started" },
	{ 79, 79, XID_LOST, "gpu-fallen-off-bus", "the GPU fell off the bus" },
	{ 80, 80, XID_CHANNEL, "xid-other", "corrupt data was sent to the GPU" },
	{ 81, 81, XID_INFO, "", "VGA subsystem error" },
	{ 82, 82, XID_CHANNEL, "xid-other", "JPEG engine exception" },
	{ 83, 84, XID_CHANNEL, "xid-other", "video decoder exception" },
	{ 85, 85, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 86, 86, XID_CHANNEL, "xid-other", "optical flow engine exception" },
	{ 87, 87, XID_INFO, "", "report of the driver's telemetry" },
	{ 88, 89, XID_CHANNEL, "xid-other", "video decoder exception" },
	{ 90, 90, XID_MEMORY, "gpu-memory-fault", "error in the level 2 cache" },
	{ 92, 92, XID_MEMORY, "gpu-memory-fault", "many single-bit memory errors" },
	{ 93, 93, XID_INFO, "", "too many writes to the InfoROM" },
	{ 94, 94, XID_MEMORY, "gpu-memory-fault", "contained memory error" },
	{ 95, 95, XID_MEMORY, "gpu-memory-fault", "uncontained memory error" },
	{ 96, 98, XID_CHANNEL, "xid-other", "video decoder exception" },
	{ 99, 105, XID_CHANNEL, "xid-other", "JPEG engine exception" },
	{ 106, 107, XID_INFO, "", "test message" },
	{ 108, 108, XID_NVLINK, "xid-nvlink", "NVLink address translation error" },
	{ 109, 109, XID_CHANNEL, "xid-109", "context switch timeout" },
	{ 110, 110, XID_RESET, "xid-reset", "security fault" },
	{ 111, 118, XID_INFO, "", "display engine error" },
	{ 119, 119, XID_GSP, "xid-119-gsp-timeout", "the GSP did not answer" },
	{ 120, 120, XID_GSP, "xid-119-gsp-timeout", "error in the GSP" },
	{ 121, 121, XID_NVLINK, "xid-nvlink", "chip-to-chip link error" },
	{ 122, 122, XID_INFO, "", "reading the SPI flash failed" },
	{ 123, 123, XID_INFO, "", "writing the SPI flash failed" },
	{ 124, 124, XID_INFO, "", "erasing the SPI flash failed" },
	{ 125, 125, XID_INFO, "", "InfoROM file system error" },
	{ 126, 135, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 136, 136, XID_RESET, "xid-reset", "link training failed" },
	{ 137, 137, XID_NVLINK, "xid-nvlink", "NVLink privilege error" },
	{ 138, 138, XID_CHANNEL, "xid-other", "deep learning accelerator exception" },
	{ 139, 139, XID_CHANNEL, "xid-other", "optical flow engine exception" },
	{ 140, 140, XID_MEMORY, "gpu-memory-fault", "memory error that could not be corrected" },
	{ 141, 141, XID_INFO, "", "CUDA fast path error" },
	{ 142, 142, XID_CHANNEL, "xid-other", "video encoder exception" },
	{ 143, 143, XID_RESET, "xid-reset", "the GPU could not be initialised" },
	{ 144, 150, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 151, 151, XID_RESET, "xid-reset", "key rotation failed" },
	{ 152, 153, XID_CHANNEL, "xid-other", "deep learning accelerator exception" },
	{ 154, 154, XID_FOLLOWER, "xid-154", "the driver names the recovery that it needs" },
	{ 155, 155, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 156, 156, XID_INFO, "", "a bad resource was retired" },
	{ 157, 157, XID_MEMORY, "gpu-memory-fault", "a bad resource could not be retired" },
	{ 158, 158, XID_RESET, "xid-reset", "fatal timeout of the GPU" },
	{ 159, 159, XID_CHANNEL, "xid-other", "error on the chip interconnect" },
	{ 160, 160, XID_INFO, "", "a bad memory channel was retired" },
	{ 161, 161, XID_MEMORY, "gpu-memory-fault", "a bad memory channel could not be retired" },
	{ 162, 165, XID_INFO, "", "state of the power smoothing circuit" },
	{ 166, 166, XID_NVLINK, "xid-nvlink", "NVLink encryption error" },
	{ 167, 167, XID_RESET, "xid-reset", "fatal timeout of the PCIe link" },
	{ 168, 168, XID_MEMORY, "gpu-memory-fault", "the GPU has less memory than it should" },
	{ 169, 169, XID_RESET, "xid-reset", "the security processor halted" },
	{ 170, 170, XID_NVLINK, "xid-nvlink", "NVLink encryption error" },
	{ 171, 171, XID_MEMORY, "gpu-memory-fault",
	  "video memory error that could not be corrected" },
	{ 172, 172, XID_MEMORY, "gpu-memory-fault", "cache error that could not be corrected" },
	{ 173, 173, XID_NVLINK, "xid-nvlink", "chip-to-chip link failure" },
	{ 174, 174, XID_FOLLOWER, "xid-45", "a program's channel was reset" },
	{ 175, 175, XID_MEMORY, "gpu-memory-fault", "error in the memory subsystem" },
	{ 176, 176, XID_INFO, "", "the PCIe link corrected errors" },
	{ 10001, 99999, XID_NVLINK, "xid-nvlink", "error of an NVLink switch (SXid)" },
};

const char *xid_action(enum xid_class class)
{
	switch (class) {
	case XID_APPLICATION:
		return "look for the fault in the program that the line names";
	case XID_CHANNEL:
		return "start the program again; if it comes again, update the driver";
	case XID_RESET:
		return "reset the GPU, or reboot";
	case XID_LOST:
		return "shut down, and take the enclosure's power away";
	case XID_GSP:
		return "reboot; nvidia-smi may hang until then";
	case XID_MEMORY:
		return "reboot; if it comes again, have the card replaced";
	case XID_NVLINK:
		return "look at the NVLink bridges or switches, and reset the GPUs";
	case XID_FOLLOWER:
		return "look at the Xid before it";
	case XID_INFO:
		return "nothing to do";
	}
	return "";
}

const struct xid *xid_of_code(uint64_t code)
{
	for (size_t i = 0; i < sizeof(xids) / sizeof(xids[0]); i++)
		if (code >= xids[i].first && code <= xids[i].last)
			return &xids[i];
	return &unnamed;
}
