/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"
#include "tap.h"

static struct pci_gpu gpu = { .bdf = "0000:22:00.0" };
static struct container box = { .name = "ollama",
				.image = "ollama/ollama:latest",
				.kind = CONTAINER_OLLAMA,
				.state = "running",
				.pid = 1 };

static uint64_t cuda_result;
static enum know cuda_know = KNOWN;
static enum probe_end cuda_end = PROBE_ANSWERED;
static struct log_signs logs;
static struct services services;

static const struct finding *judge(struct ollama *o, struct verdict *v)
{
	static struct arena arena;
	static struct facts f;

	f = (struct facts){ .arena = &arena,
			    .pci = { .know = KNOWN, .chosen = &gpu },
			    .machine.boot_usec = { KNOWN, 1000, "x" },
			    .cuda = { .end = cuda_end, .result = { cuda_know, cuda_result, "x" } },
			    .docker = { .container = &box, .container_count = 1 },
			    .ollama = { .know = KNOWN, .server = o, .server_count = o != NULL },
			    .services = services,
			    .said = logs };
	*v = (struct verdict){ .arena = &arena, .link = "ollama" };
	link_ollama.judge(&f, v);
	return &v->finding[0];
}

static struct ollama server(enum ollama_backend b)
{
	return (struct ollama){ .where = "ollama",
				.container = "ollama",
				.endpoint = "127.0.0.1:11434",
				.version = { KNOWN, "0.13.0", "x" },
				.log_know = KNOWN,
				.api_know = KNOWN,
				.backend = b,
				.backend_why = "its log says so" };
}

TEST(cuda_is_ok_and_names_the_release)
{
	struct verdict v;
	struct ollama o = server(BACKEND_CUDA);
	const struct finding *got = judge(&o, &v);

	CHECK_INT(got->status, STATUS_OK);
	CHECK_STR(got->text, "ollama 0.13.0 found the GPU (CUDA)");
}

TEST(a_cuda_that_was_not_asked_is_not_said_to_fail)
{
	struct verdict v;
	struct ollama o = server(BACKEND_CUDA);

	cuda_know = NOT_LOOKED;
	cuda_end = PROBE_FAILED;
	CHECK_INT(judge(&o, &v)->status, STATUS_UNKNOWN);
	CHECK_STR(v.finding[0].text,
		  "ollama found the GPU when it started; CUDA could not be asked now");
	CHECK_STR(v.finding[0].show, "egpu probe cuda");
	/* whoever asks now may hang */
	cuda_end = PROBE_NOT_RUN;
	CHECK_STR(judge(&o, &v)->show, "");
	cuda_end = PROBE_NO_LIBRARY;
	CHECK_STR(judge(&o, &v)->text,
		  "ollama found the GPU when it started; CUDA does not start on this host now");
}

TEST(what_it_found_is_not_ok_while_it_cannot_open_the_gpu)
{
	struct verdict v;
	struct node_access lost = { "/dev/nvidiactl", { KNOWN, "EPERM", "x" } };
	struct ollama o = server(BACKEND_CUDA);

	box.node = &lost;
	box.node_count = 1;
	CHECK_INT(judge(&o, &v)->status, STATUS_UNKNOWN);
	o.gpu_processes = known_u64(1, "x");
	CHECK_INT(judge(&o, &v)->status, STATUS_OK);
}

TEST(what_it_found_is_not_ok_while_cuda_fails)
{
	struct verdict v;
	struct ollama o = server(BACKEND_CUDA);

	cuda_result = 999;
	CHECK_INT(judge(&o, &v)->status, STATUS_UNKNOWN);
}

TEST(what_its_log_gives_away_is_the_cause)
{
	struct log_sign said[] = {
		{ .cause = "ollama-discovery-timeout",
		  .kind = LOG_SERVER,
		  .subject = "other",
		  .sure = 95,
		  .line = "x" },
		{ .cause = "driver-too-old",
		  .kind = LOG_SERVER,
		  .subject = "ollama",
		  .sure = 60,
		  .line = "old" },
		{ .cause = "ollama-libs-missing",
		  .kind = LOG_SERVER,
		  .subject = "ollama",
		  .sure = 80,
		  .line = "no libcuda" },
	};
	struct verdict v;
	struct ollama o = server(BACKEND_CPU);

	logs = (struct log_signs){ said, COUNT_OF(said), NULL };
	CHECK_STR(judge(&o, &v)->cause->id, "ollama-libs-missing");
	CHECK_STR(v.finding[0].text, "ollama computes on the CPU: no libcuda");
	logs.sign_count = 1;
	CHECK_STR(judge(&o, &v)->cause->id, "ollama-on-cpu");
}

