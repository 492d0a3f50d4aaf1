/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define PERSISTENCE "https://docs.nvidia.com/deploy/driver-persistence/persistence-daemon.html"
#define LEGACY "https://docs.nvidia.com/deploy/driver-persistence/persistence-mode-legacy.html"
#define SYSTEMD_UNIT "https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html"
#define POWER                                                                                      \
	"https://download.nvidia.com/XFree86/Linux-x86_64/595.45.04/README/powermanagement.html"

/* `systemctl enable` reloads systemd unless told not to, which takes the GPU from containers. */
#define ENABLE "!nixos|sudo systemctl enable --now --no-reload nvidia-persistenced"
/* Units cannot be enabled there, nor masked: systemd's folder below /etc is read only. */
#define NIXOS_DAEMON NIXOS_SET("hardware.nvidia.nvidiaPersistenced = true;")
#define NIXOS_SLEEP NIXOS_SET("hardware.nvidia.powerManagement.enable = true;")
#define RELOADS "# this reloads systemd: restart containers that lose the GPU by it"

const struct cause causes_persistence[] = {
	{
	    .id = "persistenced-start-limit",
	    .link = "persistence",
	    .title = "systemd gave up starting nvidia-persistenced",
	    .why = "The daemon was started again and again while the GPU was not ready yet, until "
		   "systemd's start limit was used up. Without it the first program to open the "
		   "GPU waits for the driver to bring it up.",
	    .remedy = { "sudo systemctl reset-failed nvidia-persistenced && "
			"sudo systemctl start nvidia-persistenced" },
	    .lasting = { "nixos|# in /etc/nixos/configuration.nix, for nvidia-persistenced in "
			 "systemd.services:",
			 "nixos|# startLimitIntervalSec = 0; serviceConfig.RestartSec = 2;",
			 NIXOS_REBUILD,
			 "!nixos|sudo mkdir -p /etc/systemd/system/nvidia-persistenced.service.d",
			 "!nixos|printf "
			 "'[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nRestartSec=2\\n' "
			 "| "
			 "sudo tee "
			 "/etc/systemd/system/nvidia-persistenced.service.d/60-egpu.conf",
			 "# in effect from the next boot on" },
	    .unattended = true,
	    .source = SYSTEMD_UNIT,
	    .explains = { "persistenced-failed", "persistence-off" },
	    .sign = SIGNS({ 95, "nvidia-persistenced*Start request repeated too quickly" },
			  { 95, "repeated too quickly for nvidia-persistenced" },
			  { 95, "nvidia-persistenced*'start-limit-hit'" },
			  { 95, "nvidia-persistenced*was attempted too often" },
			  { 60, "Result: start-limit-hit", .with = "persistenced-named" }),
	},
	{
	    .id = "persistenced-failed",
	    .link = "persistence",
	    .title = "nvidia-persistenced failed",
	    .why = "The daemon ended with an error although the driver works. Without it the "
		   "driver lets go of the GPU whenever nothing uses it, and the next program "
		   "waits for it to come up again.",
	    .remedy = { "journalctl -b -u nvidia-persistenced -n 20 --no-pager",
			"sudo systemctl reset-failed nvidia-persistenced && "
			"sudo systemctl start nvidia-persistenced" },
	    .source = PERSISTENCE,
	    .explains = { "persistence-off" },
	    .sign = SIGNS({ 70, "nvidia-persistenced failed to initialize" },
			  { 65, "nvidia-persistenced*Failed to query NVIDIA devices" },
			  { 80, "nvidia-persistenced*Failed to lock PID file" },
			  { 80, "Unable to access /var/run/nvidia-persistenced" },
			  { 75, "Failed to change ownership of /var/run/nvidia-persistenced" },
			  { 60, "nvidia-persistenced*Unable to find any NVIDIA devices" },
			  { 60, "nvidia-persistenced*- failed to open" },
			  { 60, "nvidia-persistenced.service: Failed with result" },
			  { 55, "nvidia-persistenced.service: Control process exited" },
			  { 55, "nvidia-persistenced.service failed because" },
			  { 55, "Failed to start *NVIDIA Persistence Daemon" },
			  { 75, "nvidia-persistenced*Failed to open libnvidia-cfg" },
			  { 80, "nvidia-persistenced*Failed to open PID file" },
			  { 80, "nvidia-persistenced*Failed to start local RPC" },
			  { 75, "nvidia-persistenced*Failed to set user ID" }),
	},
	{
	    .id = "persistence-off",
	    .link = "persistence",
	    .title = "nvidia-persistenced is not running",
	    .why = "Without it the driver lets go of the GPU whenever nothing uses it. The next "
		   "program to open it waits a second or more, over Thunderbolt longest.",
	    .remedy = { NIXOS_DAEMON, ENABLE },
	    .unattended = true,
	    .source = PERSISTENCE,
	    .sign = SIGNS({ 82, "initialization error: driver error: timed out" },
			  { 82, "initialization error: driver rpc error: timed out" },
			  { 70, "driver rpc error: timed out" },
			  { 50, "driver*error: failed to process request" }),
	},
	{
	    .id = "persistence-mode-off",
	    .link = "persistence",
	    .title = "nvidia-persistenced runs without persistence mode",
	    .why = "Some distributions start the daemon with --no-persistence-mode, and then it "
		   "keeps nothing awake. The driver lets go of the GPU whenever nothing uses it.",
	    .remedy = { "sudo nvidia-smi -i {} -pm 1" },
	    .lasting = { "!nixos|# sudo systemctl edit nvidia-persistenced, and there under "
			 "[Service]: "
			 "an empty ExecStart=, then the old one without --no-persistence-mode" },
	    .source = PERSISTENCE,
	},
	{
	    .id = "persistence-not-enabled",
	    .link = "persistence",
	    .title = "nvidia-persistenced will be gone after the next boot",
	    .why = "It was started by hand and is not enabled, and no device starts it. After a "
		   "boot the first program to open the GPU will wait for it again.",
	    .remedy = { NIXOS_DAEMON,
			"!nixos|sudo systemctl enable --no-reload nvidia-persistenced" },
	    .source = PERSISTENCE,
	    .stands_alone = true,
	},
	{
	    .id = "persistenced-masked",
	    .link = "persistence",
	    .title = "nvidia-persistenced is masked",
	    .why = "Somebody forbade systemd to start it. The driver lets go of the GPU whenever "
		   "nothing uses it, and the next program waits for it to come up again.",
	    .remedy = { "!nixos|" RELOADS, NIXOS_DAEMON,
			"!nixos|sudo systemctl unmask nvidia-persistenced",
			"!nixos|sudo systemctl enable --now nvidia-persistenced" },
	    .source = SYSTEMD_UNIT,
	    .stands_alone = true,
	},
	{
	    .id = "persistenced-missing",
	    .link = "persistence",
	    .title = "nvidia-persistenced is not installed",
	    .why = "Without it the driver lets go of the GPU whenever nothing uses it. The next "
		   "program to open it waits a second or more, over Thunderbolt longest.",
	    .remedy = { "arch|sudo pacman -S --needed nvidia-utils",
			"debian|sudo apt install nvidia-persistenced",
			"fedora|sudo dnf install nvidia-persistenced",
			"ostree|sudo rpm-ostree install nvidia-persistenced",
			"ostree|systemctl reboot", NIXOS_DAEMON,
			"other|# install nvidia-persistenced; it comes with the driver",
			"!nixos|sudo systemctl enable --now nvidia-persistenced" },
	    .source = PERSISTENCE,
	    .stands_alone = true,
	},
	{
	    .id = "persistence-by-smi",
	    .link = "persistence",
	    .title = "an override replaces nvidia-persistenced by nvidia-smi -pm",
	    .why = "nvidia-smi -pm sets the legacy persistence mode, which NVIDIA is giving up in "
		   "favour of its daemon, and which a GPU that is plugged in later does not get.",
	    .remedy = { "systemctl cat nvidia-persistenced", RELOADS,
			"sudo systemctl revert nvidia-persistenced",
			"sudo systemctl restart nvidia-persistenced" },
	    .source = LEGACY,
	    .stands_alone = true,
	    .sign = SIGNS({ 80, "NVRM: Persistence mode is deprecated" }),
	},
	{
	    .id = "suspend-services-off",
	    .link = "persistence",
	    .title = "the driver is to keep video memory over suspend, but is not told of it",
	    .why = "With NVreg_PreserveVideoMemoryAllocations=1 the driver refuses to suspend "
		   "unless nvidia-suspend.service and nvidia-resume.service tell it. They are not "
		   "enabled, so the machine will not suspend, or will wake without its GPU.",
	    /* One by one: systemctl enables none of several where one is masked or missing. */
	    .remedy = { NIXOS_SLEEP,
			"!nixos|# Masked? First: sudo systemctl unmask, and its name. Not "
			"installed? It",
			"!nixos|# comes with the driver's packages. Then:",
			"!nixos|sudo systemctl enable --no-reload nvidia-suspend.service",
			"!nixos|sudo systemctl enable --no-reload nvidia-resume.service",
			"!nixos|sudo systemctl enable --no-reload nvidia-hibernate.service" },
	    .source = POWER,
	    .stands_alone = true,
	    .explains = { "gpu-lost-after-suspend", "uvm-broken-by-suspend" },
	    .sign = SIGNS(
		{ 97, "attempted without driver procfs suspend interface" },
		{ 95, "PreserveVideoMemoryAllocations module parameter is set" },
		{ 80, "nv_pmops_suspend*returns -", .unless = "gsp-lost-in-sleep" },
		{ 80, "nv_pmops_freeze*returns -" }, { 80, "nv_pmops_poweroff*returns -" },
		{ 75, "nvidia *PM: failed to suspend", .unless = "gsp-lost-in-sleep" },
		{ 75, "nvidia *PM: failed to freeze" }, { 75, "nvidia *PM: failed to quiesce" },
		{ 75, "nvidia *PM: failed to hibernate" }),
	},
	{
	    .id = "hibernate-service-off",
	    .link = "persistence",
	    .title = "the driver is not told of hibernation",
	    .why = "With NVreg_PreserveVideoMemoryAllocations=1 the driver refuses to hibernate "
		   "unless nvidia-hibernate.service tells it. That one is not enabled, and this "
		   "machine is set up to hibernate. Suspend works.",
	    .remedy = { NIXOS_SLEEP,
			"!nixos|# Masked? First: sudo systemctl unmask nvidia-hibernate.service. "
			"Not",
			"!nixos|# installed? It comes with the driver's packages. Then:",
			"!nixos|sudo systemctl enable --no-reload nvidia-hibernate.service" },
	    .source = POWER,
	    .stands_alone = true,
	},
	{ 0 },
};
