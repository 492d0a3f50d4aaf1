/* SPDX-License-Identifier: MIT */
#include "facts/ready.h"

#include "tap.h"

static struct pci_gpu gpu = { .bdf = "0000:22:00.0", .config_answers = { KNOWN, 1, "x" } };
static struct tb_device device = { .name = "0-1",
				   .vendor = { KNOWN, "Razer", "x" },
				   .model = { KNOWN, "Core X", "x" } };
static struct driver_event lost = { .kind = EVENT_XID,
				    .code = 79,
				    .bdf = "0000:22:00.0",
				    .line = "" };
static struct nvml_gpu answers = { .bdf = "0000:22:00.0", .error_name = "" };
static const char *why;

static struct facts with_gpu(void)
{
	return (struct facts){
		.pci = { .know = KNOWN, .chosen = &gpu },
		.gate = { .open = true, .why = "" },
		.driver = { .gpu_driver = { KNOWN, "nvidia", "x" } },
		.nvml = { .end = PROBE_ANSWERED,
			  .result = { KNOWN, 0, "x" },
			  .result_name = "",
			  .gpu = &answers,
			  .gpu_count = 1 },
		.cuda = { .end = PROBE_ANSWERED, .result = { KNOWN, 0, "x" }, .result_name = "" },
	};
}

static struct facts without_gpu(void)
{
	return (struct facts){ .pci = { .know = KNOWN }, .thunderbolt = { .know = KNOWN } };
}

TEST(a_gpu_that_computes_is_ready)
{
	struct facts f = with_gpu();
	CHECK_INT(ready_of(&f, READY_CUDA, false, &why), READY_YES);
	CHECK_STR(why, "");
}

TEST(how_far_it_must_have_come_is_asked_for)
{
	struct facts f = with_gpu();
	f.cuda.result = known_u64(999, "x");
	f.cuda.result_name = "CUDA_ERROR_UNKNOWN";
	CHECK_INT(ready_of(&f, READY_CUDA, true, &why), READY_NOT_YET);
	CHECK_STR(why, "CUDA_ERROR_UNKNOWN");
	CHECK_INT(ready_of(&f, READY_DRIVER, true, &why), READY_YES);
	f.driver.gpu_driver = unknown_text(ABSENT, "x");
	CHECK_INT(ready_of(&f, READY_DRIVER, true, &why), READY_NOT_YET);
	CHECK_INT(ready_of(&f, READY_PCI, true, &why), READY_YES);
}

TEST(a_bound_driver_must_answer_for_the_gpu)
{
	struct facts f = with_gpu();
	f.nvml.result = known_u64(999, "x");
	f.nvml.result_name = "NVML_ERROR_UNKNOWN";
	CHECK_INT(ready_of(&f, READY_DRIVER, true, &why), READY_NOT_YET);
	CHECK_STR(why, "NVML_ERROR_UNKNOWN");
	f = with_gpu();
	f.nvml.gpu_count = 0;
	CHECK_INT(ready_of(&f, READY_DRIVER, true, &why), READY_NOT_YET);
	CHECK_STR(why, "the driver does not list the GPU");
	f.nvml = (struct nvml){ .end = PROBE_NOT_RUN };
	CHECK_INT(ready_of(&f, READY_DRIVER, true, &why), READY_NOT_YET);
	CHECK_STR(why, "the driver does not answer");
	CHECK_INT(ready_of(&f, READY_CUDA, true, &why), READY_YES);
	f.nvml = (struct nvml){ .end = PROBE_ABANDONED, .why = "no answer within 10000 ms" };
	CHECK_INT(ready_of(&f, READY_DRIVER, true, &why), READY_BROKEN);
	CHECK_STR(why, "no answer within 10000 ms");
}

TEST(a_gpu_that_does_not_wake_is_not_waited_for)
{
	struct pci_hop end = { .power_state = { KNOWN, "D3cold", "x" } };
	struct pci_gpu dead = gpu;
	struct facts f = with_gpu();

	dead.hop = &end;
	dead.hop_count = 1;
	dead.runtime_status = known_text("error", "x");
	f.pci.chosen = &dead;
	f.gate.why = "the GPU does not wake from D3cold";
	CHECK_INT(ready_of(&f, READY_DRIVER, true, &why), READY_BROKEN);
	CHECK_STR(why, "the GPU does not wake from D3cold");
}

