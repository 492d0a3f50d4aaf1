/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "sysfs-host.h"
#include "tap.h"

#define TB "/sys/bus/thunderbolt/devices"
#define PCI "/sys/bus/pci/devices"
#define ROOT "../../../devices/pci0000:00"
#define NO_LINE "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define NO_BARS NO_LINE NO_LINE NO_LINE NO_LINE NO_LINE NO_LINE NO_LINE
#define WINDOW "0x0000006000000000 0x000000601fffffff 0x0000000000102201\n"
#define BRIDGE_FILE NO_BARS NO_LINE WINDOW NO_LINE
#define HEAD                                                                                       \
	"\xde\x10\x04\x25\x07\x04\x10\x00\xa1\x00\x00\x03\x00\x00\x80\x00\x00\x00\x00\xf6\x0c"     \
	"\x00\x00\x00"
#define ALL_ONES                                                                                   \
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" \
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" \
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

/* An RTX 3060 with 12 GB in an enclosure of Alpine Ridge's, on a Tiger Lake laptop. */
static const struct entry core_x[] = {
	{ PCI "/0000:00:02.0", .link = ROOT "/0000:00:02.0" },
	{ PCI "/0000:00:02.0/class", "0x030000\n" },
	{ PCI "/0000:00:02.0/vendor", "0x8086\n" },
	{ PCI "/0000:00:07.0/class", "0x060400\n" },
	{ PCI "/0000:00:07.0/vendor", "0x8086\n" },
	{ PCI "/0000:00:07.0/device", "0x9a23\n" },
	{ PCI "/0000:00:07.0/current_link_speed", "2.5 GT/s PCIe\n" },
	{ PCI "/0000:00:07.0/current_link_width", "4\n" },
	{ PCI "/0000:00:07.0/power_state", "D0\n" },
	{ PCI "/0000:00:07.0/power/control", "auto\n" },
	{ PCI "/0000:00:07.0/driver", .link = "../../../bus/pci/drivers/pcieport" },
	{ PCI "/0000:00:07.0/resource", BRIDGE_FILE },
	{ PCI "/0000:20:00.0/class", "0x060400\n" },
	{ PCI "/0000:20:00.0/vendor", "0x8086\n" },
	{ PCI "/0000:20:00.0/device", "0x1578\n" },
	{ PCI "/0000:20:00.0/removable", "removable\n" },
	{ PCI "/0000:20:00.0/resource", NO_BARS NO_LINE NO_LINE NO_LINE },
	{ PCI "/0000:21:01.0/class", "0x060400\n" },
	{ PCI "/0000:21:01.0/vendor", "0x8086\n" },
	{ PCI "/0000:21:01.0/device", "0x1578\n" },
	{ PCI "/0000:21:01.0/current_link_speed", "8.0 GT/s PCIe\n" },
	{ PCI "/0000:21:01.0/max_link_speed", "8.0 GT/s PCIe\n" },
	{ PCI "/0000:21:01.0/current_link_width", "4\n" },
	{ PCI "/0000:21:01.0/max_link_width", "4\n" },
	{ PCI "/0000:21:01.0/aer_dev_correctable", "RxErr 2\nBadTLP 5\nTOTAL_ERR_COR 7\n" },
	{ PCI "/0000:21:01.0/aer_dev_fatal", "TOTAL_ERR_FATAL 0\n" },
	{ PCI "/0000:22:00.0",
	  .link = ROOT "/0000:00:07.0/0000:20:00.0/0000:21:01.0/0000:22:00.0" },
	{ PCI "/0000:22:00.0/class", "0x030000\n" },
	{ PCI "/0000:22:00.0/vendor", "0x10de\n" },
	{ PCI "/0000:22:00.0/device", "0x2504\n" },
	{ PCI "/0000:22:00.0/current_link_speed", "8.0 GT/s PCIe\n" },
	{ PCI "/0000:22:00.0/max_link_speed", "16.0 GT/s PCIe\n" },
	{ PCI "/0000:22:00.0/current_link_width", "4\n" },
	{ PCI "/0000:22:00.0/max_link_width", "16\n" },
	{ PCI "/0000:22:00.0/power_state", "D0\n" },
	{ PCI "/0000:22:00.0/power/runtime_status", "active\n" },
	{ PCI "/0000:22:00.0/d3cold_allowed", "1\n" },
	{ PCI "/0000:22:00.0/driver", .link = "../../../bus/pci/drivers/nvidia" },
	{ PCI "/0000:22:00.0/iommu_group", .link = "../../../kernel/iommu_groups/17" },
	{ PCI "/0000:22:00.0/config", HEAD, .size = sizeof(HEAD) - 1 },
	{ PCI "/0000:22:00.0/resource",
	  "0x00000000a0000000 0x00000000a0ffffff 0x0000000000040200\n"
	  "0x0000006000000000 0x000000600fffffff 0x000000000014220c\n" NO_LINE
	  "0x0000006010000000 0x0000006011ffffff 0x000000000014220c\n" NO_LINE
	  "0x0000000000003000 0x000000000000307f 0x0000000000040101\n" NO_LINE },
	{ PCI "/0000:22:00.1/class", "0x040300\n" },
	{ PCI "/0000:22:00.1/driver", .link = "../../../bus/pci/drivers/snd_hda_intel" },
	{ "names:pci:v000010DEd00002504", "ID_VENDOR_FROM_DATABASE=NVIDIA Corporation\n"
					  "ID_MODEL_FROM_DATABASE=GA106 [GeForce RTX 3060]\n" },
	{ TB "/0-0/authorized", "1\n" },
	{ TB "/0-1/authorized", "1\n" },
	{ TB "/0-1/vendor_name", "Razer\n" },
	{ TB "/0-1/device_name", "Core X\n" },
};

