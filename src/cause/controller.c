/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define KERNEL_THUNDERBOLT "https://docs.kernel.org/admin-guide/thunderbolt.html"

/*
 * Wordings: drivers/thunderbolt of Linux 4.13 to 6.18, boltctl and boltd of
 * bolt 0.1 to 0.9.
 */
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
	    .explains = { "enclosure-not-seen", "enclosure-not-authorized", "bolt-missing",
			  "gpu-not-on-bus", "no-gpu-here", "gpu-late" },
	    .sign = SIGNS(
		{ 95, "Module thunderbolt not found" }, { 92, "could not insert 'thunderbolt'" },
		{ 92, "^blacklist thunderbolt$" }, { 92, "^install thunderbolt /bin/" },
		{ 92, "blacklist=thunderbolt " }, { 92, "blacklist=thunderbolt," },
		{ 92, "blacklist=thunderbolt$" }, { 92, "blacklist=*,thunderbolt " },
		{ 92, "blacklist=*,thunderbolt$" }, { 90, "Module thunderbolt is blacklisted" },
		{ 85, "CONFIG_USB4 is not set" }, { 85, "CONFIG_THUNDERBOLT is not set" },
		{ 85, "thunderbolt: probe of * failed with error" },
		{ 85, "probe with driver thunderbolt failed with error" },
		{ 80, "failed to determine connection manager, aborting" },
		{ 75, "'/sys/bus/thunderbolt': No such file" },
		{ 75, "'/sys/bus/thunderbolt/': No such file" },
		{ 75, "/sys/bus/thunderbolt/devices': No such file" },
		{ 75, "/sys/bus/thunderbolt/devices/': No such file" },
		{ 75, "/sys/bus/thunderbolt/devices: No such file" },
		{ 75, "/sys/bus/thunderbolt/devices/*/security: No such file" }),
	},
	{
	    .id = "thunderbolt-controller-unbound",
	    .link = "controller",
	    .title = "the thunderbolt driver has left out one controller",
	    .why = "The driver is loaded, and this controller was taken from it or held by "
		   "another driver. What is plugged into its ports is not seen, while other "
		   "ports may work.",
	    .remedy = { "# where another driver holds it (lspci -k -s {}), unbind it there first",
			"echo {} | sudo tee /sys/bus/pci/drivers/thunderbolt/bind",
			"sudo dmesg | grep -i thunderbolt | tail -20" },
	    .lasting = { "# take away what sets it aside for another driver:",
			 "grep -rnE 'vfio|driver_override' /etc/modprobe.d /etc/udev/rules.d "
			 "/proc/cmdline" },
	    .source = "https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-bus-pci",
	    .explains = { "enclosure-not-seen", "enclosure-not-authorized", "bolt-missing",
			  "gpu-not-on-bus", "no-gpu-here", "gpu-late" },
	},
	{
	    .id = "thunderbolt-firmware-failed",
	    .link = "controller",
	    .title = "the Thunderbolt controller's own firmware does not run",
	    .why = "The driver found the controller and could not start the firmware in it, so "
		   "that nothing that is plugged in is seen. It hangs, or an update of it was "
		   "broken off.",
	    .remedy = { "# shut down, take the power plug out for a minute (laptop: hold the power",
			"# button for 15 s), then power on without the enclosure, plug it in after",
			"sudo dmesg | grep -i thunderbolt | tail -20" },
	    .lasting = { "sudo fwupdmgr refresh && sudo fwupdmgr update",
			 "# or the newest firmware (BIOS, Thunderbolt) of the computer's maker" },
	    .source = KERNEL_THUNDERBOLT,
	    .explains = { "thunderbolt-driver-missing", "enclosure-not-seen", "gpu-not-on-bus",
			  "no-gpu-here" },
	    .sign = SIGNS({ 95, "ICM firmware not authenticated" },
			  { 95, "could not start ICM firmware" },
			  { 95, "ICM firmware is in wrong mode" },
			  { 95, "failed to send driver ready to ICM" },
			  { 95, "Thunderbolt host controller is in safe mode" },
			  { 90, "You need to update NVM firmware of the controller" },
			  { 90, "thunderbolt *firmware image not valid, aborting" },
			  { 90, "failed to read root switch config space, giving up" },
			  { 90, "thunderbolt *timeout resetting host router" },
			  { 85, "switch flash authentication failed" },
			  { 85, "thunderbolt *failed to authenticate NVM" }),
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
	    .explains = { "enclosure-not-authorized", "enclosure-authorization-failed",
			  "gpu-not-on-bus", "gpu-late", "no-gpu-here" },
	    .sign = SIGNS(
		{ 95, "security: dponly" }, { 95, "security: usbonly" }, { 95, "security: nopcie" },
		{ 95, "security = dponly" }, { 95, "security = usbonly" },
		{ 95, "security = nopcie" }, { 95, "security=dponly" }, { 95, "security=usbonly" },
		{ 95, "security=nopcie" }, { 95, "/security:dponly" }, { 95, "/security:usbonly" },
		{ 95, "/security:nopcie" }, { 95, "Security Level: dponly" },
		{ 95, "Security Level: usbonly" }, { 95, "security level set to 'dponly'" },
		{ 95, "security level set to 'usbonly'" }, { 95, "newly connected [dponly]" },
		{ 95, "newly connected [usbonly]" }, { 95, "connected: as *[dponly]" },
		{ 95, "connected: as *[usbonly]" }, { 92, "authorized-dponly" },
		{ 92, "connected (no PCIe tunnels)" }, { 90, "/security dponly$" },
		{ 90, "/security usbonly$" }, { 90, "/security nopcie$" }, { 85, "^dponly$" },
		{ 85, "^usbonly$" }, { 85, "^nopcie$" }),
	},
	{ 0 },
};
