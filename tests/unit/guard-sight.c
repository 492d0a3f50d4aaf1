/* SPDX-License-Identifier: MIT */
/* What the guard is told of a look: the GPU, who uses it, and what is wrong. */
#include "guard-sight.h"
#include "facts/gate.h"

static struct report nothing_wrong;

static const char *gpu_of(const struct facts *f)
{
	memset(&sight, 0xff, sizeof(sight)); /* it needs not be zeroed */
	sight_of(f, &nothing_wrong, &sight);
	return sight_gpu_name(sight.gpu);
}

/* The GPU */

TEST(a_gpu_on_which_cuda_starts_is_ready)
{
	struct facts f = healthy();

	CHECK_STR(gpu_of(&f), "ready");
	CHECK_STR(sight.gpu_why, "");
	CHECK(sight.gate_open);
	CHECK(sight.workers_known);
	CHECK_INT((long long)sight.worker_count, 0);
	CHECK_INT((long long)sight.trouble_count, 0);
}

TEST(one_on_the_bus_that_does_not_compute_is_coming)
{
	struct facts f = healthy();

	f.cuda.result = known_u64(100, "x");
	CHECK_STR(gpu_of(&f), "coming");
	f.cuda.result = unknown_u64(UNREADABLE, "x");
	CHECK_STR(gpu_of(&f), "coming");
}

TEST(one_that_is_not_on_the_bus_is_absent)
{
	struct facts f = healthy();

	f.pci.chosen = NULL;
	CHECK_STR(gpu_of(&f), "absent");
}

TEST(a_bus_that_cannot_be_read_is_unsure)
{
	struct facts f = healthy();

	f.pci = (struct pci){ .know = DENIED };
	CHECK_STR(gpu_of(&f), "unsure");
}

TEST(cuda_that_starts_on_what_nvml_calls_lost_is_lost)
{
	struct facts f = healthy();

	f.nvml.result = known_u64(15, "x");
	CHECK_STR(gpu_of(&f), "lost");
}

TEST(fallen_off_by_xid_79_is_lost)
{
	struct driver_event e[] = { { .kind = EVENT_XID, .code = 79, .usec = 812100000 },
				    { .kind = EVENT_GPU_FOUND, .usec = 900000000 } };
	struct facts f = healthy();

	f.driver.event = e;
	f.driver.event_count = 1;
	f.gate = gate_of(&f);
	CHECK_STR(gpu_of(&f), "lost");
	CHECK_STR(sight.gpu_why, "Xid 79 812.1 s after boot");
	CHECK(!sight.gate_open);
	f.driver.event_count = 2;
	f.gate = gate_of(&f);
	CHECK_STR(gpu_of(&f), "ready");
}

TEST(one_that_answers_all_ones_is_lost)
{
	struct pci_gpu dead = gpu;
	struct facts f = healthy();

	dead.config_answers.v = 0;
	f.pci.chosen = &dead;
	f.gate = gate_of(&f);
	CHECK_STR(gpu_of(&f), "lost");
	CHECK_STR(sight.gpu_why, "the GPU does not answer on the PCI bus");
}

TEST(one_that_does_not_wake_is_lost)
{
	struct pci_hop end = { .power_state = { KNOWN, "D3cold", "x" } };
	struct pci_gpu dead = gpu;
	struct facts f = healthy();

	dead.hop = &end;
	dead.hop_count = 1;
	dead.runtime_status = known_text("error", "x");
	f.pci.chosen = &dead;
	f.gate = gate_of(&f);
	CHECK_STR(gpu_of(&f), "lost");
	CHECK_STR(sight.gpu_why, "the GPU does not wake from D3cold");
}

TEST(one_whose_driver_hangs_is_lost)
{
	struct facts f = healthy();

	f.driver.stuck_count = known_u64(2, "x");
	f.driver.stuck = known_text("nvidia-smi (1234)", "x");
	f.gate = gate_of(&f);
	CHECK_STR(gpu_of(&f), "lost");
	CHECK_STR(sight.gpu_why, "nvidia-smi (1234) is stuck in the driver");
}

TEST(one_whose_driver_was_slow_once_is_unsure)
{
	struct facts f = healthy();

	f.nvml.end = PROBE_ABANDONED;
	CHECK_STR(gpu_of(&f), "unsure");
	f = healthy();
	f.cuda = (struct cuda){ .end = PROBE_ABANDONED };
	CHECK_STR(gpu_of(&f), "unsure");
}

TEST(a_probe_that_only_failed_loses_nothing)
{
	struct facts f = healthy();

	f.nvml.end = PROBE_CRASHED;
	f.driver.stuck_count = unknown_u64(DENIED, "x");
	CHECK_STR(gpu_of(&f), "ready");
}

