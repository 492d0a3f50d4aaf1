/* SPDX-License-Identifier: MIT */
#include "judged.h"
#include "tap.h"

static struct tb_controller nhi = { .bdf = "0000:00:0d.2", .driver = { KNOWN, "thunderbolt", "" } };
static struct tb_domain domain = { .name = "domain0",
				   .controller_bdf = "0000:00:0d.2",
				   .security = { KNOWN, "user", "" },
				   .iommu_dma_protection = { KNOWN, 1, "" } };
static struct tb_device device[] = {
	{ .name = "0-0", .domain = "domain0", .is_host = true, .generation = { KNOWN, 4, "" } },
	{ .name = "0-1",
	  .domain = "domain0",
	  .vendor = { KNOWN, "Razer", "" },
	  .model = { KNOWN, "Core X", "" } },
};
static struct facts facts = {
	.thunderbolt = { .know = KNOWN,
			 .controller = &nhi,
			 .controller_count = 1,
			 .domain = &domain,
			 .domain_count = 1,
			 .device = device,
			 .device_count = 2 },
	.pci = { .know = KNOWN },
};

static struct verdict *judge(void)
{
	return judged(&link_controller, &facts);
}

static void with_gpu(enum pci_reach reach)
{
	static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .name = "", .router = "0-1" };
	gpu.reach = reach;
	facts.pci.chosen = &gpu;
}

TEST(a_bound_controller_is_told_with_its_security)
{
	CHECK_ONE(judge(), "ok", "", "USB4 / Thunderbolt 4, security user, IOMMU protection on");
}

TEST(missing_protection_is_told_and_not_judged_here)
{
	device[0].generation = known_u64(3, "");
	domain.security = known_text("none", "");
	domain.iommu_dma_protection = known_u64(0, "");
	CHECK_ONE(judge(), "ok", "", "Thunderbolt 3, security none, IOMMU protection off");
}

TEST(a_generation_that_is_not_known_yet_has_no_number)
{
	device[0].generation = known_u64(9, "");
	domain.iommu_dma_protection = unknown_u64(ABSENT, "");
	CHECK_ONE(judge(), "ok", "", "Thunderbolt, security user, IOMMU protection not known");
}

TEST(gpu_on_oculink_needs_no_controller)
{
	with_gpu(REACH_REMOVABLE);
	nhi.driver = unknown_text(ABSENT, "");
	CHECK_ONE(judge(), "skipped", "", "GPU 22:00.0 is not on Thunderbolt");
}

TEST(internal_gpu_needs_no_controller)
{
	with_gpu(REACH_INTERNAL);
	CHECK_ONE(judge(), "skipped", "", "GPU 22:00.0 is not on Thunderbolt");
}

TEST(no_controller_is_no_fault)
{
	facts.thunderbolt = (struct thunderbolt){ .know = ABSENT };
	CHECK_ONE(judge(), "skipped", "", "no Thunderbolt or USB4 controller here");
}

TEST(no_controller_is_unknown_where_the_bus_could_not_be_listed)
{
	facts.thunderbolt = (struct thunderbolt){ .know = ABSENT };
	facts.pci.know = DENIED;
	CHECK_ONE(judge(), "unknown", "", "whether there is a controller: permission denied");
}

TEST(what_may_be_a_controller_is_unknown_until_a_gpu_is_there)
{
	facts.thunderbolt.controllers_know = DENIED;
	facts.thunderbolt.controllers_from = "/sys/bus/pci/devices/0000:00:0d.3/class";
	CHECK_ONE(judge(), "unknown", "",
		  "whether there is another controller: /sys/bus/pci/devices/0000:00:0d.3/class: "
		  "permission denied");
	facts.thunderbolt.controller_count = facts.thunderbolt.domain_count = 0;
	facts.thunderbolt.know = ABSENT;
	CHECK_ONE(judge(), "unknown", "",
		  "whether there is a controller: /sys/bus/pci/devices/0000:00:0d.3/class: "
		  "permission denied");
	facts.thunderbolt.controller_count = facts.thunderbolt.domain_count = 1;
	with_gpu(REACH_THUNDERBOLT);
	CHECK_INT(judge()->finding[0].status, STATUS_OK);
}

TEST(controller_without_driver_is_broken)
{
	facts.thunderbolt.know = ABSENT;
	facts.thunderbolt.domain_count = facts.thunderbolt.device_count = 0;
	nhi.driver = unknown_text(ABSENT, "");
	CHECK_ONE(judge(), "broken", "thunderbolt-driver-missing",
		  "controller 00:0d.2 has no driver, so no enclosure can be seen");
}

