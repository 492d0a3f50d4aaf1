/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "sysfs-host.h"
#include "tap.h"

#define TB "/sys/bus/thunderbolt/devices"
#define PCI "/sys/bus/pci/devices"
#define AT "../../../devices/pci0000:00/0000:00:0d.2/domain0"

static const struct entry laptop[] = {
	{ PCI "/0000:00:02.0/class", "0x030000\n" },
	{ PCI "/0000:00:0d.2/class", "0x0c0340\n" },
	{ PCI "/0000:00:0d.2/driver", .link = "../../../bus/pci/drivers/thunderbolt" },
	{ PCI "/0000:00:0d.3/class", "0x0c0340\n" },
	{ TB "/domain0", .link = AT },
	{ TB "/domain0/security", "user\n" },
	{ TB "/domain0/iommu_dma_protection", "1\n" },
	{ TB "/domain0/boot_acl", .error = -EACCES },
	{ TB "/0-0", .link = AT "/0-0" },
	{ TB "/0-0/authorized", "1\n" },
	{ TB "/0-0/generation", "4\n" },
	{ TB "/0-0/vendor_name", "Lenovo\n" },
	{ TB "/0-0:1.1/nvm_version", "14.86\n" },
	{ TB "/0-1", .link = AT "/0-0/0-1" },
	{ TB "/0-1/authorized", "1\n" },
	{ TB "/0-1/boot", "0\n" },
	{ TB "/0-1/generation", "3\n" },
	{ TB "/0-1/vendor_name", "Razer\n" },
	{ TB "/0-1/device_name", "Core X\n" },
	{ TB "/0-1/unique_id", "11110000-0000-0000-ffff-ffffffffffff\n" },
	{ TB "/0-1/rx_speed", "20.0 Gb/s\n" },
	{ TB "/0-1/rx_lanes", "2\n" },
	{ TB "/0-1/tx_speed", "10.0 Gb/s\n" },
	{ TB "/0-1/tx_lanes", "1\n" },
	{ TB "/0-1/nvm_version", "23.1\n" },
};

static struct arena arena;
static struct table_host host = { .host = { .ops = &table_ops } };
static struct facts facts = { .arena = &arena };

static const struct thunderbolt *look(void)
{
	collect_thunderbolt(&facts, &host.host);
	return &facts.thunderbolt;
}

static const struct thunderbolt *look_at_laptop(void)
{
	table_add(&host, laptop, COUNT_OF(laptop));
	return look();
}

TEST(function_without_a_readable_class_may_be_a_controller)
{
	CHECK_INT(look_at_laptop()->controllers_know, KNOWN);
	TABLE_ADD(&host, { PCI "/0000:00:0d.3/class", .error = -EACCES });
	CHECK_INT((long long)look()->controllers_know, DENIED);
	CHECK_STR(facts.thunderbolt.controllers_from, PCI "/0000:00:0d.3/class");
	TABLE_ADD(&host, { PCI "/0000:00:0d.3/class", "0x088000\n" },
		  { PCI "/0000:00:0d.3/vendor", "0x8086\n" },
		  { PCI "/0000:00:0d.3/device", .error = -EIO });
	look();
	CHECK_STR(facts.thunderbolt.controllers_from, PCI "/0000:00:0d.3/device");
	TABLE_ADD(&host, { PCI "/0000:00:0d.3/vendor", "0x10de\n" });
	CHECK_INT((long long)look()->controllers_know, KNOWN);
}

TEST(host_and_enclosure_are_read_and_retimers_left_out)
{
	const struct thunderbolt *t = look_at_laptop();

	CHECK_INT(t->know, KNOWN);
	CHECK_INT((long long)t->device_count, 2);
	CHECK(t->device[0].is_host);
	CHECK_INT(t->device[0].rx_lanes.know, ABSENT);
	const struct tb_device *d = &t->device[1];
	CHECK(!d->is_host);
	CHECK_STR(d->name, "0-1");
	CHECK_STR(d->domain, "domain0");
	CHECK_STR(d->vendor.v, "Razer");
	CHECK_STR(d->model.v, "Core X");
	CHECK_INT((long long)d->authorized.v, 1);
	CHECK(is_u64(d->boot, 0));
	CHECK_INT((long long)d->generation.v, 3);
	CHECK_STR(d->nvm_version.v, "23.1");
	CHECK_STR(d->sysfs, "/sys/devices/pci0000:00/0000:00:0d.2/domain0/0-0/0-1");
}

TEST(each_direction_has_its_speed_in_mbps)
{
	const struct tb_device *d = &look_at_laptop()->device[1];

	CHECK_INT((long long)d->rx_mbps_per_lane.v, 20000);
	CHECK_INT((long long)d->rx_lanes.v, 2);
	CHECK_INT((long long)d->tx_mbps_per_lane.v, 10000);
	CHECK_INT((long long)d->tx_lanes.v, 1);
	CHECK_STR(d->rx_mbps_per_lane.from, TB "/0-1/rx_speed");
}