/* Workers */

static struct node_access lost[] = { { "/dev/nvidia0", { KNOWN, "EPERM", "x" } } };
static struct node_access hidden[] = { { "/dev/nvidia0", { DENIED, "", "x" } } };

static const struct worker *see(struct facts *f, struct container *c, size_t count)
{
	f->docker.container = c;
	f->docker.container_count = count;
	sight_of(f, &nothing_wrong, &sight);
	return sight.worker;
}

TEST(who_asks_for_no_gpu_is_no_worker)
{
	struct facts f = healthy();
	struct container c[] = { box("web", opens, 2), box("vllm", opens, 2) };

	c[0].asks = 0;
	see(&f, c, 2);
	CHECK_INT((long long)sight.worker_count, 1);
	CHECK_STR(sight.worker[0].name, "vllm");
	CHECK_STR(sight.worker[0].id, "abc");
	CHECK(sight_worker(&sight, "vllm") == &sight.worker[0]);
	CHECK(!sight_worker(&sight, "web"));
}

TEST(nodes_tell_whether_one_computes)
{
	struct facts f = healthy();
	struct container c[] = { box("a", opens, 2), box("b", lost, 1), box("c", hidden, 1),
				 box("d", NULL, 0) };

	see(&f, c, 4);
	CHECK_INT(sight.worker[0].works, WORKS);
	CHECK_INT(sight.worker[1].works, WORKS_NOT);
	CHECK_INT(sight.worker[2].works, WORKS_UNSURE);
	CHECK_INT(sight.worker[3].works, WORKS_UNSURE);
	c[0].state = "exited";
	CHECK_INT(see(&f, c, 1)->works, WORKS_NOT);
	CHECK(!sight.worker[0].runs);
}

TEST(an_ollama_must_have_found_cuda_too)
{
	static const enum works want[] = { WORKS_UNSURE, WORKS_NOT, WORKS,
					   WORKS_NOT,    WORKS_NOT, WORKS_NOT };
	struct ollama server = { .where = "ollama", .container = "ollama" };
	struct container c = box("ollama", opens, 2);
	struct facts f = healthy();

	f.ollama = (struct ollama_list){ KNOWN, &server, 1 };
	for (enum ollama_backend b = BACKEND_UNKNOWN; b <= BACKEND_OTHER; b++) {
		server.backend = b;
		CHECK_INT(see(&f, &c, 1)->works, want[b]);
		CHECK_INT((long long)sight.worker_count, 1);
	}
	c.node = lost;
	c.node_count = 1;
	server.backend = BACKEND_CUDA;
	CHECK_INT(see(&f, &c, 1)->works, WORKS_NOT);
}

TEST(one_that_could_not_start_for_want_of_the_gpu_has_failed)
{
	static const struct {
		const char *state, *error;
		bool failed;
	} each[] = {
		{ "exited", "could not select device driver \"nvidia\" with capabilities", true },
		{ "created", "CDI device injection failed: unresolvable CDI devices", true },
		{ "exited", "nvidia-container-cli: initialization error", true },
		{ "exited", "port is already allocated", false },
		{ "exited", "", false },
		{ "exited", NULL, false },
		{ "running", "nvidia-container-cli: an old one", false },
	};
	for (size_t i = 0; i < COUNT_OF(each); i++) {
		struct facts f = healthy();
		struct container c = box("ollama", opens, 2);
		c.state = each[i].state;
		c.error = each[i].error;
		CHECK_INT(see(&f, &c, 1)->failed, each[i].failed);
	}
}

TEST(ollama_as_a_service_is_a_worker)
{
	struct ollama server = { .where = "ollama.service",
				 .container = "",
				 .backend = BACKEND_CPU };
	struct facts f = healthy();

	f.ollama = (struct ollama_list){ KNOWN, &server, 1 };
	const struct worker *w = see(&f, NULL, 0);
	CHECK_STR(w->name, "ollama.service");
	CHECK_STR(w->id, "");
	CHECK(w->runs);
	CHECK_INT(w->works, WORKS_NOT);
}

TEST(an_engine_that_did_not_answer_leaves_workers_unknown)
{
	struct facts f = healthy();

	f.docker.containers_know = TIMED_OUT;
	see(&f, NULL, 0);
	CHECK(!sight.workers_known);
	f.docker.containers_know = ABSENT;
	see(&f, NULL, 0);
	CHECK(sight.workers_known);
}

/* Who waits for whom */

static struct container service(const char *name, const char **needs, size_t count)
{
	struct container c = box(name, opens, 2);

	c.compose_project = "llm";
	c.compose_service = name;
	c.compose_needs = (struct names){ needs, count };
	return c;
}

