/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define KERNEL_THUNDERBOLT "https://docs.kernel.org/admin-guide/thunderbolt.html"
#define BOLTCTL "https://manpages.debian.org/bookworm/bolt/boltctl.1.en.html"

const struct cause causes_enclosure[] = {
	{
	    .id = "enclosure-not-authorized",
	    .link = "enclosure",
	    .title = "the enclosure is connected, but nobody has authorised it",
	    .why = "At this security level a Thunderbolt device gets a PCI Express tunnel only "
		   "after it was authorised, since it could read the host's memory. Until then "
		   "its GPU is not on the bus.",
	    .remedy = { "# enrol it only if it is yours; it is then authorised at every connection",
			"boltctl enroll --policy auto {}",
			"# without boltd: install the package bolt first" },
	    .source = BOLTCTL,
	},
	{
	    .id = "enclosure-authorization-failed",
	    .link = "enclosure",
	    .title = "the enclosure was to be authorised, and the controller refused",
	    .why = "The kernel could not open the tunnel: a bad cable, firmware that hangs, or a "
		   "key that the enclosure no longer has. Nothing behind it can appear.",
	    .remedy = { "# pull the cable, switch the enclosure off and on, plug in again",
			"boltctl authorize {}",
			"# still refused: forget it, enrol it anew, or try another cable",
			"boltctl forget {}" },
	    .source = BOLTCTL,
	},
	{
	    .id = "enclosure-not-enrolled",
	    .link = "enclosure",
	    .title = "the enclosure is authorised for now only",
	    .why = "boltd has not stored it, so that somebody must authorise it by hand after "
		   "every boot. Until then the GPU is missing and everything falls to the CPU.",
	    .remedy = { "boltctl enroll --policy auto {}" },
	    .source = BOLTCTL,
	    .stands_alone = true,
	},
	{
	    .id = "enclosure-policy-manual",
	    .link = "enclosure",
	    .title = "the enclosure is stored, but never authorised by itself",
	    .why = "Its policy in boltd is manual: after every boot somebody must authorise it by "
		   "hand. Until then the GPU is missing and everything falls to the CPU.",
	    .remedy = { "# a stored policy is changed by storing it anew; the GPU stays connected",
			"boltctl forget {}", "boltctl enroll --policy auto {}" },
	    .source = BOLTCTL,
	    .stands_alone = true,
	},
	{
	    .id = "enclosure-policy-iommu-without-iommu",
	    .link = "enclosure",
	    .title = "the enclosure waits for an IOMMU protection that is off",
	    .why = "With the policy iommu boltd authorises the enclosure only where the kernel "
		   "protects memory from it (iommu_dma_protection). Here it does not, so that it "
		   "never happens by itself.",
	    .remedy = { "# either the policy auto, which trusts the enclosure:",
			"boltctl forget {}", "boltctl enroll --policy auto {}",
			"# or firmware setup: VT-d or AMD-Vi on, Kernel DMA Protection on" },
	    .source = KERNEL_THUNDERBOLT,
	    .stands_alone = true,
	},
	{
	    .id = "enclosure-sources-disagree",
	    .link = "enclosure",
	    .title = "the kernel and boltd say different things of the enclosure",
	    .why = "The kernel's word counts. The other one is of an earlier moment: the cable was "
		   "pulled in between, or boltd missed an event.",
	    .remedy = { "sudo systemctl restart bolt", "boltctl list" },
	    .source = BOLTCTL,
	},
	{
	    .id = "enclosure-not-seen",
	    .link = "enclosure",
	    .title = "a known enclosure is not connected",
	    .why = "boltd has stored it, but the controller does not see it now: no power, no "
		   "cable, a port without Thunderbolt, or a USB-C cable that carries USB only.",
	    .remedy = { "# switch the enclosure on; use its own or a certified Thunderbolt cable,",
			"# in a port with the Thunderbolt sign; then look for \"new device "
			"found\":",
			"sudo dmesg | grep -i thunderbolt | tail -20",
			"# it is gone for good: boltctl forget {}" },
	    .source = KERNEL_THUNDERBOLT,
	},
	{
	    .id = "cable-slow",
	    .link = "enclosure",
	    .title = "the cable carries less than the enclosure could",
	    .why = "A link of one lane, or of 10 Gb/s lanes, halves what models are loaded and "
		   "prompts are read with. The usual reasons are a long passive cable, one for "
		   "20 Gb/s, or a plug that is not fully in.",
	    .remedy = { "# use a Thunderbolt cable marked 40 Gb/s, up to 0.8 m where it is passive",
			"# turn the plug round, try the other port, then look again:",
			"boltctl list" },
	    .source = "https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-bus-thunderbolt",
	    .stands_alone = true,
	},
	{ 0 },
};
