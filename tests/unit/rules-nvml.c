/* SPDX-License-Identifier: MIT */
#include "rules/chain.h"
#include "tap.h"

static struct arena arena;

/* The reference machine, with one GPU that is well. */
static struct nvml_gpu rtx_3060(void)
{
	return (struct nvml_gpu){
		.bdf = "00000000:22:00.0",
		.name = "NVIDIA GeForce RTX 3060",
		.vram_total_bytes = { KNOWN, 12288ULL << 20 },
		.vram_free_bytes = { KNOWN, 11871ULL << 20 },
		.temperature_celsius = { KNOWN, 38 },
		.slowdown_celsius = { KNOWN, 95 },
		.power_mw = { KNOWN, 14200 },
		.throttle_reasons = { KNOWN, 1 },
		.pcie_generation = { KNOWN, 1 },
		.pcie_replays = { KNOWN, 3 },
		.ecc_uncorrected = { ABSENT, 0 },
	};
}

static struct verdict verdict_of(struct nvml_gpu *g, struct facts f)
{
	static const struct pci_gpu chosen = { .bdf = "0000:22:00.0" };
	struct verdict v = { .arena = &arena, .link = "nvml" };

	f.arena = &arena;
	f.pci.chosen = &chosen;
	if (g)
		f.nvml = (struct nvml){
			.end = PROBE_ANSWERED, .result = { KNOWN, 0 }, .gpu = g, .gpu_count = 1
		};
	link_nvml.judge(&f, &v);
	return v;
}

static struct finding of_gpu(struct nvml_gpu g)
{
	struct verdict v = verdict_of(&g, (struct facts){ 0 });
	CHECK_INT(v.count, 1);
	return v.finding[0];
}

static struct finding of_facts(struct facts f)
{
	struct verdict v = verdict_of(NULL, f);
	CHECK_INT(v.count, 1);
	return v.finding[0];
}

static struct finding of_result(uint64_t code, const char *name, uint64_t uid)
{
	return of_facts((struct facts){
	    .machine.uid = { KNOWN, uid },
	    .nvml = { .end = PROBE_ANSWERED, .result = { KNOWN, code }, .result_name = name } });
}

#define CHECK_FOUND(found, wanted, named, words)                                                   \
	do {                                                                                       \
		struct finding said = (found);                                                     \
		CHECK_STR(status_name(said.status), status_name(wanted));                          \
		CHECK_STR(said.cause ? said.cause->id : "", named);                                \
		CHECK_STR(said.text, words);                                                       \
	} while (0)

TEST(healthy_gpu_tells_memory_and_heat)
{
	CHECK_FOUND(of_gpu(rtx_3060()), STATUS_OK, "", "12288 MiB, 11871 free, 38 C");
}

TEST(no_gpu_is_skipped)
{
	struct verdict v = { .arena = &arena };
	link_nvml.judge(&(struct facts){ .arena = &arena }, &v);
	CHECK_FOUND(v.finding[0], STATUS_SKIPPED, "", "no GPU to ask for");
}

TEST(full_memory_low_generation_and_power_cap_are_no_fault)
{
	struct nvml_gpu g = rtx_3060();
	g.vram_free_bytes.v = 12ULL << 20;
	g.throttle_reasons.v = 0x1 | 0x4 | 0x100;
	g.power_limit_mw = known_u64(100000, "");
	CHECK_FOUND(of_gpu(g), STATUS_OK, "", "12288 MiB, 12 free, 38 C");
}

TEST(memory_that_is_not_told_stays_unknown)
{
	struct nvml_gpu g = rtx_3060();
	g.vram_free_bytes = unknown_u64(UNREADABLE, "nvml:all");
	CHECK_FOUND(of_gpu(g), STATUS_UNKNOWN, "", "the GPU does not tell its memory");
	CHECK_STR(of_gpu(g).show, "nvidia-smi -q -d MEMORY");

	g.vram_total_bytes = g.vram_free_bytes = unknown_u64(ABSENT, "nvml:all");
	CHECK_FOUND(of_gpu(g), STATUS_OK, "", "NVIDIA GeForce RTX 3060 answers, 38 C");
}

TEST(shut_gate_is_unknown_with_the_gates_reason)
{
	struct finding got =
	    of_facts((struct facts){ .nvml = { .why = "Xid 79 for 0000:22:00.0" } });
	CHECK_FOUND(got, STATUS_UNKNOWN, "", "not asked: Xid 79 for 0000:22:00.0");
	CHECK_STR(got.show, "");
	/* and a host that no collector has seen does not crash it */
	CHECK_INT(of_facts((struct facts){ 0 }).status, STATUS_UNKNOWN);
}