static struct arena arena;
static struct table_host host = { .host = { .ops = &table_ops } };
static struct facts facts = { .arena = &arena, .want = { .gpu = "external" } };

static const struct pci *look(void)
{
	collect_thunderbolt(&facts, &host.host);
	collect_pci(&facts, &host.host);
	return &facts.pci;
}

static const struct pci_gpu *core_x_gpu(void)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	const struct pci_gpu *g = look()->chosen;
	CHECK(g != NULL);
	return g;
}

TEST(way_to_the_gpu_is_walked_up_its_real_path)
{
	const struct pci_gpu *g = core_x_gpu();

	CHECK_STR(g->bdf, "0000:22:00.0");
	CHECK_INT((long long)g->hop_count, 4);
	CHECK_STR(g->hop[0].bdf, "0000:00:07.0");
	CHECK_STR(g->hop[3].bdf, "0000:22:00.0");
	CHECK_STR(g->hop[0].driver.v, "pcieport");
	CHECK_STR(g->hop[3].driver.v, "nvidia");
	CHECK_INT((long long)g->hop[0].speed_mtps.v, 2500);
	CHECK_INT((long long)g->hop[2].speed_mtps.v, 8000);
	CHECK_INT((long long)g->hop[3].max_speed_mtps.v, 16000);
	CHECK_INT((long long)g->hop[3].max_width.v, 16);
	CHECK_INT((long long)g->hop[3].device.v, 0x2504);
	CHECK_INT((long long)g->hop[2].aer_correctable.v, 7);
	CHECK_INT((long long)g->hop[2].aer_fatal.v, 0);
	CHECK_INT(g->hop[2].aer_nonfatal.know, ABSENT);
	CHECK_STR(g->hop[0].runtime_control.v, "auto");
}

TEST(tunnel_ports_are_told_from_the_real_link)
{
	const struct pci_gpu *g = core_x_gpu();

	CHECK_INT(g->reach, REACH_THUNDERBOLT);
	CHECK_STR(g->router, "0-1");
	CHECK(g->hop[0].is_tunnel && g->hop[1].is_tunnel);
	CHECK(!g->hop[2].is_tunnel && !g->hop[3].is_tunnel);
	CHECK_STR(pci_dock(g)->bdf, "0000:21:01.0");
}

TEST(bars_and_windows_are_told_by_their_flags)
{
	const struct pci_gpu *g = core_x_gpu();

	CHECK_INT(g->bars_know, KNOWN);
	CHECK_INT((long long)g->bar_count, 4);
	CHECK(pci_bar(g, 0)->assigned && !pci_bar(g, 0)->prefetchable);
	CHECK_INT((long long)pci_bar(g, 0)->size_bytes, 16 << 20);
	CHECK(pci_bar(g, 1)->assigned && pci_bar(g, 1)->prefetchable);
	CHECK_INT((long long)pci_bar(g, 1)->size_bytes, 256 << 20);
	CHECK(pci_bar(g, 2) == NULL);
	CHECK_INT((long long)g->hop[0].window_bytes.v, 512 << 20);
	CHECK_INT((long long)g->hop[1].window_bytes.v, 0);
	CHECK_INT(g->hop[1].window_bytes.know, KNOWN);
	CHECK_INT(g->hop[3].window_bytes.know, NOT_LOOKED);
}

#define BAR_64 "0x000000000014220c\n"