TEST(no_enclosure_is_absent_once_one_would_have_been_seen)
{
	struct facts f = without_gpu();
	CHECK_INT(ready_of(&f, READY_CUDA, false, &why), READY_NOT_YET);
	CHECK_INT(ready_of(&f, READY_CUDA, true, &why), READY_ABSENT);
	CHECK_STR(why, "no enclosure is connected");
}

TEST(an_enclosure_is_waited_for)
{
	struct facts f = without_gpu();
	f.thunderbolt.device = &device;
	f.thunderbolt.device_count = 1;
	CHECK_INT(ready_of(&f, READY_PCI, true, &why), READY_NOT_YET);
	CHECK_STR(why, "the enclosure is connected, and its GPU is not on the bus");
}

TEST(what_could_not_be_read_is_not_absent)
{
	struct facts f = without_gpu();
	f.thunderbolt.know = DENIED;
	CHECK_INT(ready_of(&f, READY_PCI, true, &why), READY_NOT_YET);
}

TEST(a_gpu_that_fell_off_the_bus_is_broken)
{
	struct facts f = with_gpu();
	f.driver.event = &lost;
	f.driver.event_count = 1;
	f.gate = (struct gate){ .why = "Xid 79 104.2 s after boot" };
	CHECK_INT(ready_of(&f, READY_DRIVER, false, &why), READY_BROKEN);
	CHECK_STR(why, "Xid 79 104.2 s after boot");
}

TEST(a_driver_that_hangs_is_not_asked_again)
{
	struct facts f = with_gpu();
	f.cuda = (struct cuda){ .end = PROBE_ABANDONED, .why = "no answer within 2000 ms" };
	CHECK_INT(ready_of(&f, READY_CUDA, false, &why), READY_BROKEN);
}

TEST(now_is_yes_no_or_not_known)
{
	struct facts f = with_gpu();

	CHECK(is_u64(ready_now(&f, &why), 1));
	f.gate = (struct gate){ .open = false, .why = "nvidia-smi (7) is stuck in the driver" };
	CHECK(is_u64(ready_now(&f, &why), 0));
	CHECK_STR(why, "nvidia-smi (7) is stuck in the driver");
	f = with_gpu();
	f.cuda = (struct cuda){ .end = PROBE_NOT_RUN, .result_name = "" };
	CHECK_INT(ready_now(&f, &why).know, NOT_LOOKED);
	CHECK_STR(why, "CUDA was not asked");
	f.cuda.end = PROBE_FAILED;
	CHECK_INT(ready_now(&f, &why).know, UNREADABLE);
	f.cuda = (struct cuda){ .end = PROBE_ABANDONED, .why = "no answer", .result_name = "" };
	CHECK(is_u64(ready_now(&f, &why), 0));
	f = without_gpu();
	CHECK(is_u64(ready_now(&f, &why), 0));
	CHECK_STR(why, "no enclosure is connected");
	f.pci.know = DENIED;
	CHECK_INT(ready_now(&f, &why).know, DENIED);
}

TEST(an_enclosure_that_is_not_authorised_is_waited_for)
{
	struct facts f = without_gpu();
	device.authorized = known_u64(0, "x");
	f.thunderbolt.device = &device;
	f.thunderbolt.device_count = 1;
	CHECK_INT(ready_of(&f, READY_PCI, true, &why), READY_NOT_YET);
	CHECK_STR(why, "the enclosure is connected, but not authorised");
}

TEST(a_gate_that_is_shut_says_why_cuda_was_not_asked)
{
	struct facts f = with_gpu();
	f.cuda = (struct cuda){ .end = PROBE_NOT_RUN };
	f.gate = (struct gate){ .why = "nvidia-smi (1234) is stuck in the driver" };
	CHECK_INT(ready_of(&f, READY_CUDA, false, &why), READY_NOT_YET);
	CHECK_STR(why, "nvidia-smi (1234) is stuck in the driver");
}

