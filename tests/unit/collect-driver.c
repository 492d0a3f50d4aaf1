/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "sysfs-host.h"
#include "tap.h"

#define PROC "/proc/driver/nvidia"
#define OPEN                                                                                       \
	"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  590.48.01  Release Build  "      \
	"(builder@host)  Mon Jan  5 10:00:00 UTC 2026\nGCC version:  gcc version 15.2.1\n"
#define PROPRIETARY                                                                                \
	"NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07  Fri May 31 09:35:42 UTC "      \
	"2024\nGCC version:\n"
#define MODULES                                                                                    \
	"nvidia_uvm 2076672 4 - Live 0x0000000000000000 (OE)\n"                                    \
	"nvidia_drm 151552 0 - Live 0x0000000000000000 (OE)\n"                                     \
	"nvidia_modeset 2158592 1 nvidia_drm, Live 0x0000000000000000 (OE)\n"                      \
	"nvidia 16068608 49 nvidia_uvm,nvidia_modeset, Live 0x0000000000000000 (OE)\n"
#define DEVICES                                                                                    \
	"Character devices:\n  1 mem\n195 nvidia\n195 nvidiactl\n195 nvidia-modeset\n"             \
	"511 nvidia-uvm\n\nBlock devices:\n  8 sd\n 99 nvidia\n"
#define INFORMATION                                                                                \
	"Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   \t\t 190\n"                                   \
	"Video BIOS: \t 94.06.25.00.f0\nBus Location: \t 0000:22:00.0\nDevice Minor: \t 1\n"

static const struct {
	const char *path;
	unsigned major, minor, mode;
} nodes[] = {
	{ "/dev/nvidia1", 195, 1, 0666 },
	{ "/dev/nvidiactl", 195, 255, 0660 },
	{ "/dev/nvidia-uvm", 235, 0, 0666 },
};

static int node_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		     struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(nodes); i++) {
		if (strcmp(nodes[i].path, path) != 0)
			continue;
		*ret = (struct host_stat){ .type = STAT_CHAR,
					   .mode = nodes[i].mode,
					   .gid = 44,
					   .major = nodes[i].major,
					   .minor = nodes[i].minor,
					   .target = "" };
		return 0;
	}
	return table_stat(h, a, path, ret, e);
}

static const struct host_ops ops = { table_read, table_list, node_stat, table_ask, NULL };
static struct arena arena;
static struct table_host host = { .host = { .ops = &ops } };
static struct pci_hop hop = { .bdf = "0000:22:00.0", .driver = { KNOWN, "nvidia", "sysfs" } };
static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .hop = &hop, .hop_count = 1 };
static struct facts facts = { .arena = &arena, .pci = { .know = KNOWN, .chosen = &gpu } };

static const struct driver *look(void)
{
	collect_driver(&facts, &host.host);
	return &facts.driver;
}

static void add_driver(void)
{
	TABLE_ADD(&host, { "/proc/modules", MODULES }, { PROC "/version", OPEN },
		  { PROC "/gpus/0000:22:00.0/information", INFORMATION },
		  { "/proc/devices", DEVICES }, { "/dev/char/195:255", .link = "../nvidiactl" });
}

TEST(modules_version_and_flavour_are_read)
{
	add_driver();
	const struct driver *d = look();

	CHECK_STR(d->gpu_driver.v, "nvidia");
	CHECK(is_u64(d->nvidia_loaded, 1));
	CHECK(is_u64(d->uvm_loaded, 1));
	CHECK(is_u64(d->nouveau_loaded, 0));
	CHECK(is_u64(d->is_open, 1));
	CHECK_STR(d->version.v, "590.48.01");
	CHECK_STR(d->video_bios.v, "94.06.25.00.f0");
}

TEST(proprietary_flavour_and_short_versions_are_read)
{
	add_driver();
	TABLE_ADD(&host, { PROC "/version", PROPRIETARY });
	CHECK(is_u64(look()->is_open, 0));
	CHECK_STR(look()->version.v, "550.90.07");
	TABLE_ADD(&host,
		  { PROC "/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module 418.74\n" });
	CHECK_STR(look()->version.v, "418.74");
}

TEST(version_of_the_module_stands_in_where_proc_has_none)
{
	TABLE_ADD(&host, { "/proc/modules", MODULES },
		  { "/sys/module/nvidia/version", "590.48.01\n" });
	CHECK_STR(look()->version.v, "590.48.01");
	CHECK_INT(look()->is_open.know, ABSENT);
}