static const struct pci_gpu *gpu_with(const char *resource)
{
	TABLE_ADD(&host, { PCI "/0000:01:00.0/resource", resource },
		  { PCI "/0000:01:00.0/class", "0x030200\n" },
		  { PCI "/0000:01:00.0/vendor", "0x10de\n" }, );
	return &look()->gpu[0];
}

TEST(memory_is_behind_bar1_where_bar0_takes_one_index)
{
	CHECK_INT(pci_vram_bar(core_x_gpu()), 1);
}

/* H100: BAR0, 2 and 4 of 64 bits each. */
TEST(memory_is_behind_bar2_where_bar0_takes_two)
{
	const struct pci_gpu *g =
	    gpu_with("0x0000022042000000 0x0000022042ffffff " BAR_64 NO_LINE
		     "0x0000020000000000 0x0000021fffffffff " BAR_64 NO_LINE
		     "0x0000022040000000 0x0000022041ffffff " BAR_64 NO_LINE NO_LINE);

	CHECK_INT(pci_vram_bar(g), 2);
	CHECK_INT((long long)pci_bar(g, 2)->size_bytes, 128ll << 30);
}

TEST(what_is_left_tells_where_memory_was_behind_once_bar0_is_gone)
{
	CHECK_INT(
	    pci_vram_bar(gpu_with(NO_LINE NO_LINE NO_LINE NO_LINE
				  "0x0000022040000000 0x0000022041ffffff " BAR_64 NO_LINE NO_LINE)),
	    2);
	CHECK_INT(pci_vram_bar(&(struct pci_gpu){ 0 }), 1);
}

TEST(a_bar_without_an_address_keeps_its_size)
{
	const struct pci_gpu *g =
	    gpu_with("0x00000000a0000000 0x00000000a0ffffff 0x0000000000040200\n"
		     "0x0000000000000000 0x000000000fffffff 0x000000002014220c\n" NO_LINE NO_LINE
			 NO_LINE NO_LINE NO_LINE);

	CHECK(pci_bar(g, 0)->assigned);
	CHECK(!pci_bar(g, 1)->assigned);
	CHECK_INT((long long)pci_bar(g, 1)->size_bytes, 256 << 20);
}

TEST(gpu_has_a_name_a_sound_function_and_a_group)
{
	const struct pci_gpu *g = core_x_gpu();

	CHECK_STR(g->name, "GA106 [GeForce RTX 3060]");
	CHECK_STR(g->audio_bdf.v, "0000:22:00.1");
	CHECK_STR(g->audio_driver.v, "snd_hda_intel");
	CHECK_STR(g->iommu_group.v, "17");
	CHECK_STR(g->runtime_status.v, "active");
	CHECK(is_u64(g->d3cold_allowed, 1));
	CHECK(is_u64(g->config_answers, 1));
	CHECK_INT((long long)facts.pci.other_gpus.count, 1);
	CHECK_STR(facts.pci.other_gpus.name[0], "0000:00:02.0");
	CHECK_INT((long long)facts.pci.other_external_gpus.count, 0);
}

TEST(all_ones_mean_that_nothing_answers)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	TABLE_ADD(&host, { PCI "/0000:22:00.0/config", ALL_ONES }, );

	CHECK(is_u64(look()->chosen->config_answers, 0));
}

TEST(config_that_may_not_be_read_is_unknown)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	TABLE_ADD(&host, { PCI "/0000:22:00.0/config", .error = -EACCES }, );

	CHECK_INT(look()->chosen->config_answers.know, DENIED);
}

TEST(a_sleeping_gpu_is_not_woken_by_looking)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	TABLE_ADD(&host, { PCI "/0000:22:00.0/power_state", "D3cold\n" }, );
	const struct pci_gpu *g = look()->chosen;

	CHECK_INT(g->config_answers.know, NOT_LOOKED);
	CHECK_INT(g->hop[3].width.know, NOT_LOOKED);
	CHECK_INT(g->hop[2].width.know, KNOWN);
}

TEST(a_link_that_is_down_has_no_speed_and_no_lanes)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	TABLE_ADD(&host, { PCI "/0000:22:00.0/current_link_speed", "Unknown\n" },
		  { PCI "/0000:22:00.0/current_link_width", "0\n" },
		  { PCI "/0000:22:00.0/max_link_width", "255\n" }, );
	const struct pci_hop *end = pci_endpoint(look()->chosen);

	CHECK_INT(end->speed_mtps.know, UNREADABLE);
	CHECK_INT(end->width.know, UNREADABLE);
	CHECK_INT(end->max_width.know, UNREADABLE);
}

/* --- how a GPU is attached --- */

