/* SPDX-License-Identifier: MIT */
#include "../tap.h"

#include "plan-stack-host.h"

TEST(what_the_file_sets_itself_is_not_set_again)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, "services:\n"
				   "  ollama:\n"
				   "    image: ollama/ollama\n"
				   "    volumes: [m:/root/.ollama]\n"
				   "    environment:\n"
				   "    - OLLAMA_KEEP_ALIVE=24h\n"
				   "    - OLLAMA_NUM_PARALLEL\n"
				   "volumes: {m: }\n");
	sets(&c, "OLLAMA_KEEP_ALIVE=24h");
	struct plan *p = plan_of(&f);

	CHECK(ours_has(p, OURS, "OLLAMA_FLASH_ATTENTION"));
	CHECK(!ours_has(p, OURS, "KEEP_ALIVE"));
	CHECK(!ours_has(p, OURS, "NUM_PARALLEL"));
}

TEST(what_the_image_sets_is_not_set_again)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	sets(&c, "OLLAMA_KEEP_ALIVE=5m");

	CHECK(!ours_has(plan_of(&f), OURS, "KEEP_ALIVE"));
}

/* Each of these asks already. */
static const char *const asking[] = {
	"    deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}\n",
	"    gpus: all\n",
	"    gpus: [{driver: nvidia}]\n",
	"    runtime: nvidia\n",
	"    runtime: ${RUNTIME:-nvidia}\n",
	"    devices:\n    - /dev/nvidia0:/dev/nvidia0\n",
	"    devices: ['nvidia.com/gpu=all']\n",
	"    <<: *gpu\n",
	"    <<: [*other, *gpu]\n",
	"    deploy: *deploy\n",
};

TEST(a_reservation_is_never_repeated)
{
	for (size_t i = 0; i < COUNT_OF(asking); i++) {
		struct container c = service("ollama");
		const char *text = arena_printf(
		    &memory,
		    "x-deploy: &deploy\n  resources:\n    reservations:\n      devices:\n"
		    "      - {driver: nvidia, count: 1, capabilities: [gpu]}\n"
		    "x-gpu: &gpu\n  deploy: *deploy\n"
		    "x-other: &other\n  restart: always\n"
		    "services:\n  ollama:\n    image: ollama/ollama\n%s",
		    asking[i]);
		struct facts f = stack(&c, text);
		c.asks = ASK_DEVICE_REQUEST;
		settings_off(&f);
		CHECK_STR(told(plan_of(&f)), "");
	}
}

/* None of these does. */
static const char *const silent[] = {
	"    # runtime: nvidia\n",
	"    runtime: ${RUNTIME:-runc}\n",
	"    deploy: {resources: {limits: {memory: 8G}}}\n",
	"    deploy: {resources: {reservations: {devices: [{capabilities: [tpu]}]}}}\n",
	"    devices: [/dev/dri:/dev/dri]\n",
};

TEST(what_only_looks_like_a_request_is_none)
{
	for (size_t i = 0; i < COUNT_OF(silent); i++) {
		struct container c = service("ollama");
		struct facts f = stack(
		    &c, arena_printf(&memory, "services:\n  ollama:\n    image: ollama/ollama\n%s",
				     silent[i]));
		CHECK(ours_has(plan_of(&f), OURS, "driver: nvidia"));
	}
}

TEST(a_container_older_than_its_files_request_is_made_anew)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, "services:\n  ollama:\n    image: ollama/ollama\n"
				   "    volumes: [./o:/root/.ollama]\n    gpus: all\n");
	settings_off(&f);

	CHECK_STR(told(plan_of(&f)), "make anew, with the GPU: ollama");
}

TEST(variables_of_the_shell_are_left_to_the_shell)
{
	static const char *const lines[] = {
		"    volumes: ['~/.ollama:/root/.ollama']\n",
		"    volumes: ['${HOME}/o:/root/.ollama']\n",
		"    volumes: ['${MODELS}:/root/.ollama']\n",
		"    volumes: [o:/o]\n    environment: [TOKEN]\n",
	};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct container c = service("ollama");
		struct facts f = stack(&c, arena_printf(&memory,
							"services:\n  ollama:\n"
							"    image: ollama/ollama\n%s"
							"volumes:\n  o:\n",
							lines[i]));
		struct plan *p = plan_of(&f);
		CHECK(!step_of(p, STEP_RUN));
		CHECK(step_of(p, STEP_PERSON) != NULL);
		CHECK(strstr(step_of(p, STEP_PERSON)->why, "from your shell") != NULL);
	}
}

TEST(variables_of_env_are_everybodys)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, "services:\n  ollama:\n    image: ollama/ollama:${TAG}\n"
				   "    volumes: ['${MODELS}:/root/.ollama']\n");
	put(DIR "/.env", "export MODELS='/data/models'\nTAG=0.12\n");
	c.image = "ollama/ollama:0.12";
	CHECK(step_of(plan_of(&f), STEP_RUN) != NULL);
	c.image = "ollama/ollama:0.9";
	CHECK_STR(step_of(plan_of(&f), STEP_PERSON)->why,
		  "it runs ollama/ollama:0.9, and its compose file says ollama/ollama:0.12");
}