TEST(ends_of_the_probe)
{
	CHECK_FOUND(of_facts((struct facts){ .nvml = { .end = PROBE_NO_LIBRARY, .why = "x" } }),
		    STATUS_BROKEN, "driver-install-broken", "libnvidia-ml.so.1 cannot be loaded");
	CHECK_FOUND(of_facts((struct facts){ .nvml = { .end = PROBE_ABANDONED,
						       .why = "no answer before the deadline" } }),
		    STATUS_BROKEN, "probe-abandoned",
		    "the driver gave no answer before the deadline");
	CHECK_FOUND(of_facts((struct facts){ .nvml = { .end = PROBE_CRASHED, .why = "x" } }),
		    STATUS_BROKEN, "probe-crashed", "NVML's library crashes");
	CHECK_FOUND(of_facts((struct facts){ .nvml = { .end = PROBE_FAILED, .why = "no such" } }),
		    STATUS_UNKNOWN, "", "NVML could not be asked: no such");
}

TEST(what_init_returns_names_the_cause)
{
	CHECK_FOUND(of_result(9, "NVML_ERROR_DRIVER_NOT_LOADED", 0), STATUS_BROKEN,
		    "module-not-loaded",
		    "NVML does not reach the nvidia module (NVML_ERROR_DRIVER_NOT_LOADED)");
	CHECK_FOUND(of_result(15, "NVML_ERROR_GPU_IS_LOST", 0), STATUS_BROKEN, "gpu-lost",
		    "the driver has lost the GPU (NVML_ERROR_GPU_IS_LOST)");
	CHECK_FOUND(of_result(999, "NVML_ERROR_UNKNOWN", 0), STATUS_BROKEN, "nvml-unknown-error",
		    "NVML fails (NVML_ERROR_UNKNOWN)");
	CHECK_FOUND(of_result(12345, "", 0), STATUS_BROKEN, "nvml-unknown-error",
		    "NVML fails (error 12345)");
	CHECK_STR(of_result(11, "", 0).cause->id, "driver-init-failed");
	CHECK_STR(of_result(8, "", 0).cause->id, "gpu-power-missing");
}

TEST(loaded_driver_that_is_not_reached_lacks_its_nodes)
{
	struct facts f = { .nvml = { .end = PROBE_ANSWERED, .result = { KNOWN, 9 } },
			   .driver.nvidia_loaded = { KNOWN, 1 } };
	CHECK_FOUND(of_facts(f), STATUS_BROKEN, "device-nodes-missing",
		    "NVML does not find the device nodes (error 9)");
}

TEST(no_permission_is_a_fault_for_root_and_unknown_for_others)
{
	CHECK_STR(of_result(4, "", 0).cause->id, "device-permission-denied");
	CHECK_FOUND(of_result(4, "", 1000), STATUS_UNKNOWN, "",
		    "the device nodes are not for this user");
	CHECK_STR(of_result(4, "", 1000).show, "sudo egpu check");
	CHECK_FOUND(
	    of_facts((struct facts){ .nvml = { .end = PROBE_ANSWERED, .result = { KNOWN, 4 } } }),
	    STATUS_UNKNOWN, "", "the device nodes are not for this user");
}

TEST(mismatch_names_both_versions_where_they_are_known)
{
	struct facts f = { .nvml = { .end = PROBE_ANSWERED,
				     .result = { KNOWN, 18 },
				     .result_name = "NVML_ERROR_LIB_RM_VERSION_MISMATCH" } };
	CHECK_FOUND(of_facts(f), STATUS_BROKEN, "driver-version-mismatch",
		    "NVML does not fit the loaded module (NVML_ERROR_LIB_RM_VERSION_MISMATCH)");
	f.driver.version = known_text("580.95.05", "");
	f.kernel.userland_version = known_text("590.48.01", "");
	CHECK_FOUND(of_facts(f), STATUS_BROKEN, "driver-version-mismatch",
		    "NVML does not fit the loaded module: module 580.95.05, library 590.48.01");
}

TEST(answer_without_a_result_is_unknown)
{
	CHECK_FOUND(of_facts((struct facts){ .nvml = { .end = PROBE_ANSWERED } }), STATUS_UNKNOWN,
		    "", "NVML's answer was not understood");
}

TEST(gpu_that_the_driver_does_not_list_is_broken)
{
	struct nvml_gpu other = rtx_3060();
	other.bdf = "00000000:01:00.0";
	CHECK_FOUND(of_gpu(other), STATUS_BROKEN, "driver-lists-no-gpu",
		    "the driver does not list 22:00.0; GPUs that it lists: 1");
}

