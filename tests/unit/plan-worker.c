/* SPDX-License-Identifier: MIT */
/* What is done to one who computes on the GPU, and the order in which a GPU is reset. */
#include "plan/worker.h"

#include "../tap.h"

#include "plan-stack-host.h"

static struct plan *worker(struct facts *f, const char *name, enum worker_deed d)
{
	f->arena = &memory;
	if (files.thing != things)
		no_files();
	return plan_worker(&memory, f, &files.host, name, d, 7);
}

static const struct step *only(const struct plan *p, enum step_kind kind)
{
	CHECK_STR(told(p), told(p));
	CHECK_INT((long long)p->count, 1);
	CHECK_INT((long long)p->refusal_count, 0);
	CHECK_INT(p->step[0].kind, kind);
	CHECK(p->step[0].unattended);
	CHECK(!p->step[0].asks);
	return &p->step[0];
}

TEST(a_container_is_stopped_started_restarted)
{
	static const struct {
		enum worker_deed deed;
		const char *verb, *line;
	} each[] = {
		{ WORKER_STOP, "stop", "docker stop ollama" },
		{ WORKER_START, "start", "docker start ollama" },
		{ WORKER_RESTART, "restart", "docker restart ollama" },
	};
	for (size_t i = 0; i < COUNT_OF(each); i++) {
		struct container c = service("ollama");
		c.id = "abc";
		struct facts f = stack(&c, plain);
		const struct step *s = only(worker(&f, "ollama", each[i].deed), STEP_CONTAINER);
		CHECK_STR(container_verb(&s->container), each[i].verb);
		CHECK_STR(s->container.id, c.id);
		CHECK_INT(s->container.stop_sec, 7);
		CHECK_STR(line_of(s), each[i].line);
	}
}

TEST(a_compose_service_with_volumes_is_made_anew)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	const struct step *s = only(worker(&f, "ollama", WORKER_RECREATE), STEP_RUN);

	CHECK_STR(names_join(&memory, &s->run.argv, " "),
		  "docker compose --project-name llm --project-directory /srv/llm up -d --no-deps "
		  "--force-recreate ollama");
	CHECK_INT(s->run.deadline_sec, 600);
	CHECK_STR(line_of(s), "docker compose --project-name llm --project-directory /srv/llm "
			      "up -d --no-deps --force-recreate ollama");
}

/* Each would lose something, or is not to be told from files alone. */
static const char *const kept[] = {
	"services:\n  ollama:\n    image: ollama/ollama\n",
	"services:\n  ollama:\n    image: ollama/ollama\n    volumes: ['~/o:/root/.ollama']\n",
	("services:\n  ollama:\n    image: ollama/ollama\n    volumes: "
	 "['${MODELS}:/root/.ollama']\n"),
	"services:\n  other:\n    image: ollama/ollama\n",
	"services:\n  ollama: [a]\n",
	"services:\n ollama:\n   image: a\n  x: b\n",
	"",
};

TEST(what_would_be_lost_or_cannot_be_told_is_restarted)
{
	for (size_t i = 0; i < COUNT_OF(kept); i++) {
		struct container c = service("ollama");
		struct facts f = stack(&c, kept[i]);
		const struct step *s = only(worker(&f, "ollama", WORKER_RECREATE), STEP_CONTAINER);
		CHECK_STR(container_verb(&s->container), "restart");
	}
}

TEST(one_whose_files_are_gone_is_restarted)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);

	put(BASE, NULL);
	CHECK_STR(
	    container_verb(&only(worker(&f, "ollama", WORKER_RECREATE), STEP_CONTAINER)->container),
	    "restart");
}

TEST(one_that_compose_did_not_make_is_restarted)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);

	c.compose_service = c.compose_project = "";
	CHECK_STR(
	    container_verb(&only(worker(&f, "ollama", WORKER_RECREATE), STEP_CONTAINER)->container),
	    "restart");
}

