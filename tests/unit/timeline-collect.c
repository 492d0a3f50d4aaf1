/* SPDX-License-Identifier: MIT */
#include "collect/timeline/part.h"

#include "collect/collect.h"
#include "docker-host.h"
#include "tap.h"

#define BOOT "[    0.000000] Linux version 6.17.1-arch1-1 (linux@archlinux)\n"
#define BTIME UINT64_C(1760000000000000)

static struct pci_hop path[] = { { .bdf = "0000:00:07.0" }, { .bdf = "0000:22:00.0" } };
static struct pci_gpu gpu = { .bdf = "0000:22:00.0",
			      .router = "0-1",
			      .reach = REACH_THUNDERBOLT,
			      .name = "",
			      .hop = path,
			      .hop_count = 2 };
static struct tb_device core_x = { .name = "0-1",
				   .domain = "domain0",
				   .vendor = { KNOWN, "Razer", "x" },
				   .model = { KNOWN, "Core X", "x" },
				   .unique_id = { KNOWN, "uuid-1", "x" },
				   .authorized = { KNOWN, 1, "x" },
				   .sysfs = "" };
static struct timeline boot;

static struct facts *machine(void)
{
	struct facts *f = fresh_facts();

	f->want = want_default();
	f->pci = (struct pci){ .know = KNOWN, .chosen = &gpu, .gpu = &gpu, .gpu_count = 1 };
	f->thunderbolt =
	    (struct thunderbolt){ .know = KNOWN, .device = &core_x, .device_count = 1 };
	f->machine.boot_usec = known_u64(BTIME, "/proc/stat");
	return f;
}

static struct facts *look(struct docker_host *d)
{
	struct facts *f = machine();

	collect_driver_log(f, &d->host);
	collect_timeline(f, &d->host, &boot);
	return f;
}

/* -1: there is none */
static int64_t at(enum moment_kind kind)
{
	const struct moment *m = timeline_first(&boot, kind);
	return m ? (int64_t)m->usec : -1;
}

static const char *why(enum moment_kind kind)
{
	for (size_t i = 0; i < boot.missing_count; i++)
		if (boot.missing[i].kind == kind)
			return boot.missing[i].why;
	return "";
}

#define FOUND "pci 0000:22:00.0: [10de:2504] type 00 class 0x030000 PCIe Legacy Endpoint\n"
#define LOADED "NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  590.48.01\n"

TEST(the_kernel_log_tells_of_the_way_to_the_gpu)
{
	struct docker_host d = DOCKER_HOST({
	    "kernel-log:boot",
	    BOOT "[    0.402110] ACPI: bus type thunderbolt registered\n"
		 "[    1.512034] thunderbolt 0000:00:0d.2: total paths: 12\n"
		 "[    1.600000] thunderbolt 0-3: new device found, vendor=0x1 device=0x2\n"
		 "[    1.904511] thunderbolt 0-1: new device found, vendor=0x127 device=0xde5a\n"
		 "[    2.241002] " FOUND
		 "[    2.242040] pci 0000:22:00.0: BAR 1 [mem 0x60-0x6f 64bit pref]: assigned\n"
		 "[    2.243000] pci 0000:22:00.0: BAR 0: assigned [mem 0x60-0x6f]\n"
		 "[    2.300000] pci 0000:05:00.0: BAR 0: assigned [mem 0x60-0x6f]\n"
		 "[    3.455010] " LOADED
		 "[    3.601000] nvidia-uvm: Loaded the UVM driver, major device number 236.\n",
	});
	look(&d);
	CHECK_INT(at(MOMENT_CONTROLLER), 1512034);
	CHECK_INT(at(MOMENT_ENCLOSURE), 1904511);
	CHECK_STR(timeline_first(&boot, MOMENT_ENCLOSURE)->who, "Razer Core X");
	CHECK_INT(at(MOMENT_PCI), 2241002);
	CHECK_STR(timeline_first(&boot, MOMENT_PCI)->who, "22:00.0");
	CHECK_INT(at(MOMENT_BARS), 2243000);
	CHECK_INT(at(MOMENT_DRIVER), 3455010);
	CHECK_INT(at(MOMENT_GPU), 3455010);
	CHECK_INT(at(MOMENT_UVM), 3601000);
}

TEST(a_gpu_that_comes_after_its_driver_is_ready_then)
{
	struct docker_host d = DOCKER_HOST(
	    { "kernel-log:boot", BOOT "[    3.455010] " LOADED "[  102.000000] " FOUND });
	look(&d);
	CHECK_INT(at(MOMENT_GPU), 102000000);
	CHECK_INT(at(MOMENT_CONTROLLER), -1);
	CHECK_STR(why(MOMENT_CONTROLLER), "the kernel log has no line of it");
}