TEST(gpu_without_an_address_may_be_this_one)
{
	struct nvml_gpu g = rtx_3060();
	g.bdf = "";
	CHECK_FOUND(of_gpu(g), STATUS_UNKNOWN, "", "the driver lists a GPU without its address");
	CHECK_STR(of_gpu(g).show, "nvidia-smi -L");
}

TEST(health_that_could_not_be_read_is_not_well)
{
	struct nvml_gpu g = rtx_3060();
	g.throttle_reasons = unknown_u64(UNREADABLE, "nvml:all");
	CHECK_FOUND(of_gpu(g), STATUS_UNKNOWN, "",
		    "the GPU does not tell whether it is slowed down");
	g.throttle_reasons = unknown_u64(ABSENT, "nvml:all");
	CHECK_INT(of_gpu(g).status, STATUS_OK);
	g.ecc_uncorrected = unknown_u64(UNREADABLE, "nvml:all");
	CHECK_FOUND(of_gpu(g), STATUS_UNKNOWN, "", "the GPU does not tell its memory errors");
	g.ecc_uncorrected = unknown_u64(ABSENT, "nvml:all");
	g.pcie_replays = unknown_u64(UNREADABLE, "nvml:all");
	CHECK_FOUND(of_gpu(g), STATUS_UNKNOWN, "",
		    "the GPU does not tell how much its link sends twice");
}

TEST(lost_gpu_is_found_with_and_without_its_address)
{
	struct nvml_gpu g = { .bdf = "",
			      .error = { KNOWN, 15 },
			      .error_name = "NVML_ERROR_GPU_IS_LOST" };
	CHECK_STR(of_gpu(g).cause->id, "gpu-lost");
	g.bdf = "00000000:22:00.0";
	CHECK_STR(of_gpu(g).cause->id, "gpu-lost");
	/* another one's loss is not this one's */
	g.bdf = "00000000:01:00.0";
	CHECK_STR(of_gpu(g).cause->id, "driver-lists-no-gpu");
}

TEST(heat_slows_down_with_a_warning)
{
	struct nvml_gpu g = rtx_3060();
	g.temperature_celsius.v = 93;
	g.throttle_reasons.v = 0x20;
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "thermal-throttle", "slowed down by heat, 93 C now");
	g.throttle_reasons.v = 0x40 | 0x8;
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "thermal-throttle", "slowed down by heat, 93 C now");
	g.throttle_reasons.v = 0x8;
	g.temperature_celsius.v = 95;
	CHECK_STR(of_gpu(g).cause->id, "thermal-throttle");
}

TEST(power_brake_slows_down_with_a_warning)
{
	struct nvml_gpu g = rtx_3060();
	g.throttle_reasons.v = 0x80 | 0x8;
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "power-brake",
		    "slowed down by its power supply, 14 W now");
	g.throttle_reasons.v = 0x8;
	g.power_mw = unknown_u64(ABSENT, "nvml:all");
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "power-brake", "slowed down by its power supply");
}

TEST(a_slowdown_that_may_be_heat_or_power_is_not_told_as_one)
{
	struct nvml_gpu g = rtx_3060();
	g.throttle_reasons.v = 0x8;
	g.slowdown_celsius = unknown_u64(ABSENT, "");
	g.temperature_celsius.v = 95;
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "hardware-slowdown",
		    "slowed down by heat or by its power supply, 95 C now, 14 W now");
	g.temperature_celsius = unknown_u64(ABSENT, "");
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "hardware-slowdown",
		    "slowed down by heat or by its power supply, 14 W now");
}

TEST(both_slowdowns_are_both_said)
{
	struct nvml_gpu g = rtx_3060();
	g.throttle_reasons.v = 0x40 | 0x80 | 0x8;
	struct verdict v = verdict_of(&g, (struct facts){ 0 });
	CHECK_INT(v.count, 2);
}

TEST(memory_errors_and_many_replays_warn)
{
	struct nvml_gpu g = rtx_3060();
	g.ecc_uncorrected = known_u64(2, "");
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "gpu-memory-fault",
		    "2 memory errors that ECC could not correct");
	g = rtx_3060();
	g.pcie_replays.v = 5120;
	CHECK_FOUND(of_gpu(g), STATUS_WARNING, "pcie-link-unstable",
		    "5120 PCIe packets sent again since the driver was loaded");
	g.pcie_replays.v = 999;
	CHECK_INT(of_gpu(g).status, STATUS_OK);
}