/* When to look */

enum { SEC = 1000000 };

TEST(nothing_there_is_looked_at_thrice)
{
	struct facts f = without_gpu();
	struct ready_pace p = ready_pace(20 * SEC, 180);
	ready_saw(&p, &f, 20 * SEC);
	CHECK(!ready_settled(&p, 20 * SEC));
	CHECK_INT(ready_next(&p, 20 * SEC), 23 * SEC);
	CHECK(ready_settled(&p, 23 * SEC));
	CHECK_INT(ready_next(&p, 23 * SEC), 200 * SEC);
}

TEST(soon_after_the_boot_an_enclosure_may_still_come)
{
	struct ready_pace p = ready_pace(2 * SEC, 180);
	CHECK_INT(ready_next(&p, 2 * SEC), 15 * SEC);
	CHECK(!ready_settled(&p, 15 * SEC - 1));
	CHECK(ready_settled(&p, 15 * SEC));
}

TEST(what_was_pulled_may_be_plugged_in_again)
{
	struct facts f = without_gpu();
	struct ready_pace p = ready_pace(20 * SEC, 180);
	f.thunderbolt.device = &device;
	f.thunderbolt.device_count = 1;
	ready_saw(&p, &f, 20 * SEC);
	f.thunderbolt.device_count = 0;
	ready_saw(&p, &f, 60 * SEC);
	CHECK(!ready_settled(&p, 60 * SEC));
	CHECK_INT(ready_next(&p, 60 * SEC), 63 * SEC);
}

TEST(cuda_is_asked_seven_times_and_no_more)
{
	struct facts f = with_gpu();
	struct ready_pace p = ready_pace(20 * SEC, 180);
	uint64_t now = 20 * SEC, last = 0;
	unsigned asked = 0, looks = 0;

	for (; now < p.end_usec; now = ready_next(&p, now), looks++) {
		ready_saw(&p, &f, now);
		if (ready_asks(&p, now)) {
			asked++;
			last = now;
		}
	}
	CHECK_INT(asked, 7);
	CHECK_INT(looks, 7); /* one of them when an enclosure would have been seen */
	CHECK_INT(last, 35 * SEC);
	CHECK_INT(now, 200 * SEC);
	CHECK(ready_asks(&p, now)); /* the last word */
}

TEST(a_change_lets_cuda_be_asked_anew)
{
	struct facts f = with_gpu();
	struct ready_pace p = ready_pace(20 * SEC, 180);

	ready_saw(&p, &f, 20 * SEC);
	while (ready_asks(&p, 21 * SEC))
		;
	ready_saw(&p, &f, 40 * SEC);
	CHECK(!ready_asks(&p, 40 * SEC)); /* some event, and all is as it was */
	f.driver.uvm_loaded = known_u64(1, "x");
	ready_saw(&p, &f, 41 * SEC);
	CHECK(ready_asks(&p, 41 * SEC));
	while (ready_asks(&p, 42 * SEC))
		;
	ready_bound(&p);
	CHECK(ready_asks(&p, 43 * SEC));
}

TEST(cuda_is_not_asked_before_the_driver_is_bound)
{
	struct facts f = with_gpu();
	struct ready_pace p = ready_pace(20 * SEC, 180);

	f.driver.gpu_driver = unknown_text(ABSENT, "x");
	ready_saw(&p, &f, 20 * SEC);
	CHECK(!ready_asks(&p, 20 * SEC));
	CHECK_INT(ready_next(&p, 23 * SEC), 200 * SEC);
}

TEST(no_look_is_planned_past_the_end)
{
	struct facts f = with_gpu();
	struct ready_pace p = ready_pace(20 * SEC, 1);

	ready_saw(&p, &f, 20 * SEC);
	for (unsigned i = 0; i < 3; i++)
		ready_asks(&p, 20 * SEC);
	CHECK_INT(ready_next(&p, 20 * SEC + 750000), 21 * SEC);
}
