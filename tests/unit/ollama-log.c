/* SPDX-License-Identifier: MIT */
#include "collect/docker/ollama-log.h"

#include "tap.h"

static struct ollama_log parse(struct arena *a, const char *text)
{
	return ollama_log_parse(a, bytes_of(text), "test");
}

TEST(release_0_13_names_library_and_description)
{
	ARENA a = { 0 };
	struct ollama_log log = parse(
	    &a,
	    "x msg=\"Listening on [::]:11434 (version 0.13.0)\"\n"
	    "t level=INFO msg=\"inference compute\" id=GPU-1 library=CUDA compute=8.6 name=CUDA0 "
	    "description=\"NVIDIA GeForce RTX 3060\" type=discrete total=\"11.8 GiB\" "
	    "available=\"11 GiB\"\n");

	CHECK_INT(log.device_count, 1);
	CHECK_INT(log.device[0].backend, BACKEND_CUDA);
	CHECK_STR(log.device[0].name, "NVIDIA GeForce RTX 3060");
	CHECK_INT(log.device[0].total_bytes.v, (11ULL << 30) + ((8ULL << 30) / 10));
	CHECK_STR(log.version.v, "0.13.0");
}

TEST(release_0_5_spells_cuda_small_and_has_a_name)
{
	ARENA a = { 0 };
	struct ollama_log log =
	    parse(&a, "msg=\"inference compute\" id=GPU-1 library=cuda variant=v12 compute=8.9 "
		      "driver=12.4 name=\"NVIDIA RTX 4000\" total=\"19.5 GiB\"\n");

	CHECK_INT(log.device[0].backend, BACKEND_CUDA);
	CHECK_STR(log.device[0].name, "NVIDIA RTX 4000");
}

TEST(cpu_is_told_by_id_or_library)
{
	ARENA a = { 0 };

	CHECK_INT(ollama_found(&(struct ollama_log){ 0 }), BACKEND_UNKNOWN);
	struct ollama_log by_library =
	    parse(&a, "msg=\"inference compute\" id=0 library=cpu compute=\"\"\n");
	CHECK_INT(ollama_found(&by_library), BACKEND_CPU);
	struct ollama_log by_id =
	    parse(&a, "msg=\"inference compute\" id=cpu library=cpu total=\"31.0 GiB\"\n");
	CHECK_INT(ollama_found(&by_id), BACKEND_CPU);
}

TEST(release_0_1_20_says_detected)
{
	ARENA a = { 0 };
	struct ollama_log log =
	    parse(&a, "2024/01/15 gpu.go:91: INFO Nvidia GPU detected\n"
		      "2024/01/15 gpu.go:137: INFO CUDA Compute Capability detected: 8.6\n");

	CHECK_INT(ollama_found(&log), BACKEND_CUDA);
	CHECK_INT(log.device_count, 1);
}

TEST(only_the_current_start_counts)
{
	ARENA a = { 0 };
	struct ollama_log log =
	    parse(&a, "msg=\"server config\" env=x\nmsg=\"inference compute\" library=CUDA\n"
		      "msg=\"server config\" env=x\nmsg=\"inference compute\" library=cpu\n");

	CHECK_INT(log.device_count, 1);
	CHECK_INT(ollama_found(&log), BACKEND_CPU);
}

static const char *gist(struct arena *a, const char *line)
{
	return ollama_log_gist(a, bytes_of(line));
}

TEST(gist_of_a_line_is_its_message_and_reason_and_clean)
{
	ARENA a = { 0 };
	CHECK_STR(gist(&a, "t level=INFO source=runner.go:464 msg=\"failure during GPU discovery\" "
			   "x=1 error=\"failed to finish \033discovery before timeout\""),
		  "failure during GPU discovery: failed to finish ?discovery before timeout");
	CHECK_STR(gist(&a, "2024 gpu.go:1: nvcuda init failure: 999"),
		  "2024 gpu.go:1: nvcuda init failure: 999");
}

TEST(a_word_inside_another_is_no_key)
{
	ARENA a = { 0 };
	struct ollama_log log = parse(&a, "msg=\"inference compute\" xlibrary=cuda library=cpu\n");

	CHECK_INT(log.device[0].backend, BACKEND_CPU);
}

static struct ollama server(enum ollama_backend log, uint64_t vram, struct maybe_u64 processes)
{
	static struct ollama_device device;
	static struct ollama_model model;
	device = (struct ollama_device){ .backend = log };
	model = (struct ollama_model){ .name = "m", .size_bytes = 100, .vram_bytes = vram };
	return (struct ollama){ .log_know = KNOWN,
				.log = { .device = &device, .device_count = 1 },
				.api_know = KNOWN,
				.model = &model,
				.model_count = 1,
				.gpu_processes = processes };
}

static enum ollama_backend agree(struct ollama o)
{
	ARENA a = { 0 };
	const char *why = "";
	return ollama_agree(&o, &a, &why);
}

TEST(api_may_lie_when_the_driver_lists_nobody)
{
	CHECK_INT(agree(server(BACKEND_CUDA, 100, known_u64(0, "x"))), BACKEND_CPU);
	CHECK_INT(agree(server(BACKEND_CUDA, 100, known_u64(1, "x"))), BACKEND_CUDA);
}

TEST(no_vram_is_reliable)
{
	CHECK_INT(agree(server(BACKEND_CUDA, 0, known_u64(1, "x"))), BACKEND_CPU);
}

TEST(without_a_model_the_log_decides)
{
	struct ollama o = server(BACKEND_CUDA, 100, known_u64(0, "x"));
	o.model_count = 0;
	CHECK_INT(agree(o), BACKEND_CUDA);
}

TEST(driver_list_unread_leaves_the_log)
{
	CHECK_INT(agree(server(BACKEND_CPU, 100, (struct maybe_u64){ 0 })), BACKEND_CPU);
	struct ollama o = server(BACKEND_CUDA, 100, (struct maybe_u64){ 0 });
	o.log_know = ABSENT;
	CHECK_INT(agree(o), BACKEND_UNKNOWN);
}

TEST(processes_on_another_gpu_are_no_cpu)
{
	struct ollama o = server(BACKEND_CUDA, 100, known_u64(0, "x"));

	o.gpu_processes_elsewhere = known_u64(1, "x");
	o.elsewhere = "00000000:01:00.0";
	CHECK_INT(agree(o), BACKEND_CUDA);
}
