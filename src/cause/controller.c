/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define KERNEL_THUNDERBOLT "https://docs.kernel.org/admin-guide/thunderbolt.html"

const struct cause causes_controller[] = {
	{
	    .id = "thunderbolt-driver-missing",
	    .link = "controller",
	    .title = "no driver has bound the Thunderbolt controller",
	    .why = "Without the thunderbolt driver the kernel sees no enclosure and opens no "
		   "tunnel to it. The module is blacklisted, missing from this kernel, or failed "
		   "when it started.",
	    .remedy = { "sudo modprobe thunderbolt",
			"sudo dmesg | grep -i thunderbolt | tail -20" },
	    .lasting = { "# take away what keeps the module from loading:",
			 "grep -rn thunderbolt /etc/modprobe.d /usr/lib/modprobe.d /proc/cmdline",
			 "# or boot a kernel that is built with CONFIG_USB4" },
	    .source = KERNEL_THUNDERBOLT,
	},
	{
	    .id = "thunderbolt-security-dponly",
	    .link = "controller",
	    .title = "the firmware lets no PCI Express through Thunderbolt",
	    .why = "At this security level the port carries display and USB only, so that an "
		   "enclosure may be authorised and still no GPU can appear. It is set in the "
		   "firmware, not in Linux.",
	    .remedy = { "# firmware setup: set Thunderbolt security to \"user authorization\", or",
			"# allow PCIe tunnelling; then shut down and power on again" },
	    .source = KERNEL_THUNDERBOLT,
	},
	{ 0 },
};