TEST(who_is_waited_for_has_a_lower_rank)
{
	const char *b[] = { "a" }, *c[] = { "a", "b" }, *d[] = { "nobody" };
	struct container all[] = { service("c", c, 2), service("b", b, 1), service("a", NULL, 0),
				   service("d", d, 1) };
	struct facts f = healthy();

	see(&f, all, 4);
	CHECK_INT(sight_worker(&sight, "a")->rank, 0);
	CHECK_INT(sight_worker(&sight, "b")->rank, 1);
	CHECK_INT(sight_worker(&sight, "c")->rank, 2);
	CHECK_INT(sight_worker(&sight, "d")->rank, 0);
}

TEST(another_projects_service_is_not_waited_for)
{
	const char *b[] = { "a" };
	struct container all[] = { service("a", NULL, 0), service("b", b, 1) };
	struct facts f = healthy();

	all[0].compose_project = "other";
	see(&f, all, 2);
	CHECK_INT(sight_worker(&sight, "b")->rank, 0);
}

TEST(a_ring_ends)
{
	const char *a[] = { "b" }, *b[] = { "c" }, *c[] = { "a", "c" }, *d[] = { "a" };
	struct container all[] = { service("a", a, 1), service("b", b, 1), service("c", c, 2),
				   service("d", d, 1) };
	struct facts f = healthy();

	see(&f, all, 4);
	CHECK_INT((long long)sight.worker_count, 4);
	for (size_t i = 0; i < 4; i++)
		CHECK(sight.worker[i].rank <= 4);
	CHECK(sight_worker(&sight, "d")->rank >= sight_worker(&sight, "a")->rank);
}

/* Each of 500 needs 64 others: it must not be followed along every way there is. */
TEST(many_that_need_many_are_ranked_at_once)
{
	enum { MANY = 500, NEEDS = 64 };
	static struct container all[MANY];
	static const char *needs[MANY][NEEDS];
	struct facts f = healthy();

	for (size_t i = 0; i < MANY; i++) {
		for (size_t k = 0; k < NEEDS; k++)
			needs[i][k] = arena_printf(&arena, "s%zu", (i + k * 31 + 1) % MANY);
		all[i] = service(arena_printf(&arena, "s%zu", i), needs[i], NEEDS);
	}
	alarm(20);
	see(&f, all, MANY);
	CHECK_INT((long long)sight.worker_count, WORKERS_MAX);
}

/* Bounds */

TEST(old_containers_do_not_crowd_out_who_runs)
{
	enum { MANY = 500 };
	static struct container all[MANY];
	struct ollama server = { .where = "ollama.service", .container = "" };
	struct facts f = healthy();

	for (size_t i = 0; i < MANY; i++) {
		all[i] = box(arena_printf(&arena, "job%zu", i), opens, 2);
		all[i].state = "exited";
	}
	all[MANY - 1].state = "running";
	all[MANY - 2].error = "could not select device driver";
	f.ollama = (struct ollama_list){ KNOWN, &server, 1 };
	see(&f, all, MANY);
	CHECK_INT((long long)sight.worker_count, WORKERS_MAX);
	CHECK(sight_worker(&sight, "job499") != NULL);
	CHECK(sight_worker(&sight, "job498") != NULL);
	CHECK(sight_worker(&sight, "ollama.service") != NULL);
	CHECK(sight_worker(&sight, "job0") != NULL);
}

TEST(hostile_names_are_cut_and_cleaned)
{
	char name[5000], id[5000];
	struct container c = box(name, opens, 2);
	struct facts f = healthy();

	memset(name, 'x', sizeof(name) - 1);
	memset(id, 'f', sizeof(id) - 1);
	name[sizeof(name) - 1] = id[sizeof(id) - 1] = '\0';
	memcpy(name, "\033[2J\n\xc3", 6);
	c.id = id;
	const struct worker *w = see(&f, &c, 1);
	CHECK_INT((long long)strlen(w->name), SIGHT_NAME - 1);
	CHECK(str_starts(w->name, "?[2J ?xxx"));
	CHECK_INT((long long)strlen(w->id), SIGHT_ID - 1);
}

/* Two looks */

TEST(looks_differ_in_what_the_guard_decides_on)
{
	static struct sight a, b;

	a.worker_count = a.trouble_count = 1;
	strcpy(a.worker[0].name, "ollama");
	b = a;
	CHECK(sight_same(&a, &b));
	b.trouble[0].stamp = 1;
	CHECK(!sight_same(&a, &b));
	b = a;
	b.worker[0].works = WORKS;
	CHECK(!sight_same(&a, &b));
	b = a;
	b.gpu = GPU_LOST;
	CHECK(!sight_same(&a, &b));
	b = a;
	strcpy(b.trouble[0].text, "another word");
	CHECK(sight_same(&a, &b));
}