TEST(cpu_without_a_reason_is_broken_all_the_same)
{
	struct verdict v;
	struct ollama o = server(BACKEND_CPU);

	CHECK_INT(judge(&o, &v)->status, STATUS_BROKEN);
	CHECK_STR(v.finding[0].cause->id, "ollama-on-cpu");
}

TEST(nodes_alone_bring_no_library)
{
	struct verdict v;
	struct ollama o = server(BACKEND_CPU);

	box.asks = ASK_DEVICES;
	box.asks_how = "privileged";
	CHECK_STR(judge(&o, &v)->cause->id, "ollama-libs-missing");
	CHECK_STR(
	    v.finding[0].text,
	    "ollama computes on the CPU: what it asks by (privileged) brings no libcuda.so.1");
	box.asks = ASK_DEVICES | ASK_RUNTIME;
	CHECK_STR(judge(&o, &v)->cause->id, "ollama-on-cpu");
}

TEST(found_cuda_but_uses_cpu_is_a_fallback)
{
	struct verdict v;
	struct ollama_device d = { .backend = BACKEND_CUDA, .name = "RTX" };
	struct ollama o = server(BACKEND_CPU);
	o.log.device = &d;
	o.log.device_count = 1;

	CHECK_STR(judge(&o, &v)->cause->id, "ollama-fell-back-to-cpu");
}

TEST(rocm_image_is_named)
{
	struct verdict v;
	struct ollama o = server(BACKEND_CPU);
	box.image = "ollama/ollama:0.13.0-rocm";

	CHECK_STR(judge(&o, &v)->cause->id, "ollama-wrong-image");
}

TEST(split_model_warns_with_both_numbers)
{
	struct verdict v;
	struct ollama_model m = { .name = "big",
				  .size_bytes = 20ULL << 30,
				  .vram_bytes = 10ULL << 30 };
	struct ollama o = server(BACKEND_CUDA);
	o.model = &m;
	o.model_count = 1;
	judge(&o, &v);

	CHECK_STR(v.finding[1].cause->id, "vram-insufficient");
	CHECK_STR(v.finding[1].text, "big: 10240 of 20480 MiB are on the GPU");
}

TEST(quantised_cache_without_flash_attention_warns)
{
	struct verdict v;
	const char *env[] = { "OLLAMA_KV_CACHE_TYPE=q8_0", "OLLAMA_FLASH_ATTENTION=0" };
	struct ollama o = server(BACKEND_CUDA);
	o.environment = (struct names){ env, 2 };
	judge(&o, &v);

	CHECK_STR(v.finding[1].cause->id, "ollama-kv-needs-flash-attention");
}

static const char *settings_of(struct verdict *v, const char *const *variable, size_t count)
{
	struct ollama o = server(BACKEND_CUDA);
	o.environment = (struct names){ (const char **)variable, count };
	judge(&o, v);
	return v->finding[1].text;
}

TEST(quotes_and_blanks_around_a_setting_are_not_its_value)
{
	struct verdict v;
	const char *quoted[] = { "OLLAMA_KV_CACHE_TYPE= 'q4_0'",
				 "OLLAMA_FLASH_ATTENTION=\"true\"" };
	const char *odd[] = { "OLLAMA_FLASH_ATTENTION=yes", "OLLAMA_KV_CACHE_TYPE=q8_0" };

	CHECK_STR(settings_of(&v, quoted, 2),
		  "ollama: flash attention on, KV cache q4_0 (about a quarter of the memory of "
		  "f16)");
	CHECK_STR(settings_of(&v, odd, 2),
		  "ollama: flash attention on, KV cache q8_0 (about half the memory of f16)");
}

