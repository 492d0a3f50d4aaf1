/* SPDX-License-Identifier: MIT */
#include "probe-host.h"
#include "tap.h"

#include <errno.h>

#define GPU                                                                                        \
	"{\"bdf\":\"00000000:22:00.0\",\"uuid\":\"GPU-1\",\"name\":\"RTX 3060\",\"minor\":0,"      \
	"\"vram_total_bytes\":12884901888,\"vram_free_bytes\":12447645696,"                        \
	"\"temperature_celsius\":38,\"power_mw\":null,\"persistence_mode\":1,\"processes\":["      \
	"{\"pid\":4242,\"used_bytes\":1073741824,\"compute\":true},{\"pid\":1,\"compute\":false}]" \
	"}"
#define NVML                                                                                       \
	"{\"library\":\"loaded\",\"result\":0,\"result_name\":\"NVML_SUCCESS\","                   \
	"\"driver_version\":\"590.48.01\",\"cuda_version\":13010,\"gpus\":[" GPU "]}\n"
#define CUDA                                                                                       \
	"{\"library\":\"loaded\",\"driver_version\":13010,\"gpus\":[{\"bdf\":\"0000:22:00.0\","    \
	"\"name\":\"RTX 3060\",\"capability_major\":8,\"capability_minor\":6,"                     \
	"\"total_bytes\":12622168064}],\"result\":0,\"result_name\":\"CUDA_SUCCESS\"}\n"

static struct arena arena;

static struct facts *learn(const char *nvml, const char *cuda)
{
	struct probe_host p = { .nvml = bytes_of(nvml), .cuda = bytes_of(cuda) };
	return probe_host_facts(&p, &arena);
}

TEST(gpu_is_found_whatever_the_width_of_its_domain)
{
	struct facts *f = learn(NVML, CUDA);

	CHECK_INT(f->nvml.end, PROBE_ANSWERED);
	CHECK(nvml_gpu(&f->nvml, "0000:22:00.0") != NULL);
	CHECK(nvml_gpu(&f->nvml, "00000000:22:00.0") != NULL);
	CHECK(nvml_gpu(&f->nvml, "0000:23:00.0") == NULL);
	CHECK(nvml_gpu(&f->nvml, "0001:22:00.0") == NULL);
	CHECK(nvml_gpu(&f->nvml, "") == NULL);
	CHECK(cuda_gpu(&f->cuda, "00000000:22:00.0") != NULL);
}

TEST(hex_digits_of_an_address_have_no_case)
{
	struct nvml_gpu g = { .bdf = "00000000:AB:0C.0" };
	struct nvml n = { .gpu = &g, .gpu_count = 1 };

	CHECK(nvml_gpu(&n, "0000:ab:0c.0") == &g);
}

TEST(every_value_keeps_its_unit_and_its_origin)
{
	struct facts *f = learn(NVML, CUDA);
	const struct nvml_gpu *g = &f->nvml.gpu[0];

	CHECK(is_text(f->nvml.driver_version, "590.48.01"));
	CHECK(is_u64(f->nvml.cuda_version, 13010));
	CHECK(is_u64(g->vram_total_bytes, 12288ULL << 20));
	CHECK(is_u64(g->temperature_celsius, 38));
	CHECK_STR(g->temperature_celsius.from, "nvml:all");
	CHECK_INT(g->process_count, 2);
	CHECK(g->process[0].compute && !g->process[1].compute);
	CHECK_INT(g->process[1].used_bytes, 0);
	CHECK_INT(f->cuda.gpu[0].capability_major, 8);
	CHECK_INT(f->cuda.gpu[0].capability_minor, 6);
}

TEST(left_out_is_absent_and_null_is_unreadable)
{
	const struct nvml_gpu *g = &learn(NVML, CUDA)->nvml.gpu[0];

	CHECK_INT(g->ecc_uncorrected.know, ABSENT);
	CHECK_INT(g->power_mw.know, UNREADABLE);
	CHECK_INT(g->error.know, ABSENT);
}

