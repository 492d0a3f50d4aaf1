/* SPDX-License-Identifier: MIT */
#include "view/metrics.h"

#include "tap.h"

static struct arena arena;
static struct facts facts;
static struct report report;
static struct upkeep upkeep;
static struct view view;

static void fresh(void)
{
	facts = (struct facts){ .arena = &arena, .gate = { .open = true, .why = "" } };
	report = (struct report){ 0 };
	view = (struct view){ .facts = &facts, .report = &report, .version = "1" };
}

static const char *written(void (*as)(FILE *, const struct view *, const struct upkeep *))
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	CHECK(f);
	as(f, &view, &upkeep);
	fclose(f);
	const char *kept = str_dup(&arena, text);
	free(text);
	return kept;
}

static const char *text(void)
{
	return written(view_metrics);
}

static void has(const char *line)
{
	if (!strstr(text(), line))
		TAP_FAIL("no %s in %s", line, text());
}

static void lacks(const char *part)
{
	if (strstr(text(), part))
		TAP_FAIL("%s in %s", part, text());
}

static size_t times(const char *s, const char *part)
{
	size_t n = 0;
	while ((s = strstr(s, part))) {
		s += strlen(part);
		n++;
	}
	return n;
}

static struct container *containers(size_t count)
{
	struct container *c = arena_alloc(&arena, count * sizeof(*c));
	struct node_access *open = arena_alloc(&arena, sizeof(*open));

	*open = (struct node_access){ "/dev/nvidiactl", known_text("ok", "x") };
	for (size_t i = 0; i < count; i++)
		c[i] = (struct container){ .name = arena_printf(&arena, "c%zu", i),
					   .state = "running",
					   .pid = 1,
					   .asks = ASK_RUNTIME,
					   .node = open,
					   .node_count = 1 };
	facts.docker = (struct docker){ .know = KNOWN, .container = c, .container_count = count };
	return c;
}

TEST(nothing_known_is_nothing_said)
{
	fresh();
	CHECK_STR(text(), "# TYPE egpu_build_info gauge\n"
			  "# HELP egpu_build_info Always 1; the version of egpu that looked.\n"
			  "egpu_build_info{version=\"1\"} 1\n"
			  "# EOF\n");
}

TEST(an_unknown_number_is_left_out_with_its_head)
{
	struct pci_gpu gpu = { .bdf = "0000:22:00.0", .name = "", .router = "" };
	struct nvml_gpu nvml = { .bdf = "00000000:22:00.0", .uuid = "", .name = "" };

	fresh();
	nvml.power_mw = known_u64(14500, "x");
	nvml.temperature_celsius = unknown_u64(DENIED, "x");
	facts.pci = (struct pci){ .know = KNOWN, .gpu = &gpu, .gpu_count = 1, .chosen = &gpu };
	facts.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &nvml, .gpu_count = 1 };
	has("\negpu_gpu_power_watts 14.5\n");
	lacks("temperature");
	facts.nvml.end = PROBE_ABANDONED;
	lacks("egpu_gpu_power_watts");
}

TEST(a_gpu_that_nobody_asked_is_neither_ready_nor_not)
{
	struct pci_gpu gpu = { .bdf = "0000:22:00.0", .name = "", .router = "" };

	fresh();
	facts.pci = (struct pci){ .know = KNOWN, .gpu = &gpu, .gpu_count = 1, .chosen = &gpu };
	facts.driver.gpu_driver = known_text("nvidia", "x");
	lacks("egpu_ready");
	facts.cuda = (struct cuda){ .end = PROBE_ANSWERED,
				    .result = known_u64(999, "x"),
				    .result_name = "CUDA_ERROR_UNKNOWN" };
	has("\negpu_ready 0\n");
	facts.cuda.result = known_u64(0, "x");
	has("\negpu_ready 1\n");
	facts.gate = (struct gate){ .open = false, .why = "Xid 79" };
	has("\negpu_ready 0\n");
}

TEST(no_name_from_outside_breaks_a_line)
{
	fresh();
	containers(1)->name = "a\"b\\c\nd\033[2J\xff}";
	has("\negpu_container_gpu_visible{container=\"a\\\"b\\\\c d?[2J?}\"} 1\n");
	for (const char *s = text(); *s; s++)
		CHECK(*s == '\n' || ((unsigned char)*s >= 0x20 && *s != 0x7f));
}

TEST(long_names_are_cut_between_characters)
{
	char name[400];

	memset(name, 'x', sizeof(name));
	name[METRIC_LABEL_MAX - 1] = '\xc3'; /* two bytes, of which one would fit */
	name[METRIC_LABEL_MAX] = '\xa9';
	name[sizeof(name) - 1] = '\0';
	fresh();
	containers(1)->name = str_dup(&arena, name);
	memset(name, 'x', sizeof(name));
	has(arena_printf(&arena, "{container=\"%.*s\"} 1\n", METRIC_LABEL_MAX - 1, name));
}