static void add_gpu(const char *bdf, const char *way)
{
	TABLE_ADD(&host, { arena_printf(&arena, PCI "/%s", bdf), .link = way },
		  { arena_printf(&arena, PCI "/%s/class", bdf), "0x030000\n" },
		  { arena_printf(&arena, PCI "/%s/vendor", bdf), "0x10de\n" },
		  { arena_printf(&arena, PCI "/%s/device", bdf), "0x2786\n" }, );
}

TEST(a_gpu_below_an_unmarked_port_is_internal)
{
	add_gpu("0000:01:00.0", ROOT "/0000:00:01.0/0000:01:00.0");
	TABLE_ADD(&host, { "/sys/bus/pci/slots/1/address", "0000:01:00\n" },
		  { PCI "/0000:00:01.0/max_link_width", "16\n" }, );
	const struct pci *p = look();

	CHECK_INT(p->gpu[0].reach, REACH_INTERNAL);
	CHECK(p->chosen == NULL);
	CHECK(!p->gpu[0].hop[0].is_tunnel);
}

TEST(oculink_is_removable_without_a_tunnel_though_a_dock_is_connected)
{
	add_gpu("0000:01:00.0", ROOT "/0000:00:01.1/0000:01:00.0");
	TABLE_ADD(&host, { PCI "/0000:01:00.0/removable", "removable\n" },
		  { TB "/0-1/authorized", "1\n" }, { TB "/0-1/device_name", "Hub\n" }, );
	const struct pci *p = look();

	CHECK_INT(p->gpu[0].reach, REACH_REMOVABLE);
	CHECK(p->chosen == &p->gpu[0]);
	CHECK_STR(p->chosen->router, "");
	CHECK_STR(pci_dock(p->chosen)->bdf, "0000:00:01.1");
}

TEST(a_narrow_hot_plug_slot_is_removable)
{
	add_gpu("0000:01:00.0", ROOT "/0000:00:1d.0/0000:01:00.0");
	TABLE_ADD(&host, { "/sys/bus/pci/slots/3/address", "0000:01:00\n" },
		  { PCI "/0000:00:1d.0/max_link_width", "4\n" }, );

	CHECK_INT(look()->gpu[0].reach, REACH_REMOVABLE);
}

/* AMD: unknown port ids, everything below an external-facing port is removable. */
TEST(removable_bridges_and_a_router_mean_a_tunnel)
{
	add_gpu("0000:66:00.0", ROOT "/0000:00:03.1/0000:64:00.0/0000:65:00.0/0000:66:00.0");
	TABLE_ADD(&host, { PCI "/0000:64:00.0/removable", "removable\n" },
		  { TB "/1-2/authorized", "1\n" }, { TB "/1-2/device_name", "Core X V2\n" }, );
	const struct pci *p = look();

	CHECK_INT(p->gpu[0].reach, REACH_THUNDERBOLT);
	CHECK_STR(p->gpu[0].router, "1-2");
}

TEST(a_port_that_the_controller_supplies_is_a_tunnel_to_its_own_domain)
{
	add_gpu("0000:22:00.0", ROOT "/0000:00:07.2/0000:20:00.0/0000:21:00.0/0000:22:00.0");
	TABLE_ADD(&host, { PCI "/0000:00:0d.2/class", "0x0c0340\n" },
		  { PCI "/0000:00:0d.3/class", "0x0c0340\n" },
		  { PCI "/0000:00:07.2/supplier:pci:0000:00:0d.3", .link = "../x" },
		  { TB "/domain0", .link = ROOT "/0000:00:0d.2/domain0" },
		  { TB "/domain1", .link = ROOT "/0000:00:0d.3/domain1" },
		  { TB "/0-1/authorized", "1\n" }, { TB "/0-1/device_name", "Core X\n" },
		  { TB "/1-1/authorized", "1\n" }, { TB "/1-1/device_name", "Node Titan\n" }, );
	const struct pci *p = look();

	CHECK_INT(p->gpu[0].reach, REACH_THUNDERBOLT);
	CHECK_STR(p->gpu[0].router, "1-1");
}

TEST(between_two_enclosures_none_is_guessed)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	TABLE_ADD(&host, { TB "/0-3/authorized", "1\n" }, { TB "/0-3/device_name", "Core V2\n" },
		  { TB "/0-3/vendor_name", "Razer\n" }, );

	CHECK_STR(look()->chosen->router, "");
}

TEST(beside_a_dock_the_enclosure_is_the_one)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	TABLE_ADD(&host, { TB "/0-3/authorized", "1\n" }, { TB "/0-3/device_name", "Dock\n" }, );

	CHECK_STR(look()->chosen->router, "0-1");
}

