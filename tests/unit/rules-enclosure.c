/* SPDX-License-Identifier: MIT */
#include "judged.h"
#include "tap.h"

#define UUID "11110000-0000-0000-ffff-ffffffffffff"

static struct tb_domain domain = { .name = "domain0",
				   .controller_bdf = "",
				   .security = { KNOWN, "user", "" },
				   .iommu_dma_protection = { KNOWN, 1, "" } };
static struct tb_device device[] = {
	{ .name = "0-0", .domain = "domain0", .is_host = true, .authorized = { KNOWN, 1, "" } },
	{ .name = "0-1",
	  .domain = "domain0",
	  .vendor = { KNOWN, "Razer", "" },
	  .model = { KNOWN, "Core X", "" },
	  .unique_id = { KNOWN, UUID, "" },
	  .authorized = { KNOWN, 1, "" },
	  .boot = { KNOWN, 0, "" },
	  .generation = { KNOWN, 3, "" },
	  .rx_mbps_per_lane = { KNOWN, 20000, "" },
	  .rx_lanes = { KNOWN, 2, "" },
	  .tx_mbps_per_lane = { KNOWN, 20000, "" },
	  .tx_lanes = { KNOWN, 2, "" } },
	{ .name = "0-3",
	  .domain = "domain0",
	  .vendor = { KNOWN, "Sonnet", "" },
	  .model = { KNOWN, "eGFX Breakaway Box", "" },
	  .unique_id = { KNOWN, "2222", "" },
	  .authorized = { KNOWN, 1, "" } },
};
static struct bolt_device bolt = { .uuid = UUID,
				   .name = "Core X",
				   .vendor = "Razer",
				   .type = "peripheral",
				   .status = "authorized",
				   .auth_flags = "none",
				   .policy = "iommu",
				   .syspath = "",
				   .generation = 3,
				   .stored = true };
static struct facts facts = {
	.thunderbolt = { .know = KNOWN,
			 .domain = &domain,
			 .domain_count = 1,
			 .device = device,
			 .device_count = 2,
			 .bolt_know = KNOWN,
			 .bolt = &bolt,
			 .bolt_count = 1 },
	.pci = { .know = KNOWN },
};
static struct tb_device *const core_x = &device[1];

static struct verdict *judge(void)
{
	return judged(&link_enclosure, &facts);
}

static void with_gpu(enum pci_reach reach)
{
	static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .name = "", .router = "0-1" };
	gpu.reach = reach;
	facts.pci.chosen = &gpu;
}

TEST(healthy_enclosure_is_named_with_policy_and_speed)
{
	with_gpu(REACH_THUNDERBOLT);
	CHECK_ONE(judge(), "ok", "", "Razer Core X, authorised, policy iommu, 40 Gb/s = 2 x 20");
}

TEST(model_that_begins_with_the_vendor_is_said_once)
{
	core_x->model = known_text("Razer Core X", "");
	CHECK_ONE(judge(), "ok", "", "Razer Core X, authorised, policy iommu, 40 Gb/s = 2 x 20");
}

TEST(old_kernels_tell_no_speed)
{
	core_x->rx_mbps_per_lane = core_x->rx_lanes = unknown_u64(ABSENT, "");
	core_x->tx_mbps_per_lane = core_x->tx_lanes = unknown_u64(ABSENT, "");
	CHECK_ONE(judge(), "ok", "", "Razer Core X, authorised, policy iommu");
}

TEST(gpu_elsewhere_needs_no_enclosure)
{
	with_gpu(REACH_REMOVABLE);
	core_x->authorized = known_u64(0, "");
	CHECK_ONE(judge(), "skipped", "", "GPU 22:00.0 needs no enclosure on Thunderbolt");
}

/* --- not authorised --- */

TEST(unauthorised_enclosure_is_broken_by_name_and_remedy_by_uuid)
{
	core_x->authorized = known_u64(0, "");
	bolt.stored = false;
	bolt.policy = "";
	bolt.status = "connected";
	const struct verdict *v = judge();
	CHECK_ONE(v, "broken", "enclosure-not-authorized",
		  "Razer Core X is connected, but not authorised");
	CHECK_STR(v->finding[0].subject, UUID);
}

TEST(without_boltd_that_is_what_is_missing)
{
	core_x->authorized = known_u64(0, "");
	facts.thunderbolt.bolt_know = ABSENT;
	facts.thunderbolt.bolt_count = 0;
	CHECK_ONE(judge(), "broken", "bolt-missing",
		  "Razer Core X is not authorised, and no boltd runs here");
}

