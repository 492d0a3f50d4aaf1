/* SPDX-License-Identifier: MIT */
#include "cause/xid.h"

#include <stddef.h>

static const struct xid unnamed = { 0, XID_CHANNEL, "xid-other",
				    "an error that has no public name" };

static const struct xid xids[] = {
	{ 8, XID_CHANNEL, "xid-other", "the GPU stopped processing" },
	{ 13, XID_APPLICATION, "xid-13", "exception in a compute or graphics program" },
	{ 16, XID_INFO, "", "display engine hung" },
	{ 18, XID_INFO, "", "bus mastering disabled" },
	{ 19, XID_INFO, "", "display engine error" },
	{ 23, XID_INFO, "", "error logging enabled" },
	{ 31, XID_APPLICATION, "xid-31", "memory page fault of a program" },
	{ 32, XID_CHANNEL, "xid-other", "corrupt command stream" },
	{ 38, XID_CHANNEL, "xid-38", "driver firmware error" },
	{ 39, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 40, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 41, XID_CHANNEL, "xid-other", "copy engine exception" },
	{ 43, XID_FOLLOWER, "", "a program's channel was reset" },
	{ 44, XID_CHANNEL, "xid-other", "fault during a context switch" },
	{ 45, XID_FOLLOWER, "", "a program's channel was removed" },
	{ 46, XID_RESET, "xid-reset", "the GPU stopped processing" },
	{ 48, XID_MEMORY, "gpu-memory-fault", "double-bit memory error" },
	{ 54, XID_RESET, "gpu-power-missing", "auxiliary power is not connected" },
	{ 56, XID_INFO, "", "display engine error" },
	{ 57, XID_INFO, "", "display engine error" },
	{ 58, XID_MEMORY, "gpu-memory-fault", "unstable video memory interface" },
	{ 61, XID_RESET, "xid-reset", "breakpoint of the power management unit" },
	{ 62, XID_RESET, "xid-reset", "the power management unit halted" },
	{ 63, XID_INFO, "", "a bad memory page was retired" },
	{ 64, XID_MEMORY, "gpu-memory-fault", "a bad memory page could not be retired" },
	{ 65, XID_CHANNEL, "xid-other", "video encoder exception" },
	{ 66, XID_CHANNEL, "xid-other", "illegal access by the driver" },
	{ 67, XID_CHANNEL, "xid-other", "illegal access by the driver" },
	{ 68, XID_CHANNEL, "xid-other", "video decoder exception" },
	{ 69, XID_APPLICATION, "xid-13", "graphics engine class error" },
	{ 74, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 79, XID_LOST, "gpu-fallen-off-bus", "the GPU fell off the bus" },
	{ 92, XID_MEMORY, "gpu-memory-fault", "many single-bit memory errors" },
	{ 93, XID_INFO, "", "too many writes to the InfoROM" },
	{ 94, XID_MEMORY, "gpu-memory-fault", "contained memory error" },
	{ 95, XID_MEMORY, "gpu-memory-fault", "uncontained memory error" },
	{ 109, XID_CHANNEL, "xid-109", "context switch timeout" },
	{ 110, XID_RESET, "xid-reset", "security fault" },
	{ 119, XID_GSP, "xid-119-gsp-timeout", "the GSP did not answer" },
	{ 120, XID_GSP, "xid-119-gsp-timeout", "error in the GSP" },
	{ 121, XID_NVLINK, "xid-nvlink", "chip-to-chip link error" },
	{ 122, XID_INFO, "", "reading the SPI flash failed" },
	{ 123, XID_INFO, "", "writing the SPI flash failed" },
	{ 124, XID_INFO, "", "erasing the SPI flash failed" },
	{ 125, XID_INFO, "", "InfoROM file system error" },
	{ 136, XID_RESET, "xid-reset", "link training failed" },
	{ 137, XID_NVLINK, "xid-nvlink", "NVLink privilege error" },
	{ 140, XID_MEMORY, "gpu-memory-fault", "memory error that could not be corrected" },
	{ 143, XID_RESET, "xid-reset", "the GPU could not be initialised" },
	{ 144, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 145, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 146, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 147, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 148, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 149, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 150, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 151, XID_RESET, "xid-reset", "key rotation failed" },
	{ 154, XID_FOLLOWER, "", "the driver names the recovery that it needs" },
	{ 155, XID_NVLINK, "xid-nvlink", "NVLink error" },
	{ 156, XID_INFO, "", "a bad resource was retired" },
	{ 157, XID_MEMORY, "gpu-memory-fault", "a bad resource could not be retired" },
	{ 158, XID_RESET, "xid-reset", "fatal timeout of the GPU" },
	{ 160, XID_INFO, "", "a bad memory channel was retired" },
	{ 161, XID_MEMORY, "gpu-memory-fault", "a bad memory channel could not be retired" },
	{ 167, XID_RESET, "xid-reset", "fatal timeout of the PCIe link" },
	{ 168, XID_MEMORY, "gpu-memory-fault", "the GPU has less memory than it should" },
	{ 169, XID_RESET, "xid-reset", "the security processor halted" },
	{ 171, XID_MEMORY, "gpu-memory-fault", "video memory error that could not be corrected" },
	{ 172, XID_MEMORY, "gpu-memory-fault", "cache error that could not be corrected" },
	{ 174, XID_FOLLOWER, "", "a program's channel was reset" },
	{ 175, XID_MEMORY, "gpu-memory-fault", "error in the memory subsystem" },
};

const struct xid *xid_of_code(uint64_t code)
{
	for (size_t i = 0; i < sizeof(xids) / sizeof(xids[0]); i++)
		if (xids[i].code == code)
			return &xids[i];
	return &unnamed;
}