/* --- which one is checked --- */

static const char *chosen_of(const char *want)
{
	facts.want.gpu = want;
	facts.pci = (struct pci){ 0 };
	facts.thunderbolt = (struct thunderbolt){ 0 };
	const struct pci *p = look();
	return p->chosen ? p->chosen->bdf : "none";
}

TEST(what_was_wanted_is_chosen)
{
	add_gpu("0000:01:00.0", ROOT "/0000:00:01.0/0000:01:00.0");
	CHECK_STR(chosen_of("external"), "none");
	CHECK_STR(chosen_of("any"), "0000:01:00.0");
	table_add(&host, core_x, COUNT_OF(core_x));
	CHECK_STR(chosen_of("external"), "0000:22:00.0");
	CHECK_STR(chosen_of("any"), "0000:22:00.0");
	CHECK_STR(chosen_of("01:00.0"), "0000:01:00.0");
	CHECK_STR(chosen_of("0000:01:00.0"), "0000:01:00.0");
	CHECK_STR(chosen_of("0000:02:00.0"), "none");
	CHECK_INT((long long)facts.pci.gpu_count, 2);
}

static const struct pci *without(const char *path)
{
	table_add(&host, core_x, COUNT_OF(core_x));
	TABLE_ADD(&host, { path, .error = -EACCES }, );
	return look();
}

TEST(what_could_not_be_read_may_be_the_gpu)
{
	const struct pci *p = without(PCI "/0000:22:00.0/class");

	CHECK(p->chosen == NULL);
	CHECK_INT(p->know, DENIED);
	CHECK_STR(p->unread, PCI "/0000:22:00.0/class");
}

TEST(a_display_of_an_unread_vendor_may_be_the_gpu)
{
	const struct pci *p = without(PCI "/0000:22:00.0/vendor");

	CHECK_INT(p->know, DENIED);
	CHECK_STR(p->unread, PCI "/0000:22:00.0/vendor");
	CHECK_INT((long long)p->other_gpus.count, 1); /* the laptop's own */
}

TEST(a_gpu_whose_way_was_not_read_is_neither_inside_nor_outside)
{
	const struct pci *p = without(PCI "/0000:22:00.0");

	CHECK_INT(p->know, DENIED);
	CHECK_STR(p->unread, PCI "/0000:22:00.0");
	CHECK_INT(p->gpu[0].reach, REACH_UNKNOWN);
	CHECK_STR(chosen_of("any"), "0000:22:00.0");
	CHECK_INT(facts.pci.know, KNOWN);
}

TEST(what_was_not_read_of_others_does_not_hide_the_gpu)
{
	const struct pci *p = without(PCI "/0000:00:02.0/class");

	CHECK_INT(p->know, KNOWN);
	CHECK_STR(p->chosen->bdf, "0000:22:00.0");
	CHECK_STR(p->unread, "");
}

TEST(at_another_address_what_was_not_read_does_not_matter)
{
	without(PCI "/0000:22:00.0/class");
	CHECK_STR(chosen_of("0000:05:00.0"), "none");
	CHECK_INT(facts.pci.know, KNOWN);
	CHECK_STR(chosen_of("22:00.0"), "none");
	CHECK_INT(facts.pci.know, DENIED);
}

TEST(another_vendors_device_is_not_the_gpu_whatever_its_class)
{
	without(PCI "/0000:00:02.0/class");
	CHECK_STR(chosen_of("00:02.0"), "none");
	CHECK_INT(facts.pci.know, KNOWN);
}

TEST(another_vendors_external_gpu_is_seen_as_such)
{
	TABLE_ADD(&host,
		  { PCI "/0000:08:00.0", .link = ROOT "/0000:00:07.0/0000:05:00.0/0000:06:00.0/"
						      "0000:08:00.0" },
		  { PCI "/0000:08:00.0/class", "0x030000\n" },
		  { PCI "/0000:08:00.0/vendor", "0x1002\n" },
		  { PCI "/0000:05:00.0/vendor", "0x8086\n" },
		  { PCI "/0000:05:00.0/device", "0x15ef\n" }, );
	const struct pci *p = look();

	CHECK(p->chosen == NULL);
	CHECK_INT((long long)p->other_external_gpus.count, 1);
	CHECK_STR(p->other_external_gpus.name[0], "0000:08:00.0");
}

TEST(a_bus_that_may_not_be_listed_is_unknown)
{
	TABLE_ADD(&host, { PCI, .error = -EACCES }, );
	CHECK_INT(look()->know, DENIED);
}

TEST(no_bus_at_all_is_absent)
{
	CHECK_INT(look()->know, ABSENT);
}