TEST(models_inside_the_container_would_be_lost)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, "services:\n  ollama:\n    image: ollama/ollama\n");
	const struct step *s = step_of(plan_of(&f), STEP_RUN);

	CHECK(s->asks);
	CHECK_STR(s->why, "ollama has no volume: models and all that was written in it are lost");
}

/* Each is refused, at this line. */
static const struct {
	const char *text, *refusal;
} wrong[] = {
	{ "services:\n  ollama:\n    image: a\n   x: b\n", BASE ":4:" },
	{ "nonsense services:\n  ollama: {}\n", BASE ":1: nonsense services" },
	{ "services:\n  ollama: [a]\n", BASE ":2: the service ollama is no mapping" },
	{ "services:\n  ollama:\n    extends: {service: base}\n    image: a\n  base: {}\n",
	  BASE ":3: ollama extends another service" },
	{ "include: [other.yml]\nservices:\n  webui: {image: a}\n",
	  BASE ":1: ollama may stand in a file that it includes" },
	{ "services:\n  webui: {image: a}\n", BASE ":1: there is no service ollama" },
	{ "services:\n  ollama:\n    depends_on:\n      - db\n", BASE ":4: ollama needs db" },
	{ "services:\n  ollama:\n    depends_on:\n      - db: x\n", BASE ":4: ollama: a list" },
	{ "services:\n  ollama:\n    networks: [lan]\n", BASE ":3: ollama needs lan" },
	{ "services:\n  ollama:\n    volumes:\n    - models:/m\n", BASE ":4: ollama needs models" },
	{ "services:\n  ollama:\n    deploy:\n      resources:\n        reservations:\n"
	  "          devices:\n          - driver: nvidia\n          - capabilities: [gpu]\n",
	  BASE ":7: a reserved device of ollama has no capabilities" },
	{ "services:\n  ollama:\n    deploy: {resources: {limits: {devices: [a]}}}\n",
	  BASE ":3: resources.limits.devices" },
	{ "services:\n  ollama: {image: a}\nvolumes:\n  m:\n    driver_opts:\n      o: {x: y}\n",
	  BASE ":6: driver_opts.o is no plain value" },
	{ "services:\n  ollama:\n    <<: *nowhere\n", BASE ":3: the alias *nowhere" },
	{ "services:\n  ollama:\n    deploy: {resources: {reservations: {devices: "
	  "[{count: 0, capabilities: [gpu]}]}}}\n",
	  BASE ":3: ollama reserves a GPU with count 0" },
	{ "- a\n", BASE ":1: not a compose file" },
	{ "", BASE ":1:1: not YAML" },
	{ "services:\n  ollama:\n    image: \"\xff\"\n", BASE ":1:1: not UTF-8 text" },
};

TEST(a_file_that_compose_would_not_take_is_refused_with_its_line)
{
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct container c = service("ollama");
		struct facts f = stack(&c, wrong[i].text);
		struct plan *p = plan_of(&f);
		CHECK_STR(p->count ? wrong[i].text : "", "");
		CHECK_INT(p->refusal_count, 1);
		if (!str_starts(p->refusal[0].text, wrong[i].refusal))
			CHECK_STR(p->refusal[0].text, wrong[i].refusal);
	}
}

TEST(a_file_that_is_gone_is_told)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	put(BASE, NULL);

	CHECK_STR(told(plan_of(&f)),
		  "| read /srv/llm/docker-compose.yml: No such file or directory");
}

TEST(aliases_do_not_blow_up)
{
	const char *text;
	struct container c = service("ollama");

	text = "x-0: &a0 {k: v}\n";
	for (int i = 1; i < 14; i++)
		text = arena_printf(&memory, "%sx-%d: &a%d {<<: [*a%d, *a%d, *a%d, *a%d]}\n", text,
				    i, i, i - 1, i - 1, i - 1, i - 1);
	text = arena_printf(&memory, "%sservices:\n  ollama:\n    <<: *a13\n    image: a\n", text);
	struct facts f = stack(&c, text);
	CHECK_STR(told(plan_of(&f)), "| /srv/llm/docker-compose.yml: too tangled to be followed");
}

TEST(names_that_compose_does_not_have_are_refused)
{
	static const char *const names[] = { "--help", "a b", "x;id", "\xe2\x80\xaex" };
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct container c = service("ollama");
		struct facts f = stack(&c, plain);
		c.compose_service = names[i];
		CHECK_INT(plan_of(&f)->count, 0);
		CHECK_INT(plan_of(&f)->refusal_count, 1);
		c.compose_service = "ollama";
		c.compose_project = names[i];
		CHECK_INT(plan_of(&f)->count, 0);
	}
}

TEST(labels_with_odd_paths_are_refused)
{
	static const char *const paths[] = { "/srv/../etc/x.yml", "../x.yml/..", "/srv/a?b.yml" };
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		struct container c = service("ollama");
		struct facts f = stack(&c, plain);
		listed[0] = paths[i];
		CHECK_INT(plan_of(&f)->count, 0);
		CHECK_INT(plan_of(&f)->refusal_count, 1);
	}
}