TEST(garbled_version_is_not_understood)
{
	add_driver();
	TABLE_ADD(&host, { PROC "/version", "NVRM version: ...\n" });
	CHECK_INT(look()->version.know, UNREADABLE);
}

TEST(module_that_is_built_in_counts_as_loaded)
{
	TABLE_ADD(&host, { "/proc/modules", "i915 1 0 - Live 0x0\n" },
		  { "/sys/module/nouveau/parameters/modeset", "1\n" });
	CHECK(is_u64(look()->nouveau_loaded, 1));
	CHECK(is_u64(look()->nvidia_loaded, 0));
}

static void have_no_module(const char *cmdline, const char *modprobe)
{
	TABLE_ADD(&host, { "/proc/modules", "i915 1 0 - Live 0x0\n" }, { "/proc/cmdline", cmdline },
		  { "/etc/modprobe.d/local.conf", modprobe });
}

TEST(a_blacklist_keeps_the_module_from_loading_by_itself_only)
{
	have_no_module("root=/dev/sda2\n", "# x\nblacklist nvidia\nblacklist nvidia_uvm\n");
	const struct driver *d = look();

	CHECK_STR(d->nvidia_blacklisted.v, "blacklist nvidia");
	CHECK_STR(d->nvidia_blacklisted.from, "/etc/modprobe.d/local.conf:2");
	CHECK_INT(d->nvidia_forbidden.know, ABSENT);
	CHECK_INT(d->uvm_forbidden.know, ABSENT);
	CHECK_STR(d->uvm_blacklisted.v, "blacklist nvidia_uvm");
	CHECK_STR(d->uvm_blacklisted.from, "/etc/modprobe.d/local.conf:3");
	have_no_module("modprobe.blacklist=nouveau modprobe.blacklist=x,nvidia\n", "");
	CHECK_STR(look()->nvidia_blacklisted.v, "modprobe.blacklist=x,nvidia");
	CHECK_STR(d->nvidia_blacklisted.from, "/proc/cmdline");
	CHECK_INT(d->nvidia_forbidden.know, ABSENT);
}

TEST(what_modprobe_cannot_get_past_is_found)
{
	static const char *const some[] = {
		"install nvidia /bin/false",
		"install nvidia /usr/bin/true",
		"install nvidia true # not here",
		"alias nvidia off",
	};
	for (size_t i = 0; i < COUNT_OF(some); i++) {
		have_no_module("quiet\n", some[i]);
		CHECK_STR(look()->nvidia_forbidden.v, some[i]);
		CHECK_STR(facts.driver.nvidia_forbidden.from, "/etc/modprobe.d/local.conf:1");
	}
	have_no_module("module_blacklist=nouveau,nvidia quiet\n", "install nvidia-uvm false\n");
	CHECK_STR(look()->nvidia_forbidden.v, "module_blacklist=nouveau,nvidia");
	CHECK_STR(facts.driver.nvidia_forbidden.from, "/proc/cmdline");
	CHECK_STR(facts.driver.uvm_forbidden.v, "install nvidia_uvm false");
}

/* Debian's way to choose among several drivers, and what laptops have against nouveau. */
TEST(lines_that_load_the_module_otherwise_forbid_nothing)
{
	static const char *const some[] = {
		"install nvidia modprobe -i nvidia-current $CMDLINE_OPTS\n",
		"install nvidia /bin/true && modprobe -i nvidia\n",
		"alias nvidia nvidia-current\n",
		"blacklist nouveau\ninstall nouveau /bin/false\nalias nouveau off\n",
		"# blacklist nvidia\nblacklist nvidiafb\n",
	};
	for (size_t i = 0; i < COUNT_OF(some); i++) {
		have_no_module("module_blacklist=nouveau,nvidiafb\n", some[i]);
		CHECK_INT(look()->nvidia_forbidden.know, ABSENT);
		CHECK_INT(facts.driver.nvidia_blacklisted.know, ABSENT);
	}
}

TEST(what_forbids_a_module_is_unknown_where_it_may_not_be_read)
{
	have_no_module("quiet\n", "");
	TABLE_ADD(&host, { "/etc/modprobe.d", .error = -EACCES });
	CHECK_INT(look()->nvidia_forbidden.know, DENIED);
	CHECK_INT(facts.driver.nvidia_blacklisted.know, DENIED);
	TABLE_ADD(&host, { "/proc/modules", MODULES });
	facts.driver = (struct driver){ 0 };
	CHECK_INT(look()->nvidia_forbidden.know, NOT_LOOKED);
}

