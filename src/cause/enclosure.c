/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define KERNEL_THUNDERBOLT "https://docs.kernel.org/admin-guide/thunderbolt.html"
#define BOLTCTL "https://manpages.debian.org/bookworm/bolt/boltctl.1.en.html"

/*
 * Wordings: boltctl and boltd of bolt 0.1 to 0.9 (its text has tree glyphs or
 * ASCII, and dates of any locale), tbtadm, GNOME's shell, drivers/thunderbolt.
 */
const struct cause causes_enclosure[] = {
	{
	    .id = "bolt-missing",
	    .link = "enclosure",
	    .title = "boltd, which authorises enclosures, is not there",
	    .why = "At the security levels user and secure somebody must authorise an enclosure at "
		   "every connection, and boltd is who does that by itself. It is not "
		   "installed, masked, or does not start.",
	    .remedy = { "arch|sudo pacman -S bolt", "debian|sudo apt install bolt",
			"fedora|sudo dnf install bolt", "other|# install the package bolt",
			"sudo systemctl unmask bolt", "sudo systemctl start bolt", "boltctl list" },
	    .source = BOLTCTL,
	    .stands_alone = true,
	    .explains = { "enclosure-not-authorized", "gpu-not-on-bus", "gpu-late", "no-gpu-here" },
	    .sign = SIGNS({ 92, "org.freedesktop.bolt was not provided by any" },
			  { 92, "Unit bolt.service could not be found" },
			  { 92, "Unit bolt.service not found" },
			  { 92, "Unit bolt.service is masked" }, { 90, "no name owner for bolt" },
			  { 90, "bolt.service: Start request repeated too quickly" },
			  { 90, "bolt.service: Failed with result" },
			  { 88, "boltctl: command not found" }, { 88, "boltctl: not found" },
			  { 88, "command not found: boltctl" }, { 88, "Unknown command: boltctl" },
			  { 85, "Command 'boltctl' not found" }),
	    .healed_by = "enclosure-authorized",
	},
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
	    .explains = { "enclosure-policy-iommu-without-iommu", "enclosure-policy-manual",
			  "gpu-not-on-bus", "gpu-late", "no-gpu-here", "hotplug-probe-failed",
			  "module-not-loaded", "ollama-on-cpu" },
	    .sign = SIGNS({ 90, "status: connected$" },
			  { 60, "status: connected$", .with = "enclosure-listed" },
			  { 95, "thunderbolt/devices/*/authorized:0$" },
			  { 95, "thunderbolt/devices/*/authorized 0$" },
			  { 95, "/authorized 0$", .with = "thunderbolt-text" },
			  { 92, "/authorized:0$", .with = "thunderbolt-text" },
			  { 92, "/authorized = 0$" }, { 92, "^authorized = 0$" },
			  { 88, "authorized=0", .with = "thunderbolt-text" },
			  { 75, "authorized: 0$" }, { 75, "thunderbolt*not authorized" },
			  { 92, "non-authorized" }, { 90, "Unauthorized Thunderbolt device" },
			  { 90, "Unknown Thunderbolt device" }, { 88, "parent [*] not authorized" },
			  { 85, "parent not authorized, deferring" },
			  { 80, "connected: connected (/sys/", .unless = "enclosure-authorized" }),
	    .healed_by = "enclosure-authorized",
	},
	{
	    .id = "enclosure-stored-not-authorized",
	    .link = "enclosure",
	    .title = "the enclosure is stored, but was not authorised this time",
	    .why = "Its policy lets boltd authorise it by itself, and yet it is not: somebody took "
		   "the authorisation away, or boltd missed that it was connected. Until then its "
		   "GPU is not on the bus.",
	    .remedy = { "boltctl authorize {}" },
	    .source = BOLTCTL,
	    .explains = { "gpu-not-on-bus", "gpu-late", "no-gpu-here", "hotplug-probe-failed",
			  "module-not-loaded", "ollama-on-cpu" },
	},
	{
	    .id = "enclosure-authorization-failed",
	    .link = "enclosure",
	    .title = "the enclosure was to be authorised, and the controller refused",
	    .why = "The kernel could not open the tunnel: a bad cable, firmware that hangs, or a "
		   "key that the enclosure no longer has. Nothing behind it can appear.",
	    .remedy = { "# pull the cable, switch the enclosure off and on, plug in again",
			"boltctl authorize {}",
			"# still refused: try another cable, or forget it and enrol it anew:",
			"boltctl forget {}", "boltctl enroll --policy auto {}" },
	    .source = BOLTCTL,
	    .explains = { "enclosure-not-authorized", "enclosure-policy-manual",
			  "enclosure-policy-iommu-without-iommu", "gpu-not-on-bus", "gpu-late",
			  "no-gpu-here" },
	    .sign = SIGNS(
		{ 95, "status: authorization error" }, { 95, "status: auth-error" },
		{ 95, "-> auth-error" }, { 92, "Authorization error: " },
		{ 92, "Could not authorize the Thunderbolt device" },
		{ 92, "Thunderbolt authorization error" },
		{ 92, "failed to authorize the new device" },
		{ 92, "authorization failed: *kernel error" },
		{ 92, "authorization failed: *write error" }, { 90, "kernel error: write error" },
		{ 92, "PCIe tunnel creation failed" },
		{ 92, "PCIe tunnel activation failed, aborting" },
		{ 90, "Adding key to switch failed" },

		{ 95, "authorized: Input/output error" },
		{ 95, "authorized: Connection timed out" },
		{ 95, "authorized: Key was rejected by service" },
		{ 95, "authorized': Input/output error" }, { 90, "authorized: No such device" },
		{ 60, "write error: Input/output error", .unless = "disk-error nvidia-named" },
		{ 60, "write error: Input/output error", .with = "thunderbolt-text" },
		{ 80, "write error: Connection timed out", .with = "thunderbolt-text" },
		{ 60, "thunderbolt *path activation failed" }, { 60, "(PCI): activation failed" },
		{ 60, "thunderbolt *tunnel is not fully activated, cleaning up" }),
	},
	{
	    .id = "thunderbolt-chain-too-long",
	    .link = "enclosure",
	    .title = "the enclosure stands too far behind in a chain of devices",
	    .why = "The controller takes only so many devices one behind the other, and some only "
		   "one PCI Express tunnel in all. What comes last gets none.",
	    .remedy = { "# plug the enclosure into the computer itself, docks into another port",
			"boltctl list" },
	    .source = KERNEL_THUNDERBOLT,
	    .explains = { "enclosure-authorization-failed", "enclosure-not-authorized",
			  "gpu-not-on-bus" },
	    .sign = SIGNS({ 92, "only one tunnel is supported by the firmware" },
			  { 92, "rejected by ICM firmware because topology limit" }),
	},
	{
	    .id = "boltd-authorises-nothing",
	    .link = "enclosure",
	    .title = "boltd is told to authorise nothing",
	    .why = "Its authorisation mode is disabled, so that stored enclosures stay without a "
		   "tunnel at every connection.",
	    .remedy = { "boltctl config auth-mode enabled",
			"# then pull the cable and plug it in again" },
	    .source = BOLTCTL,
	    .stands_alone = true,
	    .explains = { "enclosure-not-authorized", "gpu-not-on-bus", "gpu-late", "no-gpu-here" },
	    .sign =
		SIGNS({ 90, "authorization of new devices is disabled" },
		      { 90, "auth mode set to 'disabled'" }, { 88, "Auth Mode: disabled" },
		      { 88, "authmode: disabled, policy:" }, { 85, "STATUS=authmode: disabled" }),
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
	    .sign = SIGNS({ 88, "policy: manual, iommu: * -> fail" },
			  { 60, "policy: manual$", .with = "enclosure-not-authorized" }),
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
	    .sign = SIGNS(
		{ 92, "policy: iommu, iommu: no -> fail" }, { 92, "policy: iommu, iommu: no$" },
		{ 60, "policy: iommu$", .with = "enclosure-not-authorized iommu-not-on" }),
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
	    .explains = { "gpu-not-on-bus", "gpu-late", "no-gpu-here" },
	    .sign =
		SIGNS({ 85, "status: disconnected$",
			.unless = "enclosure-authorized enclosure-not-authorized gpu-found" },
		      { 55, "stored: no$", .unless = "enclosure-listed" },
		      { 60, "type: host$", .unless = "enclosure-listed gpu-found" },
		      { 80, "cannot access '/sys/bus/thunderbolt/devices/#-#" },
		      { 80, "Found 0 peripherals" },
		      { 60, "usb *: Product: *eGPU", .unless = "enclosure-listed gpu-found" },
		      { 60, "usb *: Product: *Billboard", .unless = "enclosure-listed gpu-found" },
		      { 60, "usb *: Product: *Core X", .unless = "enclosure-listed gpu-found" }),
	},
	{
	    .id = "cable-slow",
	    .link = "enclosure",
	    .title = "the cable carries less than the enclosure could",
	    .why = "A link of one lane, or of 10 Gb/s lanes, halves what models are loaded and "
		   "prompts are read with. The usual reasons are a long passive cable, one for "
		   "20 Gb/s, or a plug that is not fully in.",
	    .remedy = { "# use a Thunderbolt cable marked 40 Gb/s (for Thunderbolt 5: 80 Gb/s),",
			"# up to 0.8 m where it is passive",
			"# turn the plug round, try the other port, then look again:",
			"boltctl list" },
	    .source = "https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-bus-thunderbolt",
	    .stands_alone = true,
	    .sign = SIGNS({ 80, "Gb/s = 1 lanes * 10 Gb/s" }, { 75, "Gb/s = 1 lanes * 20 Gb/s" },
			  { 75, "Gb/s = 2 lanes * 10 Gb/s", .unless = "thunderbolt-2" },
			  { 75, "rx_speed = 10.0 Gb/s", .unless = "thunderbolt-2" },
			  { 75, "rx_speed:10.0 Gb/s", .unless = "thunderbolt-2" },
			  { 75, "rx_lanes = 1$" }, { 75, "/rx_lanes:1$" },
			  { 75, "thunderbolt *failed to enable lane bonding" },
			  { 70, "thunderbolt *timeout changing link width" }),
	},
	{ 0 },
};
