/* SPDX-License-Identifier: MIT */
#include "rules/chain.h"
#include "tap.h"

static struct arena arena;

static struct facts working(struct cuda_gpu *g)
{
	static const struct pci_gpu chosen = { .bdf = "0000:22:00.0" };

	return (struct facts){
		.arena = &arena,
		.pci.chosen = &chosen,
		.driver.uvm_loaded = { KNOWN, 1 },
		.nvml = { .end = PROBE_ANSWERED, .result = { KNOWN, 0 } },
		.cuda = { .end = PROBE_ANSWERED,
			  .result = { KNOWN, 0 },
			  .driver_version = { KNOWN, 13010 },
			  .gpu = g,
			  .gpu_count = g != NULL },
	};
}

static struct finding judge(struct facts f)
{
	struct verdict v = { .arena = &arena, .link = "cuda" };
	link_cuda.judge(&f, &v);
	CHECK_INT(v.count, 1);
	return v.finding[0];
}

static struct finding of_result(uint64_t code, const char *name, struct driver d)
{
	struct facts f = working(NULL);
	f.driver = d;
	f.cuda.result = known_u64(code, "cuda:init");
	f.cuda.result_name = name;
	return judge(f);
}

#define CHECK_FOUND(found, wanted, named, words)                                                   \
	do {                                                                                       \
		struct finding said = (found);                                                     \
		CHECK_STR(status_name(said.status), status_name(wanted));                          \
		CHECK_STR(said.cause ? said.cause->id : "", named);                                \
		CHECK_STR(said.text, words);                                                       \
	} while (0)

TEST(working_cuda_tells_version_and_capability)
{
	struct cuda_gpu g = { .bdf = "0000:22:00.0", .capability_major = 8, .capability_minor = 6 };
	CHECK_FOUND(judge(working(&g)), STATUS_OK, "", "13.1, compute capability 8.6");

	struct facts f = working(&g);
	f.cuda.driver_version = unknown_u64(ABSENT, "cuda:init");
	CHECK_FOUND(judge(f), STATUS_OK, "", "CUDA starts, compute capability 8.6");
}

TEST(no_gpu_is_skipped)
{
	CHECK_INT(judge((struct facts){ .arena = &arena }).status, STATUS_SKIPPED);
}

TEST(unknown_error_is_told_from_nvmls_health)
{
	struct driver d = { .uvm_loaded = { KNOWN, 1 } };
	CHECK_FOUND(of_result(999, "CUDA_ERROR_UNKNOWN", d), STATUS_BROKEN, "cuda-init-unknown",
		    "CUDA does not start, though NVML answers (CUDA_ERROR_UNKNOWN, 999)");
	CHECK_FOUND(of_result(4711, "", d), STATUS_BROKEN, "cuda-init-unknown",
		    "CUDA does not start, though NVML answers (error 4711)");
}

TEST(unknown_error_without_uvm_is_uvm)
{
	struct driver d = { .uvm_loaded = { KNOWN, 0 } };
	CHECK_STR(of_result(999, "", d).cause->id, "uvm-not-loaded");
	CHECK_STR(of_result(3, "", d).cause->id, "uvm-not-loaded");
	/* what could not be read is not taken for missing */
	d.uvm_loaded = unknown_u64(DENIED, "/sys/module");
	CHECK_STR(of_result(999, "", d).cause->id, "cuda-init-unknown");
	/* and another error has another cause */
	d.uvm_loaded = known_u64(0, "");
	CHECK_STR(of_result(803, "", d).cause->id, "driver-version-mismatch");
}

TEST(unknown_error_after_a_suspend_is_the_suspend)
{
	struct driver_event event[] = { { .kind = EVENT_DRIVER_LOADED, .usec = 5 },
					{ .kind = EVENT_SUSPEND_EXIT, .usec = 100 },
					{ .kind = EVENT_DRIVER_LOADED, .usec = 200 } };
	struct driver d = { .uvm_loaded = { KNOWN, 1 }, .event = event, .event_count = 2 };

	CHECK_STR(of_result(999, "", d).cause->id, "uvm-broken-by-suspend");
	d.event_count = 3;
	CHECK_STR(of_result(999, "", d).cause->id, "cuda-init-unknown");
}