TEST(names_that_become_the_same_are_told_once)
{
	fresh();
	struct container *c = containers(3);
	c[0].name = "a\tb";
	c[1].name = "a b";
	CHECK_INT((long long)times(text(), "egpu_container_gpu_visible{"), 2);
}

TEST(a_thousand_containers_are_bounded)
{
	fresh();
	containers(1000);
	CHECK_INT((long long)times(text(), "egpu_container_gpu_visible{"), METRIC_SAMPLES_MAX);
}

TEST(a_container_is_seen_as_the_rules_see_it)
{
	fresh();
	struct container *c = containers(3);
	struct node_access unknown = { "/dev/nvidiactl", unknown_text(TIMED_OUT, "x") };
	c[1].node = &unknown;
	c[2].state = "exited";
	report.verdict.finding[0] =
	    (struct finding){ .link = "workload",
			      .status = STATUS_BROKEN,
			      .cause = cause_of_id("container-devices-lost"),
			      .subject = "c0" };
	report.verdict.count = 1;
	has("\negpu_container_gpu_visible{container=\"c0\"} 0\n");
	lacks("\"c1\"");
	lacks("\"c2\"");
	has("\negpu_finding{cause=\"container-devices-lost\",link=\"workload\",status=\"broken\","
	    "subject=\"c0\"} 1\n");
	lacks("egpu_root_cause");
	report.root = &report.verdict.finding[0];
	has("\negpu_root_cause{cause=\"container-devices-lost\",link=\"workload\",subject=\"c0\"} "
	    "1\n");
}

TEST(shares_of_the_cpu)
{
	struct ollama_model models[] = { { .name = "half", .size_bytes = 8, .vram_bytes = 4 },
					 { .name = "none", .size_bytes = 8, .vram_bytes = 0 },
					 { .name = "more", .size_bytes = 8, .vram_bytes = 9 },
					 { .name = "empty" } };
	struct ollama server = {
		.where = "o", .model = models, .model_count = 4, .backend = BACKEND_CPU
	};

	fresh();
	facts.ollama = (struct ollama_list){ .know = KNOWN, .server = &server, .server_count = 1 };
	has("\negpu_ollama_cpu_share_ratio{server=\"o\",model=\"half\"} 0.5\n"
	    "egpu_ollama_cpu_share_ratio{server=\"o\",model=\"none\"} 1\n"
	    "egpu_ollama_cpu_share_ratio{server=\"o\",model=\"more\"} 0\n");
	lacks("empty");
	has("\negpu_ollama_backend{server=\"o\",backend=\"cpu\"} 1\n");
	has("\negpu_ollama_backend{server=\"o\",backend=\"cuda\"} 0\n");
	server.backend = BACKEND_UNKNOWN;
	lacks("egpu_ollama_backend");
}

TEST(a_bar_that_is_not_assigned_has_no_size)
{
	struct pci_bar bar = { .index = 1, .size_bytes = 256 << 20, .assigned = true };
	struct pci_gpu gpu = { .bdf = "0000:22:00.0",
			       .name = "",
			       .router = "",
			       .bar = &bar,
			       .bar_count = 1,
			       .bars_know = KNOWN };

	fresh();
	facts.pci = (struct pci){ .know = KNOWN, .gpu = &gpu, .gpu_count = 1, .chosen = &gpu };
	has("\negpu_bar1_bytes 268435456\n");
	bar.assigned = false;
	has("\negpu_bar1_bytes 0\n");
	gpu.bars_know = DENIED;
	lacks("egpu_bar1_bytes");
}

TEST(when_and_how_long_are_told_where_they_are_known)
{
	fresh();
	lacks("egpu_look");
	view.at_usec = 1760000000250000;
	view.took_usec = 42000;
	has("\negpu_look_timestamp_seconds 1760000000.25\n");
	has("\negpu_look_duration_seconds 0.042\n");
}

TEST(counters_have_two_spellings)
{
	fresh();
	lacks("heal");
	upkeep = (struct upkeep){ .know = KNOWN, .tries = 3, .tries_failed = 1, .paused = true };
	has("# TYPE egpu_heal_attempts counter\n");
	has("\negpu_heal_attempts_total 3\n");
	has("\negpu_heal_failures_total 1\n");
	has("\negpu_guard_paused 1\n");
	has("\negpu_breaker_open 0\n");
	const char *old = written(view_metrics_textfile);
	CHECK(strstr(old, "# TYPE egpu_heal_attempts_total counter\n"));
	CHECK(!strstr(old, "# UNIT") && !strstr(old, "# EOF"));
}

TEST(no_family_has_the_name_of_another)
{
	const char *name, *other;

	for (size_t i = 0; (name = metrics_name(&arena, i)); i++) {
		CHECK(str_starts(name, "egpu_"));
		for (size_t n = 0; n < i && (other = metrics_name(&arena, n)); n++)
			CHECK(!str_eq(name, other));
	}
}