TEST(ollamas_own_unit_is_restarted_by_systemd)
{
	struct unit u = { .name = "ollama.service", .know = KNOWN, .active = "active" };
	struct facts f = { .services = { KNOWN, &u, 1 } };
	const struct step *s = only(worker(&f, "ollama.service", WORKER_RECREATE), STEP_UNIT);

	CHECK_STR(s->unit.verb, "restart");
	CHECK_STR(s->unit.name, "ollama.service");
	CHECK_STR(only(worker(&f, "ollama.service", WORKER_STOP), STEP_UNIT)->unit.verb, "stop");
}

TEST(who_was_not_seen_is_refused)
{
	struct facts f = { 0 };
	struct unit u = { .name = "ollama.service", .know = ABSENT };

	CHECK_STR(told(worker(&f, "ollama", WORKER_RESTART)), "| ollama was not seen here");
	f.services = (struct services){ KNOWN, &u, 1 };
	CHECK_STR(told(worker(&f, "ollama.service", WORKER_STOP)),
		  "| ollama.service was not seen here");
}

TEST(a_hostile_name_is_quoted)
{
	struct container c = { .id = "1", .name = "x; rm -rf ~", .state = "running" };
	struct facts f = { .docker = { .container = &c, .container_count = 1 } };

	CHECK_STR(line_of(only(worker(&f, "x; rm -rf ~", WORKER_STOP), STEP_CONTAINER)),
		  "docker stop 'x; rm -rf ~'");
}

/* Resets */

static struct pci_gpu resettable = { .bdf = "0000:22:00.0" };
static struct unit persistenced = { .name = "nvidia-persistenced.service",
				    .know = KNOWN,
				    .active = "active" };

static struct facts with_gpu(struct container *c, size_t count)
{
	return (struct facts){ .arena = &memory,
			       .pci = { .know = KNOWN, .chosen = &resettable },
			       .services = { KNOWN, &persistenced, 1 },
			       .docker = { .container = c, .container_count = count } };
}

TEST(a_reset_stops_who_uses_it_and_starts_them_again)
{
	struct container c[] = {
		{ .id = "1", .name = "ollama", .state = "running", .pid = 9, .asks = ASK_CDI },
		{ .id = "2", .name = "web", .state = "running" },
		{ .id = "3", .name = "vllm", .state = "exited", .asks = ASK_CDI },
		{ .id = "4", .name = "comfy", .state = "running", .pid = 9, .asks = ASK_RUNTIME },
	};
	struct facts f = with_gpu(c, COUNT_OF(c));
	struct plan *p = plan_reset(&memory, &f, &files.host, 10);

	CHECK_STR(told(p), "stop the container ollama; stop the container comfy; stop "
			   "nvidia-persistenced.service; reset the GPU 22:00.0; start "
			   "nvidia-persistenced.service; start the container ollama; start the "
			   "container comfy");
	CHECK_STR(names_join(&memory, &p->step[3].run.argv, " "),
		  "nvidia-smi --gpu-reset -i 0000:22:00.0");
	CHECK_INT(p->step[3].run.deadline_sec, 60);
	persistenced.active = "inactive";
	CHECK(!strstr(told(plan_reset(&memory, &f, &files.host, 10)), "persistenced"));
}

TEST(without_a_gpu_nothing_is_reset)
{
	struct facts f = with_gpu(NULL, 0);

	f.pci.chosen = NULL;
	CHECK_STR(told(plan_reset(&memory, &f, &files.host, 10)), "| there is no GPU to reset");
}

/* A plan that is cut off would stop them, and start nobody. */
TEST(more_than_a_plan_can_hold_are_left_alone)
{
	static struct container many[STEPS_MAX];
	struct facts f = with_gpu(many, 62);

	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = (struct container){ .id = "1",
					      .name = arena_printf(&memory, "box%zu", i),
					      .state = "running",
					      .pid = 9,
					      .asks = ASK_CDI };
	CHECK_INT((long long)plan_reset(&memory, &f, &files.host, 10)->count, 2 * 62 + 3);
	f.docker.container_count = 63;
	struct plan *p = plan_reset(&memory, &f, &files.host, 10);
	CHECK_INT((long long)p->count, 0);
	CHECK_INT((long long)p->refusal_count, 1);
}
