/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "sysfs-host.h"
#include "tap.h"

static struct arena arena;
static struct table_host host = { .host = { .ops = &table_ops } };
static struct facts facts = { .arena = &arena };

static const struct machine *look(void)
{
	collect_machine(&facts, &host.host);
	return &facts.machine;
}

TEST(laptop_is_told_by_name_family_and_clock)
{
	TABLE_ADD(&host,
		  { "/etc/os-release", "NAME=\"Arch Linux\"\nPRETTY_NAME=\"Arch Linux\"\n"
				       "ID=arch\n" },
		  { "/sys/class/dmi/id/sys_vendor", "LENOVO\n" },
		  { "/sys/class/dmi/id/product_name", "20XWCTO1WW\n" },
		  { "/proc/uptime", "8054.07 30000.00\n" },
		  { "/proc/stat", "cpu  1 2 3\ncpu0 1 2 3\nbtime 1760000000\nprocesses 7\n" },
		  { "/proc/self/status", "Name:\tegpu\nUid:\t1000\t0\t0\t0\n" },
		  { "/proc/meminfo", "MemTotal:       32560128 kB\nMemFree:  1 kB\n" },
		  { "/proc/sys/kernel/osrelease", "6.17.1-arch1-1\n" });
	const struct machine *m = look();

	CHECK_STR(m->os_name.v, "Arch Linux");
	CHECK_INT(m->distro, DISTRO_ARCH);
	CHECK_STR(m->vendor.v, "LENOVO");
	CHECK_STR(m->product.v, "20XWCTO1WW");
	CHECK_INT(m->uptime_usec.v, 8054070000);
	CHECK_INT(m->boot_usec.v, 1760000000000000);
	CHECK_INT(m->uid.v, 0);
	CHECK_INT(m->ram_bytes.v, 32560128ll * 1024);
	CHECK(is_u64(m->wsl, 0));
}

TEST(ram_beyond_all_numbers_is_not_known)
{
	TABLE_ADD(&host, { "/proc/meminfo", "MemTotal: 18446744073709551615 kB\n" });
	CHECK_INT(look()->ram_bytes.know, UNREADABLE);
}

TEST(derived_distribution_belongs_to_the_family_that_it_names)
{
	TABLE_ADD(&host, { "/usr/lib/os-release", "ID=pop\nID_LIKE=\"ubuntu debian\"\n" });
	const struct machine *m = look();

	CHECK_INT(m->distro, DISTRO_DEBIAN);
	CHECK_INT(m->os_name.know, ABSENT);
	CHECK_STR(m->os_name.from, "/usr/lib/os-release");
}

TEST(rhel_like_is_of_the_fedora_family_and_nixos_is_its_own)
{
	TABLE_ADD(&host, { "/etc/os-release", "ID=almalinux\nID_LIKE=\"rhel centos fedora\"\n" });
	CHECK_INT(look()->distro, DISTRO_FEDORA);
	TABLE_ADD(&host, { "/etc/os-release", "ID=nixos\n" });
	CHECK_INT(look()->distro, DISTRO_NIXOS);
	CHECK_STR(distro_name(DISTRO_NIXOS), "nixos");
	TABLE_ADD(&host, { "/etc/os-release", "ID=void\n" });
	CHECK_INT(look()->distro, DISTRO_UNKNOWN);
}

TEST(fedora_that_ostree_started_is_an_image)
{
	TABLE_ADD(&host, { "/etc/os-release", "ID=bazzite\nID_LIKE=\"fedora\"\n" },
		  { "/run/ostree-booted", "" });
	CHECK_INT(look()->distro, DISTRO_OSTREE);
	CHECK_STR(distro_name(DISTRO_OSTREE), "ostree");
	TABLE_ADD(&host, { "/run/ostree-booted", .error = -EACCES });
	CHECK_INT(look()->distro, DISTRO_FEDORA);
	TABLE_ADD(&host, { "/run/ostree-booted", "" }, { "/etc/os-release", "ID=debian\n" });
	CHECK_INT(look()->distro, DISTRO_DEBIAN);
}

TEST(windows_subsystem_is_told_by_its_kernel)
{
	TABLE_ADD(&host, { "/proc/sys/kernel/osrelease", "5.15.167.4-microsoft-standard-WSL2\n" });
	CHECK(is_u64(look()->wsl, 1));
}

TEST(hibernates_with_a_device_to_wake_from_and_a_kernel_that_may)
{
	CHECK_INT(look()->hibernates.know, ABSENT);
	TABLE_ADD(&host, { "/sys/power/state", "freeze mem disk\n" },
		  { "/sys/power/resume", "0:0\n" });
	CHECK(is_u64(look()->hibernates, 0));
	TABLE_ADD(&host, { "/sys/power/resume", "259:5\n" });
	CHECK(is_u64(look()->hibernates, 1));
	TABLE_ADD(&host, { "/sys/power/state", "freeze mem\n" });
	CHECK(is_u64(look()->hibernates, 0));
	TABLE_ADD(&host, { "/sys/power/state", .error = -EACCES });
	CHECK_INT(look()->hibernates.know, DENIED);
}

TEST(what_is_not_there_or_not_understood_is_not_known)
{
	TABLE_ADD(&host, { "/proc/uptime", "soon\n" }, { "/proc/stat", "btime -3\n" },
		  { "/proc/self/status", "Uid:\n" },
		  { "/sys/class/dmi/id/sys_vendor", .error = -EACCES });
	const struct machine *m = look();

	CHECK_INT(m->uptime_usec.know, UNREADABLE);
	CHECK_INT(m->boot_usec.know, UNREADABLE);
	CHECK_INT(m->uid.know, UNREADABLE);
	CHECK_INT(m->vendor.know, DENIED);
	CHECK_INT(m->product.know, ABSENT);
	CHECK_INT(m->wsl.know, ABSENT);
	CHECK_INT(m->distro, DISTRO_UNKNOWN);
}

TEST(boot_time_beyond_all_clocks_does_not_overflow)
{
	TABLE_ADD(&host, { "/proc/stat", "btime 18446744073709551615\n" });
	CHECK_INT(look()->boot_usec.know, UNREADABLE);
}