/* boltctl enrols nothing that is stored: "already enrolled". */
TEST(a_stored_enclosure_is_not_told_to_be_enrolled)
{
	core_x->authorized = known_u64(0, "");
	bolt.status = "connected";
	bolt.policy = "manual";
	CHECK_ONE(judge(), "broken", "enclosure-policy-manual",
		  "Razer Core X is not authorised: its policy is manual");
	bolt.policy = "auto";
	CHECK_ONE(judge(), "broken", "enclosure-stored-not-authorized",
		  "Razer Core X is not authorised, though stored with the policy auto");
}

TEST(a_boltd_that_is_told_to_do_nothing)
{
	facts.thunderbolt.bolt_auth_mode = known_text("disabled", "");
	CHECK_ONE(judge(), "warning", "boltd-authorises-nothing",
		  "Razer Core X is authorised, but boltd's auth mode is disabled: by hand after "
		  "each boot");
	core_x->authorized = known_u64(0, "");
	bolt.status = "connected";
	CHECK_ONE(judge(), "broken", "boltd-authorises-nothing",
		  "Razer Core X is not authorised: boltd's auth mode is disabled");
	core_x->authorized = core_x->boot = known_u64(1, "");
	bolt.status = "authorized";
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

TEST(a_dock_that_is_not_authorised_is_told_before_what_is_behind_it)
{
	device[2].name = "0-301";
	device[2].authorized = core_x->authorized = known_u64(0, "");
	core_x->model = known_text("Thunderbolt Dock", "");
	facts.thunderbolt.device_count = 3;
	facts.thunderbolt.bolt_count = 0;
	const struct verdict *v = judge();
	CHECK_INT((long long)v->count, 2);
	CHECK_NTH(v, 0, "broken", "enclosure-not-authorized",
		  "Razer Thunderbolt Dock is not authorised, and Sonnet eGFX Breakaway Box is "
		  "behind it");
	CHECK_STR(v->finding[0].subject, UUID);
	CHECK_NTH(v, 1, "broken", "enclosure-not-authorized",
		  "Sonnet eGFX Breakaway Box is connected, but not authorised");
	CHECK_STR(v->finding[1].subject, "2222");
}

TEST(an_uuid_that_may_not_be_read_leaves_the_policy_unknown)
{
	core_x->unique_id = unknown_text(DENIED, "");
	const struct verdict *v = judge();
	CHECK_ONE(v, "unknown", "",
		  "Razer Core X is authorised; its policy in boltd needs its UUID: permission "
		  "denied");
	CHECK_STR(v->finding[0].show, "cat /sys/bus/thunderbolt/devices/0-1/unique_id");
	core_x->authorized = known_u64(0, "");
	v = judge();
	CHECK_ONE(v, "broken", "enclosure-not-authorized",
		  "Razer Core X is connected, but not authorised");
	CHECK_STR(v->finding[0].subject, "");
}

TEST(failed_authorisation_is_a_cause_of_its_own)
{
	core_x->authorized = known_u64(0, "");
	bolt.status = "auth-error";
	CHECK_ONE(judge(), "broken", "enclosure-authorization-failed",
		  "Razer Core X could not be authorised, says boltd");
}

TEST(authorising_just_now_is_unknown)
{
	core_x->authorized = known_u64(0, "");
	bolt.status = "authorizing";
	CHECK_ONE(judge(), "unknown", "", "Razer Core X is being authorised just now");
}

TEST(policy_iommu_never_authorises_without_protection)
{
	core_x->authorized = known_u64(0, "");
	bolt.status = "connected";
	domain.iommu_dma_protection = known_u64(0, "");
	CHECK_ONE(judge(), "broken", "enclosure-policy-iommu-without-iommu",
		  "Razer Core X is not authorised: policy iommu, but IOMMU protection off");
}

TEST(sysfs_counts_where_boltd_says_authorised)
{
	core_x->authorized = known_u64(0, "");
	const struct verdict *v = judge();
	CHECK_INT((long long)v->count, 2);
	CHECK_NTH(v, 0, "warning", "enclosure-sources-disagree",
		  "Razer Core X: not authorised says sysfs, but boltd says it is");
	CHECK_NTH(v, 1, "broken", "enclosure-stored-not-authorized",
		  "Razer Core X is not authorised, though stored with the policy iommu");
}

TEST(a_gpu_on_the_bus_proves_that_the_tunnel_is_open)
{
	core_x->authorized = known_u64(0, "");
	with_gpu(REACH_THUNDERBOLT);
	CHECK_ONE(judge(), "warning", "enclosure-sources-disagree",
		  "Razer Core X: not authorised says sysfs, but its GPU is on the bus");
}

TEST(authorisation_that_may_not_be_read_is_unknown)
{
	core_x->authorized = unknown_u64(DENIED, "");
	const struct verdict *v = judge();
	CHECK_ONE(v, "unknown", "", "whether Razer Core X is authorised: permission denied");
	CHECK_STR(v->finding[0].show, "cat /sys/bus/thunderbolt/devices/0-1/authorized");
}

TEST(a_device_of_unknown_kind_is_a_warning_at_most)
{
	core_x->vendor = known_text("ASMedia", "");
	core_x->model = known_text("246x", "");
	core_x->authorized = known_u64(0, "");
	facts.thunderbolt.bolt_count = 0;
	CHECK_ONE(judge(), "warning", "enclosure-not-authorized",
		  "ASMedia 246x is not authorised; a GPU behind it cannot appear");
}

TEST(unknown_name_on_a_host_with_the_driver_is_taken_for_an_enclosure)
{
	core_x->vendor = known_text("ASMedia", "");
	core_x->model = known_text("246x", "");
	core_x->authorized = known_u64(0, "");
	facts.kernel.userland_version = known_text("590.48.01", "");
	facts.thunderbolt.bolt_count = 0;
	CHECK_ONE(judge(), "broken", "enclosure-not-authorized",
		  "ASMedia 246x is connected, but not authorised");
}

TEST(a_dock_is_a_warning_at_most)
{
	core_x->model = known_text("Thunderbolt 4 Dock", "");
	core_x->authorized = known_u64(0, "");
	facts.thunderbolt.bolt_count = 0;
	CHECK_ONE(judge(), "warning", "enclosure-not-authorized",
		  "Razer Thunderbolt 4 Dock is not authorised; a GPU behind it cannot appear");
}

TEST(an_authorised_dock_is_no_enclosure)
{
	core_x->model = known_text("Thunderbolt 4 Dock", "");
	CHECK_ONE(judge(), "skipped", "", "no GPU enclosure is connected");
}

/* --- after the next boot --- */

TEST(authorised_and_not_enrolled_is_a_warning)
{
	bolt.stored = false;
	bolt.policy = "";
	CHECK_ONE(judge(), "warning", "enclosure-not-enrolled",
		  "Razer Core X is authorised, but not enrolled: by hand after each boot");
}

TEST(firmware_authorises_at_boot_without_boltd)
{
	bolt.stored = false;
	bolt.policy = "";
	core_x->boot = known_u64(1, "");
	CHECK_ONE(judge(), "ok", "", "Razer Core X, authorised by firmware, 40 Gb/s = 2 x 20");
}

TEST(security_none_asks_nobody)
{
	facts.thunderbolt.bolt_count = 0;
	domain.security = known_text("none", "");
	CHECK_ONE(judge(), "ok", "", "Razer Core X, authorised, 40 Gb/s = 2 x 20");
}

TEST(policy_manual_is_a_warning)
{
	bolt.policy = "manual";
	CHECK_ONE(judge(), "warning", "enclosure-policy-manual",
		  "Razer Core X has the policy manual: by hand after each boot");
}

TEST(policy_iommu_without_protection_is_a_warning_while_authorised)
{
	domain.iommu_dma_protection = known_u64(0, "");
	CHECK_ONE(judge(), "warning", "enclosure-policy-iommu-without-iommu",
		  "Razer Core X has the policy iommu, but IOMMU protection is off");
	domain.iommu_dma_protection = unknown_u64(ABSENT, "");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

TEST(boltd_that_missed_an_event_is_a_warning)
{
	bolt.status = "connected";
	CHECK_ONE(judge(), "warning", "enclosure-sources-disagree",
		  "Razer Core X: authorised says sysfs, connected says boltd");
}

TEST(no_boltd_is_fine_where_something_else_authorises)
{
	facts.thunderbolt.bolt_know = ABSENT;
	facts.thunderbolt.bolt_count = 0;
	facts.thunderbolt.udev_authorizes = known_u64(1, "");
	CHECK_ONE(judge(), "ok", "", "Razer Core X, authorised, no boltd, 40 Gb/s = 2 x 20");
	facts.thunderbolt.udev_authorizes = known_u64(0, "");
	core_x->boot = known_u64(1, "");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
	core_x->boot = known_u64(0, "");
	domain.security = known_text("none", "");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

TEST(no_boltd_and_nothing_else_that_authorises_is_a_warning)
{
	facts.thunderbolt.bolt_know = ABSENT;
	facts.thunderbolt.bolt_count = 0;
	facts.thunderbolt.udev_authorizes = known_u64(0, "");
	CHECK_ONE(judge(), "warning", "bolt-missing",
		  "Razer Core X is authorised, but no boltd runs here: by hand after each boot");
	facts.thunderbolt.udev_authorizes = unknown_u64(DENIED, "");
	CHECK_ONE(judge(), "unknown", "",
		  "who authorises Razer Core X without boltd: permission denied");
}

TEST(boltd_that_does_not_answer_leaves_the_policy_unknown)
{
	facts.thunderbolt.bolt_know = TIMED_OUT;
	facts.thunderbolt.bolt_count = 0;
	CHECK_ONE(judge(), "unknown", "",
		  "Razer Core X is authorised; its policy in boltd: no answer in time");
}

/* --- cable --- */

TEST(half_speed_is_a_warning)
{
	core_x->rx_mbps_per_lane = core_x->tx_mbps_per_lane = known_u64(10000, "");
	CHECK_ONE(judge(), "warning", "cable-slow",
		  "Razer Core X runs at 20 Gb/s = 2 x 10; 40 is usual");
}

TEST(one_lane_is_a_warning)
{
	core_x->rx_lanes = core_x->tx_lanes = known_u64(1, "");
	CHECK_ONE(judge(), "warning", "cable-slow",
		  "Razer Core X runs at 20 Gb/s = 1 x 20; 40 is usual");
}

TEST(thunderbolt_2_is_not_slow_for_what_it_is)
{
	core_x->rx_mbps_per_lane = core_x->tx_mbps_per_lane = known_u64(10000, "");
	core_x->generation = known_u64(2, "");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

TEST(thunderbolt_5_at_the_speed_of_4_is_slow)
{
	device[0].generation = core_x->generation = known_u64(5, "");
	CHECK_ONE(judge(), "warning", "cable-slow",
		  "Razer Core X runs at 40 Gb/s = 2 x 20; 80 is usual");
	device[0].generation = known_u64(4, "");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

TEST(a_lopsided_thunderbolt_5_link_is_healthy)
{
	core_x->generation = known_u64(5, "");
	core_x->rx_mbps_per_lane = core_x->tx_mbps_per_lane = known_u64(40000, "");
	core_x->rx_lanes = known_u64(1, "");
	core_x->tx_lanes = known_u64(3, "");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

/* --- none, and several --- */

TEST(known_but_absent_enclosure_is_broken)
{
	facts.thunderbolt.device_count = 1;
	bolt.status = "disconnected";
	const struct verdict *v = judge();
	CHECK_ONE(v, "broken", "enclosure-not-seen", "Razer Core X is known, but not connected");
	CHECK_STR(v->finding[0].subject, UUID);
}

TEST(an_absent_dock_is_missed_by_nobody)
{
	facts.thunderbolt.device_count = 1;
	bolt.status = "disconnected";
	bolt.name = "Thunderbolt Dock";
	CHECK_ONE(judge(), "skipped", "", "no GPU enclosure is connected");
}

TEST(no_thunderbolt_bus_is_no_fault)
{
	facts.thunderbolt = (struct thunderbolt){ .know = ABSENT };
	CHECK_ONE(judge(), "skipped", "", "no Thunderbolt bus here");
}

TEST(unreadable_bus_is_unknown)
{
	facts.thunderbolt.know = DENIED;
	CHECK_ONE(judge(), "unknown", "", "the Thunderbolt bus: permission denied");
}

TEST(each_of_two_enclosures_is_judged_by_name)
{
	facts.thunderbolt.device_count = 3;
	with_gpu(REACH_THUNDERBOLT);
	device[2].authorized = known_u64(0, "");
	const struct verdict *v = judge();
	CHECK_INT((long long)v->count, 2);
	CHECK_NTH(v, 0, "ok", "", "Razer Core X, authorised, policy iommu, 40 Gb/s = 2 x 20");
	CHECK_NTH(v, 1, "warning", "enclosure-not-authorized",
		  "Sonnet eGFX Breakaway Box is not authorised; a GPU behind it cannot appear");
}

TEST(without_a_gpu_an_unauthorised_second_enclosure_is_broken)
{
	facts.thunderbolt.device_count = 3;
	device[2].authorized = known_u64(0, "");
	CHECK_NTH(judge(), 1, "broken", "enclosure-not-authorized",
		  "Sonnet eGFX Breakaway Box is connected, but not authorised");
}

TEST(a_tunnelled_gpu_without_any_router_is_unknown)
{
	with_gpu(REACH_THUNDERBOLT);
	facts.thunderbolt.device_count = 1;
	CHECK_ONE(judge(), "unknown", "", "which enclosure holds GPU 22:00.0 is not known");
}
