/* SPDX-License-Identifier: MIT */
#include "judged.h"
#include "tap.h"

enum { ROOT, UP, DOCK, GPU };

static struct pci_hop hop[] = {
	[ROOT] = { .bdf = "0000:00:07.0",
		   .is_tunnel = true,
		   .speed_mtps = { KNOWN, 2500, "" },
		   .width = { KNOWN, 1, "" },
		   .max_width = { KNOWN, 4, "" },
		   .runtime_control = { KNOWN, "auto", "" },
		   .window_bytes = { KNOWN, 544 << 20, "" } },
	[UP] = { .bdf = "0000:20:00.0", .is_tunnel = true, .aer_fatal = { KNOWN, 3, "" } },
	[DOCK] = { .bdf = "0000:21:01.0",
		   .speed_mtps = { KNOWN, 8000, "" },
		   .max_speed_mtps = { KNOWN, 8000, "" },
		   .width = { KNOWN, 4, "" },
		   .max_width = { KNOWN, 4, "" },
		   .aer_correctable = { KNOWN, 7, "" },
		   .window_bytes = { KNOWN, 544 << 20, "" } },
	[GPU] = { .bdf = "0000:22:00.0",
		  .device = { KNOWN, 0x2504, "" },
		  .speed_mtps = { KNOWN, 8000, "" },
		  .max_speed_mtps = { KNOWN, 16000, "" },
		  .width = { KNOWN, 4, "" },
		  .max_width = { KNOWN, 16, "" },
		  .power_state = { KNOWN, "D0", "" } },
};
static struct pci_bar bar[] = {
	{ .index = 0, .start = 0xa0000000, .size_bytes = 16 << 20, .assigned = true },
	{ .index = 1, .start = 0x6000000000, .size_bytes = 256 << 20, .assigned = true },
};
static struct pci_gpu gpu = {
	.bdf = "0000:22:00.0",
	.name = "GA106 [GeForce RTX 3060 Lite Hash Rate]",
	.router = "0-1",
	.reach = REACH_THUNDERBOLT,
	.hop = hop,
	.hop_count = 4,
	.bar = bar,
	.bar_count = 2,
	.bars_know = KNOWN,
	.config_answers = { KNOWN, 1, "" },
	.runtime_status = { KNOWN, "active", "" },
	.d3cold_allowed = { KNOWN, 1, "" },
};
static struct tb_device core_x = { .name = "0-1",
				   .domain = "domain0",
				   .vendor = { KNOWN, "Razer", "" },
				   .model = { KNOWN, "Core X", "" },
				   .authorized = { KNOWN, 1, "" } };
static struct driver_event event[2];
static struct facts facts = {
	.thunderbolt = { .know = KNOWN, .device = &core_x, .device_count = 1 },
	.pci = { .know = KNOWN, .gpu = &gpu, .gpu_count = 1, .chosen = &gpu },
	.driver = { .log_know = KNOWN, .event = event },
	.machine = { .uptime_usec = { KNOWN, 3600000000, "" } },
};

static struct verdict *judge(void)
{
	return judged(&link_pci, &facts);
}

static void log_event(enum driver_event_kind kind, uint64_t usec, const char *bdf)
{
	event[facts.driver.event_count++] =
	    (struct driver_event){ .kind = kind, .usec = usec, .bdf = bdf, .line = "" };
}

static void without_gpu(void)
{
	facts.pci.chosen = NULL;
	facts.pci.gpu_count = 0;
}

/* --- healthy, though some of it looks broken --- */

TEST(tunnel_ports_at_x1_and_with_errors_are_healthy)
{
	CHECK_ONE(judge(), "ok", "", "22:00.0 GeForce RTX 3060, BAR1 256 MiB, dock 8 GT/s x4");
}

TEST(an_idle_gpu_at_gen_1_is_healthy)
{
	hop[DOCK].speed_mtps = hop[GPU].speed_mtps = known_u64(2500, "");
	CHECK_ONE(judge(), "ok", "",
		  "22:00.0 GeForce RTX 3060, BAR1 256 MiB, dock 2.5 of 8 GT/s x4");
}

TEST(an_internal_gpu_with_half_its_lanes_is_healthy)
{
	gpu.reach = REACH_INTERNAL;
	gpu.name = "";
	hop[DOCK].max_width = known_u64(16, "");
	hop[GPU].width = known_u64(8, "");
	hop[DOCK].max_speed_mtps = known_u64(16000, "");
	hop[GPU].speed_mtps = known_u64(16000, "");
	bar[1].size_bytes = 16ull << 30;
	CHECK_ONE(judge(), "ok", "", "22:00.0 GPU 10de:2504, BAR1 16 GiB, link 16 GT/s x8");
}