TEST(wrong_types_are_not_known)
{
	struct facts *f = learn("{\"result\":\"0\",\"driver_version\":590,\"cuda_version\":-1,"
				"\"gpus\":[3,{\"bdf\":7,\"vram_total_bytes\":1.5,"
				"\"processes\":[{\"pid\":\"x\"},null]}]}",
				"{\"result\":{},\"gpus\":{\"bdf\":1}}");

	CHECK_INT(f->nvml.result.know, UNREADABLE);
	CHECK_INT(f->nvml.driver_version.know, UNREADABLE);
	CHECK_INT(f->nvml.cuda_version.know, UNREADABLE);
	CHECK_INT(f->nvml.gpu_count, 2);
	CHECK_STR(f->nvml.gpu[1].bdf, "");
	CHECK_INT(f->nvml.gpu[1].vram_total_bytes.know, UNREADABLE);
	CHECK_INT(f->nvml.gpu[1].process_count, 0);
	CHECK_INT(f->cuda.result.know, UNREADABLE);
	CHECK_INT(f->cuda.gpu_count, 0);
}

TEST(no_list_of_processes_is_not_an_empty_one)
{
	const struct facts *f = learn("{\"gpus\":[{},{\"processes\":[]},{\"processes\":3}]}", CUDA);

	CHECK_INT(f->nvml.gpu[0].process_know, ABSENT);
	CHECK_INT(f->nvml.gpu[1].process_know, KNOWN);
	CHECK_INT(f->nvml.gpu[2].process_know, UNREADABLE);
}

TEST(no_json_is_a_failed_probe_that_says_where)
{
	struct facts *f = learn("{\"result\":", "[]");

	CHECK_INT(f->nvml.end, PROBE_FAILED);
	CHECK(str_starts(f->nvml.why, "nvml:1:"));
	CHECK_INT(f->cuda.end, PROBE_FAILED);
}

TEST(missing_library_is_an_answer)
{
	struct facts *f = learn("{\"library\":\"missing\",\"error\":\"no such file\"}", CUDA);

	CHECK_INT(f->nvml.end, PROBE_NO_LIBRARY);
	CHECK_STR(f->nvml.why, "no such file");
	CHECK_INT(f->cuda.end, PROBE_ANSWERED);
}

TEST(shut_gate_asks_nobody_and_says_why)
{
	struct probe_host p = { .host = { .ops = &probe_host_ops } };
	struct facts f = { .arena = &arena, .gate = { false, "Xid 79 for 0000:22:00.0" } };

	collect_nvml(&f, &p.host);
	collect_cuda(&f, &p.host);
	CHECK_INT(p.asked, 0);
	CHECK_INT(f.nvml.end, PROBE_NOT_RUN);
	CHECK_STR(f.nvml.why, "Xid 79 for 0000:22:00.0");
	CHECK_INT(f.cuda.end, PROBE_NOT_RUN);
	CHECK_STR(f.cuda.why, "Xid 79 for 0000:22:00.0");
}

TEST(after_an_abandoned_probe_nobody_else_is_sent)
{
	struct probe_host p = { .nvml_errno = -ETIMEDOUT, .cuda = bytes_of(CUDA) };
	struct facts *f = probe_host_facts(&p, &arena);

	CHECK_INT(p.asked, 1);
	CHECK_INT(f->nvml.end, PROBE_ABANDONED);
	CHECK_STR(f->nvml.why, "no answer before the deadline");
	CHECK_INT(f->cuda.end, PROBE_NOT_RUN);
	CHECK_STR(f->cuda.why, "the NVML probe was abandoned");
}

TEST(after_a_lost_gpu_nobody_else_is_sent)
{
	struct facts *f = learn("{\"result\":0,\"gpus\":[{\"error\":15}]}", CUDA);
	CHECK_INT(f->cuda.end, PROBE_NOT_RUN);
	CHECK_STR(f->cuda.why, "NVML says that a GPU is lost");

	f = learn("{\"result\":15}", CUDA);
	CHECK_INT(f->cuda.end, PROBE_NOT_RUN);
}

TEST(crash_and_failure_are_told_apart)
{
	struct probe_host p = { .nvml_errno = -EIO, .cuda_errno = -ENOENT };
	struct facts *f = probe_host_facts(&p, &arena);

	CHECK_INT(f->nvml.end, PROBE_CRASHED);
	CHECK_INT(f->cuda.end, PROBE_FAILED);
	CHECK(str_starts(f->cuda.why, "cuda:init"));
}

TEST(lists_have_an_end)
{
	char many[8192] = "{\"result\":0,\"gpus\":[";
	for (int i = 0; i < 1000; i++)
		strcat(many, i ? ",{}" : "{}");
	strcat(many, "]}");

	CHECK_INT(learn(many, CUDA)->nvml.gpu_count, 32);
}