TEST(how_long_a_model_stays_is_said_in_words)
{
	static const struct {
		const char *set, *said;
	} all[] = {
		{ "OLLAMA_KEEP_ALIVE=-1", "ollama: a model stays loaded for ever" },
		{ "OLLAMA_KEEP_ALIVE=-1m", "ollama: a model stays loaded for ever" },
		{ "OLLAMA_KEEP_ALIVE=0", "ollama: a model is unloaded at once" },
		{ "OLLAMA_KEEP_ALIVE=0s", "ollama: a model is unloaded at once" },
		{ "OLLAMA_KEEP_ALIVE=300", "ollama: a model stays loaded for 300 s" },
		{ "OLLAMA_KEEP_ALIVE=24h", "ollama: a model stays loaded for 24h" },
	};
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		struct verdict v;
		settings_of(&v, &all[i].set, 1);
		CHECK_STR(v.finding[2].text, all[i].said);
	}
}

TEST(a_model_in_ram_beside_one_on_the_gpu_warns)
{
	struct verdict v;
	struct ollama_model m[] = {
		{ .name = "big", .size_bytes = 20ULL << 30 },
		{ .name = "small", .size_bytes = 1ULL << 30, .vram_bytes = 1ULL << 30 }
	};
	struct ollama o = server(BACKEND_CUDA);

	o.model = m;
	o.model_count = 2;
	CHECK_STR(judge(&o, &v)->text, "ollama computes on the GPU, small loaded");
	CHECK_STR(v.finding[1].text, "big: 0 of 20480 MiB are on the GPU");
}

TEST(a_service_from_which_a_variable_hides_the_gpu)
{
	struct verdict v;
	const char *env[] = { "CUDA_VISIBLE_DEVICES=-1" };
	struct ollama o = server(BACKEND_CPU);

	o.where = "ollama.service";
	o.container = "";
	CHECK_STR(judge(&o, &v)->cause->id, "ollama-service-on-cpu");
	o.environment = (struct names){ env, 1 };
	CHECK_STR(judge(&o, &v)->cause->id, "ollama-service-gpu-hidden");
}

TEST(another_gpu_is_a_warning)
{
	struct verdict v;
	struct ollama o = server(BACKEND_CUDA);

	o.gpu_processes_elsewhere = known_u64(1, "x");
	o.elsewhere = "00000000:01:00.0";
	CHECK_INT(judge(&o, &v)->status, STATUS_WARNING);
	CHECK_STR(v.finding[0].text, "ollama computes on 01:00.0, not on the external GPU");
}

TEST(vulkan_is_broken)
{
	struct verdict v;
	struct ollama o = server(BACKEND_VULKAN);

	CHECK_STR(judge(&o, &v)->cause->id, "ollama-uses-vulkan");
}

TEST(unread_is_unknown_with_a_line_that_shows_it)
{
	struct verdict v;
	struct ollama o = server(BACKEND_UNKNOWN);
	o.log_know = DENIED;

	CHECK_INT(judge(&o, &v)->status, STATUS_UNKNOWN);
	CHECK_STR(v.finding[0].show, "docker logs ollama 2>&1 | grep 'inference compute'");
}

TEST(stopped_is_skipped_but_failed_is_unknown)
{
	struct verdict v;

	box.state = "exited";
	box.error = "";
	CHECK_STR(judge(NULL, &v)->text, "ollama is stopped");
	box.error = "no such device";
	CHECK_INT(judge(NULL, &v)->status, STATUS_UNKNOWN);
}

TEST(no_ollama_is_skipped)
{
	struct verdict v;
	box.kind = CONTAINER_OTHER;

	CHECK_INT(judge(NULL, &v)->status, STATUS_SKIPPED);
}

TEST(a_unit_that_could_not_be_read_is_unknown)
{
	struct verdict v;
	struct unit unit = { .name = "ollama.service", .know = TIMED_OUT };

	box.kind = CONTAINER_OTHER;
	services = (struct services){ .know = TIMED_OUT, .unit = &unit, .unit_count = 1 };
	CHECK_STR(judge(NULL, &v)->text,
		  "whether ollama.service runs could not be read: no answer in time");
	CHECK_INT(v.finding[0].status, STATUS_UNKNOWN);
	services.know = unit.know = ABSENT;
	CHECK_INT(judge(NULL, &v)->status, STATUS_SKIPPED);
}