TEST(a_gpu_asleep_is_healthy)
{
	hop[GPU].power_state = known_text("D3cold", "");
	hop[GPU].speed_mtps = hop[GPU].width = unknown_u64(NOT_LOOKED, NULL);
	gpu.runtime_status = known_text("suspended", "");
	gpu.config_answers = unknown_u64(NOT_LOOKED, NULL);
	CHECK_ONE(judge(), "ok", "", "22:00.0 GeForce RTX 3060, BAR1 256 MiB, asleep in D3cold");
}

TEST(a_failed_attempt_to_sleep_is_no_fault)
{
	gpu.runtime_status = known_text("error", "");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

TEST(unassigned_on_the_first_pass_is_benign_once_assigned)
{
	log_event(EVENT_BAR_UNASSIGNED, 1000000, "0000:22:00.0");
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

/* --- lost --- */

TEST(all_ones_are_a_gpu_off_the_bus_and_nothing_else_is_said)
{
	gpu.config_answers = known_u64(0, "");
	bar[0].assigned = false;
	hop[GPU].width = known_u64(1, "");
	const struct verdict *v = judge();
	CHECK_ONE(v, "broken", "gpu-fallen-off-bus",
		  "22:00.0 GeForce RTX 3060 is listed, but reads all ones");
	CHECK_STR(v->finding[0].subject, "0000:22:00.0");
}

TEST(config_that_may_not_be_read_is_unknown)
{
	gpu.config_answers = unknown_u64(DENIED, "");
	CHECK_ONE(judge(), "unknown", "",
		  "whether 22:00.0 GeForce RTX 3060 answers: permission denied");
}

TEST(d3cold_that_counts_as_awake_is_stuck)
{
	hop[GPU].power_state = known_text("D3cold", "");
	CHECK_ONE(judge(), "broken", "gpu-stuck-in-d3cold",
		  "22:00.0 GeForce RTX 3060 does not wake from D3cold, runtime status active");
	gpu.runtime_status = known_text("error", "");
	CHECK_INT(judge()->finding[0].status, STATUS_BROKEN);
}

TEST(d3cold_of_which_the_kernel_does_not_tell_is_unknown)
{
	hop[GPU].power_state = known_text("D3cold", "");
	hop[GPU].speed_mtps = hop[GPU].width = unknown_u64(NOT_LOOKED, NULL);
	gpu.runtime_status = unknown_text(UNREADABLE, "/sys/x/power/runtime_status");
	gpu.config_answers = unknown_u64(NOT_LOOKED, NULL);
	CHECK_ONE(judge(), "unknown", "",
		  "whether 22:00.0 GeForce RTX 3060 sleeps or is stuck in D3cold: not understood");
	CHECK_STR(judge()->finding[0].show, "cat /sys/x/power/runtime_status");
}

TEST(trouble_with_d3cold_in_the_log_is_a_warning_where_it_may_come_back)
{
	log_event(EVENT_D3COLD, 812000000, "0000:22:00.0");
	hop[GPU].runtime_control = known_text("auto", "");
	CHECK_ONE(judge(), "warning", "gpu-stuck-in-d3cold",
		  "22:00.0 GeForce RTX 3060 did not wake from D3cold 812 s after boot");
	hop[GPU].runtime_control = known_text("on", ""); /* its ports may stay at auto */
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

/* --- BARs --- */

TEST(unassigned_bar_is_broken_and_the_narrow_port_is_named)
{
	bar[1].assigned = false;
	hop[ROOT].window_bytes = known_u64(32 << 20, "");
	CHECK_ONE(judge(), "broken", "bar-unassigned",
		  "BAR1 (256 MiB): no address; 00:07.0 has room for 32 MiB");
}

TEST(bars_that_vanished_are_unassigned_too)
{
	gpu.bar_count = 0;
	CHECK_ONE(judge(), "broken", "bar-unassigned", "BAR0, BAR1: no address");
}

TEST(behind_a_wide_bar0_memory_is_bar2)
{
	bar[0].is_64_bit = true;
	bar[1].index = 2;
	bar[1].size_bytes = 128ull << 30;
	CHECK_ONE(judge(), "ok", "", "22:00.0 GeForce RTX 3060, BAR2 128 GiB, dock 8 GT/s x4");
	bar[1].assigned = false;
	CHECK_ONE(judge(), "broken", "bar-unassigned",
		  "BAR2 (128 GiB): no address; 00:07.0 has room for 544 MiB");
}

TEST(bars_that_could_not_be_read_are_unknown)
{
	gpu.bars_know = DENIED;
	gpu.bar_count = 0;
	const struct verdict *v = judge();
	CHECK_ONE(v, "unknown", "", "the BARs of 22:00.0: permission denied");
	CHECK_STR(v->finding[0].show, "cat /sys/bus/pci/devices/0000:22:00.0/resource");
}

/* --- the real link --- */

TEST(one_lane_inside_the_enclosure_is_a_warning)
{
	hop[DOCK].width = hop[GPU].width = known_u64(1, "");
	CHECK_ONE(judge(), "warning", "pcie-link-degraded",
		  "22:00.0 GeForce RTX 3060 runs at x1; its link could have x4");
}

TEST(a_quarter_of_an_internal_slot_is_a_warning)
{
	gpu.reach = REACH_INTERNAL;
	hop[DOCK].max_width = known_u64(16, "");
	CHECK_ONE(judge(), "warning", "pcie-link-degraded",
		  "22:00.0 GeForce RTX 3060 runs at x4; its link could have x16");
}

static struct nvml_gpu busy = {
	.bdf = "00000000:22:00.0",
	.utilization_percent = { KNOWN, 97, "" },
	.power_mw = { KNOWN, 150000, "" },
	.power_limit_mw = { KNOWN, 170000, "" },
	.pcie_generation = { KNOWN, 1, "" },
	.pcie_generation_max = { KNOWN, 3, "" },
};

static void computing_at(uint64_t mtps)
{
	facts.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &busy, .gpu_count = 1 };
	hop[DOCK].speed_mtps = hop[GPU].speed_mtps = known_u64(mtps, "");
}

static void check_speed_is_fine(void)
{
	CHECK_STR(status_name(judge()->finding[0].status), "ok");
}

TEST(a_link_that_stays_slow_under_load_is_a_warning)
{
	computing_at(2500);
	CHECK_ONE(judge(), "warning", "pcie-link-slow",
		  "22:00.0 GeForce RTX 3060 computes, and its link runs at 2.5 GT/s; it could run "
		  "at 8 GT/s");
	computing_at(5000);
	CHECK_INT(judge()->finding[0].status, STATUS_WARNING);
}

TEST(a_slow_link_of_a_gpu_that_does_not_compute_is_healthy)
{
	computing_at(2500);
	busy.utilization_percent = known_u64(49, "");
	check_speed_is_fine();
	busy.utilization_percent = known_u64(97, "");
	busy.power_mw = known_u64(30000, ""); /* a screen, at low clocks */
	check_speed_is_fine();
	busy.power_mw = unknown_u64(ABSENT, "");
	check_speed_is_fine();
	busy.power_mw = known_u64(150000, "");
	busy.pcie_generation = known_u64(3, ""); /* it had come up when the driver was asked */
	check_speed_is_fine();
}

TEST(what_a_link_cannot_or_may_not_do_is_not_missed)
{
	computing_at(2500);
	hop[DOCK].max_speed_mtps = known_u64(2500, "");
	check_speed_is_fine();
	hop[DOCK].max_speed_mtps = unknown_u64(UNREADABLE, "");
	check_speed_is_fine();
	hop[DOCK].max_speed_mtps = known_u64(16000, "");
	computing_at(8000); /* capped */
	check_speed_is_fine();
	computing_at(2500);
	hop[DOCK].is_tunnel = true;
	check_speed_is_fine();
}

TEST(errors_on_the_real_link_are_a_warning)
{
	hop[DOCK].aer_correctable = known_u64(52000, "");
	hop[GPU].aer_nonfatal = known_u64(2, "");
	const struct verdict *v = judge();
	CHECK_INT((long long)v->count, 2);
	CHECK_NTH(v, 0, "warning", "pcie-aer-errors",
		  "21:01.0: 52000 correctable and 0 worse link errors");
	CHECK_NTH(v, 1, "warning", "pcie-aer-errors",
		  "22:00.0: 0 correctable and 2 worse link errors");
}

/* --- no GPU --- */

TEST(nothing_here_and_nothing_expected_is_calm)
{
	without_gpu();
	facts.thunderbolt.device_count = 0;
	CHECK_ONE(judge(), "skipped", "", "no external GPU on the bus");
}

TEST(an_internal_gpu_is_named)
{
	facts.pci.chosen = NULL;
	facts.thunderbolt.device_count = 0;
	CHECK_ONE(judge(), "skipped", "",
		  "no external GPU on the bus; 22:00.0 GeForce RTX 3060 is internal");
}

TEST(another_vendors_gpu_in_the_enclosure_is_no_fault)
{
	const char *bdf = "0000:08:00.0";
	without_gpu();
	facts.pci.other_gpus = facts.pci.other_external_gpus = (struct names){ &bdf, 1 };
	CHECK_ONE(judge(), "skipped", "", "the external GPU at 08:00.0 is not NVIDIA's");
}

TEST(an_enclosure_without_its_gpu_is_broken)
{
	without_gpu();
	CHECK_ONE(judge(), "broken", "gpu-not-on-bus",
		  "Razer Core X shows no NVIDIA GPU on the bus");
}

TEST(a_gpu_may_take_two_minutes_to_come)
{
	without_gpu();
	facts.machine.uptime_usec = known_u64(35000000, "");
	CHECK_ONE(judge(), "unknown", "", "Razer Core X is up for 35 s and shows no GPU yet");
	facts.machine.uptime_usec = known_u64(130000000, "");
	CHECK_INT(judge()->finding[0].status, STATUS_BROKEN);
	log_event(EVENT_TB_FOUND, 100000000, "");
	CHECK_ONE(judge(), "unknown", "", "Razer Core X is up for 30 s and shows no GPU yet");
}

TEST(a_dock_without_a_gpu_is_no_fault)
{
	without_gpu();
	core_x.model = known_text("Thunderbolt 4 Dock", "");
	CHECK_ONE(judge(), "skipped", "", "no external GPU on the bus");
}

TEST(a_link_that_went_down_under_a_gpu_is_told_with_its_time)
{
	without_gpu();
	log_event(EVENT_GPU_FOUND, 22500000, "0000:22:00.0");
	log_event(EVENT_LINK_DOWN, 512000000, "");
	CHECK_ONE(judge(), "broken", "gpu-disconnected",
		  "the GPU's link went down 512 s after boot");
}

TEST(a_link_that_went_down_before_any_gpu_was_somebody_elses)
{
	without_gpu();
	facts.thunderbolt.device_count = 0;
	log_event(EVENT_LINK_DOWN, 1000000, "");
	CHECK_ONE(judge(), "skipped", "", "no external GPU on the bus");
}

TEST(a_link_down_of_something_else_spares_an_internal_gpu)
{
	facts.pci.chosen = NULL;
	facts.thunderbolt.device_count = 0;
	log_event(EVENT_GPU_FOUND, 1000000, "0000:22:00.0");
	log_event(EVENT_LINK_DOWN, 512000000, "");
	CHECK_STR(status_name(judge()->finding[0].status), "skipped");
}

TEST(a_gpu_wanted_by_address_must_be_there)
{
	without_gpu();
	facts.want.gpu = "0000:05:00.0";
	CHECK_ONE(judge(), "broken", "gpu-not-on-bus", "no NVIDIA GPU at 0000:05:00.0");
	facts.thunderbolt.device_count = 0;
	CHECK_ONE(judge(), "broken", "gpu-not-at-address", "no NVIDIA GPU at 0000:05:00.0");
}

TEST(an_enclosure_that_shows_its_gpu_is_not_to_blame_for_another_address)
{
	facts.pci.chosen = NULL;
	facts.want.gpu = "0000:00:02.0";
	CHECK_ONE(judge(), "broken", "gpu-not-at-address", "no NVIDIA GPU at 0000:00:02.0");
}

TEST(a_host_without_pci_is_calm_and_a_denied_one_unknown)
{
	without_gpu();
	facts.pci.know = ABSENT;
	CHECK_ONE(judge(), "skipped", "", "this host has no PCI bus");
	facts.pci.know = DENIED;
	CHECK_ONE(judge(), "unknown", "", "the PCI bus: permission denied");
	facts.pci.unread = "/sys/bus/pci/devices/0000:22:00.0/class";
	CHECK_ONE(judge(), "unknown", "",
		  "could not read /sys/bus/pci/devices/0000:22:00.0/class: permission denied; it "
		  "may be the GPU's");
}
