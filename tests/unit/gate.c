/* SPDX-License-Identifier: MIT */
#include "facts/gate.h"

#include "tap.h"

static struct arena arena;
static struct pci_hop hop = { .bdf = "0000:22:00.0", .power_state = { KNOWN, "D0", "sysfs" } };
static struct pci_gpu gpu = {
	.bdf = "0000:22:00.0",
	.hop = &hop,
	.hop_count = 1,
	.config_answers = { KNOWN, 1, "config" },
	.runtime_status = { KNOWN, "active", "sysfs" },
};
static struct driver_event log_of[8];

/* A GPU that answers, with nvidia bound to it. */
static struct facts facts = {
	.arena = &arena,
	.pci = { .know = KNOWN, .chosen = &gpu },
	.driver = { .gpu_driver = { KNOWN, "nvidia", "sysfs" }, .event = log_of },
};

static void happened(enum driver_event_kind kind, uint64_t code, uint64_t usec)
{
	log_of[facts.driver.event_count++] =
	    (struct driver_event){ .kind = kind, .code = code, .usec = usec, .bdf = gpu.bdf };
}

TEST(sound_gpu_may_be_asked)
{
	happened(EVENT_GPU_FOUND, 0, 1900000);
	happened(EVENT_DRIVER_LOADED, 0, 6300000);
	CHECK(gate_of(&facts).open);
	CHECK_STR(gate_of(&facts).why, "");
}

TEST(without_a_gpu_there_is_nobody_to_ask)
{
	facts.pci.chosen = NULL;
	CHECK_STR(gate_of(&facts).why, "no GPU is chosen");
}

TEST(gpu_that_reads_all_ones_is_left_alone)
{
	gpu.config_answers = known_u64(0, "config");
	CHECK_STR(gate_of(&facts).why, "the GPU does not answer on the PCI bus");
}

TEST(gpu_that_does_not_wake_is_left_alone)
{
	gpu.config_answers = unknown_u64(NOT_LOOKED, NULL);
	hop.power_state = known_text("D3cold", "sysfs");
	CHECK_STR(gate_of(&facts).why, "the GPU does not wake from D3cold");
	gpu.runtime_status = known_text("error", "sysfs");
	CHECK_STR(gate_of(&facts).why, "the GPU does not wake from D3cold");
	gpu.runtime_status = known_text("suspended", "sysfs");
	CHECK(gate_of(&facts).open);
	gpu.runtime_status = unknown_text(UNREADABLE, "sysfs");
	CHECK_STR(gate_of(&facts).why, "whether the GPU wakes from D3cold could not be read");
}

TEST(gpu_whose_config_fails_is_left_alone_and_one_we_may_not_read_is_not)
{
	gpu.config_answers = unknown_u64(UNREADABLE, "config");
	CHECK_STR(gate_of(&facts).why, "whether the GPU answers on the PCI bus could not be read");
	gpu.config_answers = unknown_u64(TIMED_OUT, "config");
	CHECK(!gate_of(&facts).open);
	gpu.config_answers = unknown_u64(DENIED, "config");
	CHECK(gate_of(&facts).open);
	gpu.config_answers = unknown_u64(ABSENT, "config");
	CHECK(gate_of(&facts).open);
}

TEST(other_driver_or_none_shuts_the_gate)
{
	facts.driver.gpu_driver = known_text("nouveau", "sysfs");
	CHECK_STR(gate_of(&facts).why, "nvidia is not bound to the GPU");
	facts.driver.gpu_driver = unknown_text(ABSENT, "sysfs");
	CHECK_STR(gate_of(&facts).why, "nvidia is not bound to the GPU");
}

TEST(what_could_not_be_read_does_not_shut_the_gate)
{
	facts.driver.gpu_driver = unknown_text(DENIED, "sysfs");
	facts.driver.log_know = DENIED;
	facts.driver.stuck_count = unknown_u64(DENIED, "processes");
	CHECK(gate_of(&facts).open);
}

TEST(xid_79_shuts_it_and_says_when)
{
	happened(EVENT_GPU_FOUND, 0, 1900000);
	happened(EVENT_DRIVER_LOADED, 0, 6300000);
	happened(EVENT_XID, 79, 104200000);
	CHECK(!gate_of(&facts).open);
	CHECK_STR(gate_of(&facts).why, "Xid 79 104.2 s after boot");
}

TEST(fault_of_a_program_leaves_it_open)
{
	happened(EVENT_XID, 31, 104200000);
	happened(EVENT_XID, 13, 104300000);
	happened(EVENT_XID, 154, 104400000);
	CHECK(gate_of(&facts).open);
}

TEST(gpu_that_was_found_again_may_be_asked_again)
{
	happened(EVENT_XID, 79, 104200000);
	happened(EVENT_FELL_OFF, 0, 104200000);
	happened(EVENT_GPU_FOUND, 0, 160000000);
	CHECK(gate_of(&facts).open);
	happened(EVENT_FELL_OFF, 0, 170000000);
	CHECK_STR(gate_of(&facts).why, "the GPU fell off the bus 170.0 s after boot");
}

TEST(lines_of_the_same_instant_are_judged_by_their_order)
{
	happened(EVENT_GPU_FOUND, 0, 5000000);
	happened(EVENT_XID, 79, 5000000);
	CHECK(!gate_of(&facts).open);
}

TEST(failed_start_shuts_it_until_the_driver_is_loaded_again)
{
	happened(EVENT_DRIVER_LOADED, 0, 6300000);
	happened(EVENT_RM_INIT, 0, 7700000);
	CHECK_STR(gate_of(&facts).why, "the driver failed to bring the GPU up 7.7 s after boot");
	happened(EVENT_DRIVER_LOADED, 0, 60000000);
	CHECK(gate_of(&facts).open);
}

TEST(silent_gsp_shuts_it)
{
	happened(EVENT_XID, 119, 30000000);
	CHECK_STR(gate_of(&facts).why, "Xid 119 30.0 s after boot");
}

TEST(process_that_hangs_in_the_driver_shuts_it_by_name)
{
	facts.driver.stuck_count = known_u64(1, "processes");
	facts.driver.stuck = known_text("nvidia-smi (1234)", "processes");
	CHECK_STR(gate_of(&facts).why, "nvidia-smi (1234) is stuck in the driver");
}

TEST(what_the_probes_met_shuts_it_for_those_who_come_after)
{
	struct nvml_gpu lost = { .error = known_u64(15, "nvml:all") };

	facts.gate = gate_of(&facts);
	facts.nvml.end = facts.cuda.end = PROBE_ANSWERED;
	CHECK(driver_shut(&facts) == NULL);
	facts.cuda.end = PROBE_ABANDONED;
	CHECK_STR(driver_shut(&facts), "the CUDA probe was abandoned");
	facts.nvml.end = PROBE_ABANDONED;
	CHECK_STR(driver_shut(&facts), "the NVML probe was abandoned");
	facts.nvml.end = facts.cuda.end = PROBE_ANSWERED;
	facts.nvml.gpu = &lost;
	facts.nvml.gpu_count = 1;
	CHECK_STR(driver_shut(&facts), "NVML says that a GPU is lost");
	facts.gate = (struct gate){ .why = "Xid 79" };
	CHECK_STR(driver_shut(&facts), "Xid 79");
}