TEST(a_gpu_that_could_not_be_initialised_is_lost_until_it_comes_again)
{
	struct docker_host d = DOCKER_HOST({
	    "kernel-log:boot",
	    BOOT "[    2.000000] " FOUND "[    3.000000] " LOADED
		 "[    9.000000] NVRM: GPU 0000:22:00.0: RmInitAdapter failed! (0x62:0x40:2477)\n"
		 "[   20.000000] " LOADED,
	});
	look(&d);
	CHECK_INT(at(MOMENT_LOST), 9000000);
	CHECK_STR(timeline_first(&boot, MOMENT_LOST)->who, "RmInitAdapter failed");
	const struct moment *last = &boot.moment[boot.moment_count - 1];
	CHECK_INT(last->kind, MOMENT_GPU);
	CHECK_INT(last->usec, 20000000);
}

TEST(a_log_that_was_not_to_be_read_says_why_of_each)
{
	struct docker_host d = DOCKER_HOST({ "kernel-log:boot", NULL, -EACCES, 0, 0, 0 },
					   { "journal:kernel", NULL, -EACCES, 0, 0, 0 });
	look(&d);
	CHECK_INT(at(MOMENT_GPU), -1);
	CHECK_STR(why(MOMENT_GPU), "the kernel log: permission denied");
	CHECK_STR(why(MOMENT_CONTROLLER), "the kernel log: permission denied");
}

TEST(a_log_without_its_beginning_says_so)
{
	struct docker_host d =
	    DOCKER_HOST({ "kernel-log:boot", "[  950.000000] usb 1-1: reset\n" });
	look(&d);
	CHECK_STR(why(MOMENT_PCI), "the kernel log begins only at 950.0 s");
}

#define UNIT(name, state, more)                                                                    \
	"systemd:unit/" name, "{\"LoadState\": \"loaded\", \"ActiveState\": \"" state "\"" more "}"

TEST(units_have_a_begin_and_an_end)
{
	struct docker_host d = DOCKER_HOST(
	    { "kernel-log:boot", BOOT },
	    { UNIT("docker.service", "active",
		   ", \"ActiveEnterTimestamp\": 1760000009000000, "
		   "\"ActiveEnterTimestampMonotonic\": 8588204, "
		   "\"InactiveExitTimestampMonotonic\": 7902611") },
	    { UNIT("egpu-ready.service", "failed",
		   ", \"Result\": \"exit-code\", \"ActiveEnterTimestampMonotonic\": 99, "
		   "\"InactiveExitTimestampMonotonic\": 3000000") },
	    { UNIT("nvidia-persistenced.service", "inactive", "") },
	    { "systemd:unit/ollama.service", "{\"LoadState\": \"not-found\"}" });
	look(&d);
	const struct moment *m = timeline_first(&boot, MOMENT_DOCKER);
	CHECK_INT(m->usec, 7902611);
	CHECK_INT(m->done_usec, 8588204);
	CHECK_INT(m->within_usec, 0);
	CHECK(m->lasts);
	m = timeline_first(&boot, MOMENT_WAIT);
	CHECK_INT(m->usec, 3000000);
	CHECK_STR(m->note, "failed: exit-code");
	CHECK(!m->needs_gpu);
	CHECK_STR(why(MOMENT_PERSISTENCE), "it was not started");
	CHECK_STR(why(MOMENT_SERVER), "");
}

TEST(units_without_time_since_the_boot_have_the_walls)
{
	struct docker_host d = DOCKER_HOST(
	    { "kernel-log:boot", BOOT },
	    { UNIT("docker.service", "active", ", \"ActiveEnterTimestamp\": 1760000009000000") });
	look(&d);
	CHECK_INT(at(MOMENT_DOCKER), 8500000);
	CHECK_INT(timeline_first(&boot, MOMENT_DOCKER)->within_usec, 500000);
}

TEST(a_systemd_that_hangs_is_asked_once)
{
	struct docker_host d =
	    DOCKER_HOST({ "kernel-log:boot", BOOT },
			{ "systemd:unit/nvidia-persistenced.service", NULL, -ETIMEDOUT, 0, 0, 0 });
	look(&d);
	CHECK_INT(d.asked[SOURCE_SYSTEMD], 1);
	CHECK_STR(why(MOMENT_DOCKER), "systemd: no answer in time");
}

TEST(numbers_that_cannot_be_are_no_times)
{
	struct docker_host d = DOCKER_HOST(
	    { "kernel-log:boot", BOOT },
	    { UNIT("docker.service", "active",
		   ", \"ActiveEnterTimestamp\": -5, \"ActiveEnterTimestampMonotonic\": \"8\", "
		   "\"InactiveExitTimestampMonotonic\": 1e99") },
	    { "bolt:devices", "[{\"Uid\": \"uuid-1\", \"AuthorizeTime\": 99999999999999}]" });
	look(&d);
	CHECK_INT(at(MOMENT_DOCKER), -1);
	CHECK_STR(why(MOMENT_DOCKER), "systemd tells no time of it");
	CHECK_STR(why(MOMENT_AUTHORIZED), "boltd tells no time of it");
}