TEST(controller_without_driver_is_a_warning_while_the_gpu_is_there)
{
	facts.thunderbolt.know = ABSENT;
	facts.thunderbolt.domain_count = facts.thunderbolt.device_count = 0;
	nhi.driver = unknown_text(ABSENT, "");
	with_gpu(REACH_THUNDERBOLT);
	CHECK_ONE(judge(), "warning", "thunderbolt-driver-missing",
		  "controller 00:0d.2 has no driver; nothing can be plugged in there");
}

/* The second of two, whose sibling shows that the module is loaded. */
static void with_second(struct maybe_text driver)
{
	static struct tb_controller both[2];
	both[0] = nhi;
	both[1] = (struct tb_controller){ .bdf = "0000:00:0d.3", .driver = driver };
	facts.thunderbolt.controller = both;
	facts.thunderbolt.controller_count = 2;
}

TEST(controller_that_its_driver_left_out_is_a_warning)
{
	with_second(unknown_text(ABSENT, ""));
	CHECK_ONE(judge(), "warning", "thunderbolt-controller-unbound",
		  "controller 00:0d.3 has no driver; nothing can be plugged in there");
	CHECK_STR(judge()->finding[0].subject, "0000:00:0d.3");
	with_second(known_text("vfio-pci", ""));
	CHECK_ONE(judge(), "warning", "thunderbolt-controller-unbound",
		  "controller 00:0d.3 has vfio-pci; nothing can be plugged in there");
}

TEST(controller_that_its_driver_left_out_is_broken_where_an_enclosure_may_hang_on_it)
{
	struct bolt_device box = { .uuid = "u",
				   .vendor = "Razer",
				   .name = "Core X",
				   .type = "peripheral",
				   .status = "disconnected",
				   .stored = true };

	facts.thunderbolt.bolt = &box;
	facts.thunderbolt.bolt_count = 1;
	facts.thunderbolt.device_count = 1;
	with_second(unknown_text(ABSENT, ""));
	CHECK_ONE(judge(), "broken", "thunderbolt-controller-unbound",
		  "controller 00:0d.3 has no driver; Razer Core X may be plugged in there");
	facts.thunderbolt.device_count = 2;
	CHECK_INT(judge()->finding[0].status, STATUS_WARNING);
	facts.thunderbolt.device_count = 1;
	with_gpu(REACH_THUNDERBOLT);
	CHECK_INT(judge()->finding[0].status, STATUS_WARNING);
}

TEST(only_controller_with_another_driver_is_not_mended_by_the_module)
{
	facts.thunderbolt.know = ABSENT;
	facts.thunderbolt.domain_count = facts.thunderbolt.device_count = 0;
	nhi.driver = known_text("vfio-pci", "");
	CHECK_ONE(judge(), "broken", "thunderbolt-controller-unbound",
		  "controller 00:0d.2 has vfio-pci, so no enclosure can be seen");
}

TEST(driver_that_may_not_be_seen_is_unknown)
{
	nhi.driver = unknown_text(DENIED, "");
	CHECK_ONE(judge(), "unknown", "", "the driver of controller 00:0d.2: permission denied");
}

TEST(security_without_pcie_is_broken_with_an_enclosure)
{
	static const char *const level[] = { "dponly", "usbonly", "nopcie" };
	for (size_t i = 0; i < COUNT_OF(level); i++) {
		domain.security = known_text(level[i], "");
		const struct verdict *v = judge();
		CHECK_INT(v->finding[0].status, STATUS_BROKEN);
		CHECK_STR(v->finding[0].cause->id, "thunderbolt-security-dponly");
	}
	CHECK_STR(judge()->finding[0].text,
		  "security nopcie lets no PCI Express through to Core X");
}

TEST(security_without_pcie_is_a_warning_with_nothing_connected)
{
	domain.security = known_text("dponly", "");
	facts.thunderbolt.device_count = 1;
	CHECK_ONE(judge(), "warning", "thunderbolt-security-dponly",
		  "security dponly: no GPU could be reached through domain0");
}

TEST(security_that_may_not_be_read_is_unknown)
{
	domain.security = unknown_text(DENIED, "");
	const struct verdict *v = judge();
	CHECK_ONE(v, "unknown", "", "the security level of domain0: permission denied");
	CHECK_STR(v->finding[0].show, "cat /sys/bus/thunderbolt/devices/domain0/security");
}

TEST(bound_controller_without_a_domain_is_unknown)
{
	facts.thunderbolt.domain_count = 0;
	CHECK_ONE(judge(), "unknown", "", "controller 00:0d.2 has its driver, but shows no domain");
}