TEST(each_result_has_its_cause)
{
	static const struct {
		uint64_t code;
		const char *cause;
	} want[] = {
		{ 34, "cuda-stub-library" },       { 35, "driver-version-mismatch" },
		{ 36, "driver-version-mismatch" }, { 46, "gpu-compute-mode" },
		{ 214, "gpu-memory-fault" },       { 100, "cuda-no-device" },
		{ 802, "fabric-manager-missing" }, { 803, "driver-version-mismatch" },
		{ 804, "cuda-compat-on-host" },    { 2, "cuda-init-unknown" },
	};
	for (size_t i = 0; i < COUNT_OF(want); i++)
		CHECK_STR(of_result(want[i].code, "", (struct driver){ 0 }).cause->id,
			  want[i].cause);
}

static struct finding of_user(uint64_t uid, uint64_t nvml, uint64_t code, struct device_node *node,
			      size_t count)
{
	struct facts f = working(NULL);
	f.machine.uid = known_u64(uid, "");
	f.nvml.result = known_u64(nvml, "");
	f.cuda.result = known_u64(code, "");
	f.driver.node = node;
	f.driver.node_count = count;
	return judge(f);
}

TEST(what_this_user_may_not_open_is_unknown)
{
	CHECK_FOUND(of_user(1000, 4, 100, NULL, 0), STATUS_UNKNOWN, "",
		    "the device nodes are not for this user");
	CHECK_STR(of_user(1000, 4, 999, NULL, 0).show, "sudo egpu check");
	CHECK_STR(of_user(0, 4, 100, NULL, 0).cause->id, "cuda-no-device");
	/* the library's own fault is one for everybody */
	CHECK_STR(of_user(1000, 4, 804, NULL, 0).cause->id, "cuda-compat-on-host");
}

TEST(a_uvm_that_is_closed_to_this_user_is_unknown)
{
	struct device_node node[] = { { .path = "/dev/nvidia-uvm", .know = KNOWN, .mode = 0660 },
				      { .path = "/dev/nvidiactl", .know = KNOWN, .mode = 0666 } };

	CHECK_FOUND(of_user(1000, 0, 999, node, 2), STATUS_UNKNOWN, "",
		    "/dev/nvidia-uvm may not be for this user (mode 0660)");
	CHECK_STR(of_user(0, 0, 999, node, 2).cause->id, "cuda-init-unknown");
	/* NVML could open what is closed alike: we are of the group */
	node[1].mode = 0660;
	CHECK_STR(of_user(1000, 0, 999, node, 2).cause->id, "cuda-init-unknown");
	node[0].mode = node[1].mode = 0666;
	CHECK_STR(of_user(1000, 0, 999, node, 2).cause->id, "cuda-init-unknown");
}

TEST(gpu_without_an_address_may_be_this_one)
{
	struct cuda_gpu g = { .bdf = "", .capability_major = 8 };
	CHECK_FOUND(judge(working(&g)), STATUS_UNKNOWN, "", "CUDA lists a GPU without its address");
}

TEST(gpu_that_cuda_does_not_list_is_broken)
{
	struct cuda_gpu g = { .bdf = "0000:01:00.0", .capability_major = 8 };
	CHECK_FOUND(judge(working(&g)), STATUS_BROKEN, "cuda-no-device",
		    "CUDA does not list 0000:22:00.0; GPUs that it lists: 1");
}

TEST(ends_of_the_probe)
{
	struct facts f = working(NULL);
	f.cuda = (struct cuda){ .why = "the NVML probe was abandoned" };
	CHECK_FOUND(judge(f), STATUS_UNKNOWN, "", "not asked: the NVML probe was abandoned");
	f.cuda.end = PROBE_NO_LIBRARY;
	CHECK_STR(judge(f).cause->id, "cuda-library-missing");
	f.cuda.end = PROBE_ABANDONED;
	CHECK_STR(judge(f).cause->id, "probe-abandoned");
	f.cuda.end = PROBE_CRASHED;
	CHECK_STR(judge(f).cause->id, "probe-crashed");
	f.cuda.end = PROBE_FAILED;
	CHECK_INT(judge(f).status, STATUS_UNKNOWN);
	f.cuda.end = PROBE_ANSWERED;
	CHECK_FOUND(judge(f), STATUS_UNKNOWN, "", "CUDA's answer was not understood");
}