TEST(boltd_tells_the_second_of_the_authorisation)
{
	struct docker_host d = DOCKER_HOST(
	    { "kernel-log:boot", BOOT },
	    { "bolt:devices", "[{\"Uid\": \"uuid-0\", \"AuthorizeTime\": 1760000090}, "
			      "{\"Uid\": \"uuid-1\", \"AuthorizeTime\": 1760000002}]" });
	look(&d);
	CHECK_INT(at(MOMENT_AUTHORIZED), 2000000);
	CHECK_INT(timeline_first(&boot, MOMENT_AUTHORIZED)->within_usec, 1000000);
}

TEST(thousands_of_containers_leave_room_for_who_needs_the_gpu)
{
	enum { MANY = 500 };
	struct docker_host d = DOCKER_HOST({ "kernel-log:boot", BOOT });
	struct facts *f = machine();

	f->docker.containers_know = KNOWN;
	f->docker.container_count = MANY;
	f->docker.container = arena_alloc(f->arena, MANY * sizeof(*f->docker.container));
	for (unsigned i = 0; i < MANY; i++)
		f->docker.container[i] = (struct container){
			.name = arena_printf(f->arena, "c%u", i),
			.image = "",
			.state = "running",
			.error = "",
			.started_usec = known_u64(BTIME + 10000000 + i, "x"),
			.asks = i == MANY - 1 ? ASK_DEVICE_REQUEST : 0,
		};
	collect_driver_log(f, &d.host);
	collect_timeline(f, &d.host, &boot);
	bool has_last = false;
	for (size_t i = 0; i < boot.moment_count; i++)
		has_last |= str_eq(boot.moment[i].who, "c499") && boot.moment[i].needs_gpu;
	CHECK(has_last);
	CHECK_INT(boot.moment_count, 48);
	CHECK_INT(boot.left_out, MANY - 48);
}

/* Ollama's log. */

static struct arena arena;

static struct ollama_times read_log(const char *text)
{
	return ollama_times_parse(&arena, bytes_of(text));
}

#define LINE(second, text) "2025-10-09T08:53:" second "Z " text "\n"
#define GIN(took, path)                                                                            \
	"[GIN] 2025/10/09 - 08:55:01 | 200 | " took " |      172.18.0.3 | POST     \"" path "\""
#define COMPUTE "level=INFO msg=\"inference compute\" id=GPU-1 library=CUDA description=\"RTX\""
#define AT(second) (UINT64_C(1760000000000000) + (second)*UINT64_C(1000000))

TEST(a_search_and_a_request_are_found_in_the_log)
{
	struct ollama_times o = read_log(
	    LINE("32", "level=INFO msg=\"server config\"")
		LINE("33", "level=INFO msg=\"discovering available GPUs...\"") LINE("34.5", COMPUTE)
		    LINE("35", COMPUTE) LINE("36", GIN("1.2ms", "/api/show"))
			LINE("37", "[GIN] 2025/10/09 | 200 | 1ms | 127.0.0.1 | GET \"/api/chat\"")
			    LINE("58.4", GIN(" 6.214407811s", "/api/chat"))
				LINE("59", GIN("1s", "/api/chat")));
	CHECK_INT(o.looks_usec, AT(13));
	CHECK_INT(o.found_usec, AT(14) + 500000);
	CHECK_INT(o.answered_usec, AT(38) + 400000);
	CHECK_INT(o.answering_usec, 6214407);
	CHECK_INT(o.status, 200);
}

TEST(what_an_earlier_run_wrote_does_not_count)
{
	struct ollama_times o = read_log(LINE("32", COMPUTE) LINE("33", GIN("1s", "/api/chat"))
					     LINE("34", "level=INFO msg=\"server config\""));
	CHECK_INT(o.found_usec, 0);
	CHECK_INT(o.answered_usec, 0);
}

static uint64_t took(const char *duration)
{
	const char *line = arena_printf(
	    &arena, LINE("33", "[GIN] x | 200 | %s | 127.0.0.1 | POST \"/api/chat\""), duration);
	return read_log(line).answering_usec;
}

TEST(durations_are_read_as_go_writes_them)
{
	CHECK_INT(took("52.311\xc2\xb5s"), 52);
	CHECK_INT(took("1.251708ms"), 1251);
	CHECK_INT(took("987ns"), 0);
	CHECK_INT(took("1m23s"), 83000000);
	CHECK_INT(took("1h2m3s"), 3723000000);
	CHECK_INT(took("soon"), 0);
	CHECK_INT(took("12"), 0);
	CHECK_INT(took("99999999999999h"), 0);
	CHECK_INT(took("999999999h"), 0);
	CHECK_INT(took("."), 0);
}

TEST(lines_of_the_journal_have_seconds_before_them)
{
	struct ollama_times o = read_log("1760000013.500000 " COMPUTE "\n");
	CHECK_INT(o.found_usec, AT(13) + 500000);
}

TEST(other_lines_say_nothing)
{
	struct ollama_times o =
	    read_log("\n" COMPUTE "\n" LINE("33", "[GIN] POST \"/api/chat") LINE("33", "| POST ")
			 LINE("34", GIN("1s", "/api/chatter")) "9999-99-99T99:99:99Z " COMPUTE);
	CHECK_INT(o.found_usec, 0);
	CHECK_INT(o.answered_usec, 0);
}