TEST(nodes_are_looked_at_with_the_majors_that_the_driver_has_now)
{
	add_driver();
	const struct driver *d = look();
	const struct device_node *own = driver_node(d, "/dev/nvidia1");
	const struct device_node *control = driver_node(d, "/dev/nvidiactl");
	const struct device_node *uvm = driver_node(d, "/dev/nvidia-uvm");

	CHECK(own && own->is_char && own->minor == 1);
	CHECK(is_u64(own->want_major, 195));
	CHECK(is_u64(own->char_link, 0));
	CHECK(is_u64(control->char_link, 1));
	CHECK_INT(control->mode, 0660);
	CHECK_INT(control->gid, 44);
	CHECK_INT(uvm->major, 235);
	CHECK(is_u64(uvm->want_major, 511));
	CHECK_INT(driver_node(d, "/dev/nvidia-uvm-tools")->know, ABSENT);
	CHECK(!driver_node(d, "/dev/nvidia0"));
}

TEST(older_drivers_call_their_major_nvidia_frontend)
{
	add_driver();
	TABLE_ADD(&host, { "/proc/devices", "Character devices:\n195 nvidia-frontend\n" });
	CHECK(is_u64(driver_node(look(), "/dev/nvidiactl")->want_major, 195));
	CHECK_INT(driver_node(look(), "/dev/nvidia-uvm")->want_major.know, ABSENT);
}

TEST(options_that_somebody_set_are_told)
{
	add_driver();
	TABLE_ADD(&host, { PROC "/params", "ResmanDebugLevel: 4294967295\nModifyDeviceFiles: 1\n"
					   "DeviceFileMode: 432\nEnableResizableBar: 1\n"
					   "EnableGpuFirmware: 0\nDynamicPowerManagement: 3\n"
					   "PreserveVideoMemoryAllocations: 1\n"
					   "RegistryDwords: \"\"\n" });
	const struct driver *d = look();

	CHECK(is_u64(d->resizable_bar, 1));
	CHECK(is_u64(d->gsp_firmware, 0));
	CHECK(is_u64(d->dynamic_power_management, 3));
	CHECK(is_u64(d->preserve_video_memory, 1));
	CHECK_STR(d->params.v, "EnableGpuFirmware: 0, EnableResizableBar: 1, DeviceFileMode: 432, "
			       "PreserveVideoMemoryAllocations: 1");
}

TEST(memory_kept_where_the_driver_may_choose)
{
	add_driver();
	TABLE_ADD(&host, { PROC "/params", "PreserveVideoMemoryAllocations: 2\n"
					   "UseKernelSuspendNotifiers: 0\n" });
	CHECK(is_u64(look()->preserve_video_memory, 0));
	CHECK_STR(look()->params.v, "");
	TABLE_ADD(&host, { PROC "/params", "PreserveVideoMemoryAllocations: 2\n"
					   "UseKernelSuspendNotifiers: 1\n" });
	CHECK(is_u64(look()->preserve_video_memory, 1));
	CHECK(is_u64(look()->suspend_notifiers, 1));
	TABLE_ADD(&host, { PROC "/params", "PreserveVideoMemoryAllocations: 2\n" });
	CHECK(is_u64(look()->preserve_video_memory, 1));
	TABLE_ADD(&host, { PROC "/params", "PreserveVideoMemoryAllocations: 2\n"
					   "UseKernelSuspendNotifiers: yes\n" });
	CHECK_INT(look()->preserve_video_memory.know, UNREADABLE);
}

TEST(options_that_are_not_numbers_are_not_understood)
{
	add_driver();
	TABLE_ADD(&host, { PROC "/params", "EnableGpuFirmware: lots\n" });
	CHECK_INT(look()->gsp_firmware.know, UNREADABLE);
	CHECK_INT(look()->resizable_bar.know, ABSENT);
	CHECK_STR(look()->params.v, "");
}

TEST(file_that_takes_a_lock_is_left_alone_after_a_loss)
{
	static struct driver_event lost = { .kind = EVENT_XID, .code = 79, .bdf = "" };
	add_driver();
	facts.driver.event = &lost;
	facts.driver.event_count = 1;
	CHECK_INT(look()->video_bios.know, NOT_LOOKED);
}

TEST(without_a_gpu_no_node_is_looked_for)
{
	facts.pci.chosen = NULL;
	CHECK_INT(look()->node_count, 0);
	CHECK_INT(look()->gpu_driver.know, NOT_LOOKED);
}

TEST(unbound_gpu_is_told_as_such)
{
	hop.driver = unknown_text(ABSENT, "sysfs");
	CHECK_INT(look()->gpu_driver.know, ABSENT);
	CHECK_INT(look()->video_bios.know, NOT_LOOKED);
}