TEST(domain_knows_its_controller_and_what_is_denied_stays_unknown)
{
	const struct thunderbolt *t = look_at_laptop();

	CHECK_INT((long long)t->domain_count, 1);
	CHECK_STR(t->domain[0].controller_bdf, "0000:00:0d.2");
	CHECK_STR(t->domain[0].security.v, "user");
	CHECK(is_u64(t->domain[0].iommu_dma_protection, 1));
	CHECK_INT(t->domain[0].boot_acl.know, DENIED);
}

TEST(controllers_are_found_by_class_with_and_without_a_driver)
{
	const struct thunderbolt *t = look_at_laptop();

	CHECK_INT((long long)t->controller_count, 2);
	CHECK_STR(t->controller[0].bdf, "0000:00:0d.2");
	CHECK(is_text(t->controller[0].driver, "thunderbolt"));
	CHECK_STR(t->controller[1].bdf, "0000:00:0d.3");
	CHECK_INT(t->controller[1].driver.know, ABSENT);
}

TEST(an_old_controller_is_told_by_its_id_and_a_card_reader_is_not_one)
{
	TABLE_ADD(
	    &host, { PCI "/0000:06:00.0/class", "0x088000\n" },
	    { PCI "/0000:06:00.0/vendor", "0x8086\n" }, { PCI "/0000:06:00.0/device", "0x15bf\n" },
	    { PCI "/0000:07:00.0/class", "0x088000\n" }, { PCI "/0000:07:00.0/vendor", "0x8086\n" },
	    { PCI "/0000:07:00.0/device", "0x1234\n" }, );
	const struct thunderbolt *t = look();

	CHECK_INT((long long)t->controller_count, 1);
	CHECK_STR(t->controller[0].bdf, "0000:06:00.0");
	CHECK_INT(t->know, ABSENT);
}

TEST(another_host_on_the_cable_is_no_router)
{
	TABLE_ADD(&host, { TB "/0-3/device_name", "Other laptop\n" },
		  { TB "/0-3/unique_id", "2222\n" }, );

	CHECK_INT((long long)look_at_laptop()->device_count, 2);
}

TEST(a_daisy_chained_enclosure_has_a_longer_route)
{
	TABLE_ADD(&host, { TB "/1-301/authorized", "0\n" }, );
	const struct thunderbolt *t = look();

	CHECK_INT((long long)t->device_count, 1);
	CHECK_STR(t->device[0].domain, "domain1");
	CHECK(!t->device[0].is_host);
}

TEST(speed_that_makes_no_sense_is_not_understood)
{
	static const char *const wrong[] = { "fast\n",       "20.0\n", "20. Gb/s\n",
					     "99999 Gb/s\n", "\n",     "2.0000 Gb/s\n" };
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		host.count = facts.thunderbolt.device_count = 0;
		table_add(&host, laptop, COUNT_OF(laptop));
		TABLE_ADD(&host, { TB "/0-1/rx_speed", wrong[i] }, );
		CHECK_INT(look()->device[1].rx_mbps_per_lane.know, UNREADABLE);
	}
}

TEST(denied_bus_is_not_an_absent_one)
{
	TABLE_ADD(&host, { TB, .error = -EACCES }, );

	CHECK_INT(look()->know, DENIED);
	CHECK_INT((long long)facts.thunderbolt.device_count, 0);
}

TEST(a_crowd_of_routers_is_cut_off)
{
	for (unsigned i = 0; i < 100; i++)
		TABLE_ADD(&host, { arena_printf(&arena, TB "/0-%x/authorized", i + 1), "1\n" }, );

	CHECK_INT((long long)look()->device_count, 64);
}

TEST(names_tell_a_box_for_a_gpu_from_a_dock)
{
	CHECK_INT(enclosure_of_name("Razer", "Core X Chroma"), ENCLOSURE_YES);
	CHECK_INT(enclosure_of_name("GIGABYTE", "AORUS RTX5090 AI BOX"), ENCLOSURE_YES);
	CHECK_INT(enclosure_of_name("Sonnet Technologies, Inc.", "eGPU Breakaway Box 750ex"),
		  ENCLOSURE_YES);
	CHECK_INT(enclosure_of_name("Lenovo", "Graphics Dock"), ENCLOSURE_YES);
	CHECK_INT(enclosure_of_name("Belkin", "Thunderbolt 3 Dock Core"), ENCLOSURE_NO);
	CHECK_INT(enclosure_of_name("CalDigit, Inc.", "TS3 Plus"), ENCLOSURE_NO);
	CHECK_INT(enclosure_of_name("ASMedia", "246x"), ENCLOSURE_MAYBE);
	CHECK_INT(enclosure_of_name("", ""), ENCLOSURE_MAYBE);
}
