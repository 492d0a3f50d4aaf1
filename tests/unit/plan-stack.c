/* SPDX-License-Identifier: MIT */
#include "../tap.h"

#include "plan-host.h"
#include "runtime-host.h"

#define DIR "/srv/llm"
#define BASE DIR "/docker-compose.yml"
#define OURS DIR "/docker-compose.override.yml"
#define LISTED DIR "/compose.egpu.yaml"

static const char plain[] = "services:\n"
			    "  ollama:\n"
			    "    image: ollama/ollama\n"
			    "    volumes:\n"
			    "      - ./ollama:/root/.ollama\n"
			    "  webui:\n"
			    "    image: ghcr.io/open-webui/open-webui\n"
			    "    depends_on: [ollama]\n";

static const char *variables[8];
static const char *listed[4];

static struct container service(const char *name)
{
	struct container c = ollama(0);

	listed[0] = BASE;
	c.name = name;
	c.image = "ollama/ollama";
	c.runtime = "runc";
	c.compose_project = "llm";
	c.compose_service = name;
	c.compose_dir = DIR;
	c.compose_files = (struct names){ listed, 1 };
	c.environment = (struct names){ variables, 0 };
	return c;
}

static void sets(struct container *c, const char *variable)
{
	variables[c->environment.count++] = variable;
}

static struct facts stack(struct container *c, const char *text)
{
	struct facts f = healthy();

	f.want = want_default();
	add(&f, c);
	put(BASE, text);
	return f;
}

static struct plan *plan_of(struct facts *f)
{
	return planned(f, &theme_stack);
}

static bool ours_has(const struct plan *p, const char *path, const char *text)
{
	const struct step *s = file_step_of(p, path);
	return s && bytes_have(s->file.after, text);
}

static void settings_off(struct facts *f)
{
	f->want.ollama = (struct want_ollama){ "", "", "", "" };
}

TEST(a_service_that_asks_for_no_gpu_gets_an_override)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	struct plan *p = plan_of(&f);
	const struct step *s = file_step_of(p, OURS);

	CHECK_STR(told(p), "ask for the GPU for project llm, beside /srv/llm/docker-compose.yml; "
			   "make anew, with the GPU: ollama");
	CHECK_STR(s->file.after.data,
		  "# Written by egpu setup; what you change here is written over.\n"
		  "# Compose merges it into docker-compose.yml, which stays as it is.\n"
		  "services:\n"
		  "  ollama:\n"
		  "    environment:\n"
		  "      OLLAMA_FLASH_ATTENTION: \"true\"\n"
		  "      OLLAMA_KV_CACHE_TYPE: q8_0\n"
		  "      OLLAMA_NUM_PARALLEL: \"1\"\n"
		  "      OLLAMA_KEEP_ALIVE: \"10m\"\n"
		  "    deploy:\n"
		  "      resources:\n"
		  "        reservations:\n"
		  "          devices:\n"
		  "            - driver: nvidia\n"
		  "              count: all\n"
		  "              capabilities: [gpu]\n");
}

TEST(only_the_service_that_changes_is_made_anew)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	const struct step *s = step_of(plan_of(&f), STEP_RUN);

	CHECK_STR(line_of(s), "sudo docker compose --project-name llm --project-directory /srv/llm "
			      "up -d --no-deps ollama");
	CHECK_STR(s->why, "ollama is away for some seconds, 10 at most to stop; volumes stay");
	CHECK(!s->asks);
}

TEST(applied_and_looked_at_again_nothing_is_left)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	apply_files(plan_of(&f));
	listed[1] = OURS;
	c.compose_files.count = 2;
	c.asks = ASK_DEVICE_REQUEST;
	sets(&c, "OLLAMA_FLASH_ATTENTION=true");
	sets(&c, "OLLAMA_KV_CACHE_TYPE=q8_0");
	sets(&c, "OLLAMA_NUM_PARALLEL=1");
	sets(&c, "OLLAMA_KEEP_ALIVE=10m");

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_wish_that_changes_is_written_over)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	apply_files(plan_of(&f));
	c.asks = ASK_DEVICE_REQUEST;
	sets(&c, "OLLAMA_FLASH_ATTENTION=true");
	sets(&c, "OLLAMA_KV_CACHE_TYPE=q8_0");
	sets(&c, "OLLAMA_NUM_PARALLEL=1");
	sets(&c, "OLLAMA_KEEP_ALIVE=10m");
	f.want.ollama.keep_alive = "1h";
	struct plan *p = plan_of(&f);

	CHECK(ours_has(p, OURS, "OLLAMA_KEEP_ALIVE: \"1h\""));
	CHECK(ours_has(p, OURS, "OLLAMA_NUM_PARALLEL: \"1\""));
	CHECK(step_of(p, STEP_RUN) != NULL);
}

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

TEST(a_quantised_cache_needs_flash_attention)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	sets(&c, "OLLAMA_FLASH_ATTENTION=0");
	CHECK(!ours_has(plan_of(&f), OURS, "KV_CACHE_TYPE"));
	f.want.ollama.kv_cache_type = "f16";
	CHECK(ours_has(plan_of(&f), OURS, "OLLAMA_KV_CACHE_TYPE: f16"));
}

TEST(a_server_that_is_not_ollama_gets_the_gpu_only)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	c.kind = CONTAINER_LLM_SERVER;
	struct plan *p = plan_of(&f);

	CHECK(ours_has(p, OURS, "driver: nvidia"));
	CHECK(!ours_has(p, OURS, "environment"));
}

TEST(where_cdi_is_the_way_the_name_is_asked_for)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	f.want.runtime = RUNTIME_CDI;
	f.docker.version = known_text("28.3.0", "");
	f.docker.cdi = &fresh;
	f.docker.cdi_count = 1;
	struct plan *p = plan_of(&f);

	CHECK(ours_has(p, OURS,
		       "            - driver: cdi\n"
		       "              device_ids: [nvidia.com/gpu=all]\n"
		       "              capabilities: [gpu]\n"));
	CHECK(!ours_has(p, OURS, "count"));
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
		    &arena,
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
		    &c, arena_printf(&arena, "services:\n  ollama:\n    image: ollama/ollama\n%s",
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

TEST(an_override_of_the_users_is_left_alone)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	put(DIR "/compose.override.yaml", "services:\n  ollama:\n    restart: always\n");
	struct plan *p = plan_of(&f);

	CHECK(file_step_of(p, LISTED) != NULL);
	CHECK(!file_step_of(p, DIR "/compose.override.yaml"));
	CHECK(!file_step_of(p, OURS));
	CHECK_STR(line_of(step_of(p, STEP_RUN)),
		  "sudo docker compose --project-name llm --project-directory /srv/llm "
		  "-f /srv/llm/docker-compose.yml -f /srv/llm/compose.egpu.yaml "
		  "up -d --no-deps ollama");
	CHECK_STR(p->refusal[0].text,
		  "/srv/llm/compose.egpu.yaml counts only where it is named: bring up project llm "
		  "by this line from now on");
	CHECK_STR(p->refusal[0].shell.name[0],
		  "docker compose --project-name llm --project-directory /srv/llm "
		  "-f /srv/llm/docker-compose.yml -f /srv/llm/compose.egpu.yaml up -d");
}

TEST(files_that_were_named_are_named_again)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	put(DIR "/gpu.yml", "services:\n  webui:\n    restart: always\n");
	listed[1] = DIR "/gpu.yml";
	c.compose_files.count = 2;
	struct plan *p = plan_of(&f);

	CHECK(strstr(line_of(step_of(p, STEP_RUN)),
		     "-f /srv/llm/docker-compose.yml -f /srv/llm/gpu.yml "
		     "-f /srv/llm/compose.egpu.yaml ") != NULL);
	apply_files(p);
	listed[2] = LISTED;
	c.compose_files.count = 3;
	c.asks = ASK_DEVICE_REQUEST;
	settings_off(&f);
	apply_files(plan_of(&f));
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(files_that_env_names_are_named)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	put(DIR "/.env", "A=1\nCOMPOSE_FILE=docker-compose.yml\n");

	CHECK(file_step_of(plan_of(&f), LISTED) != NULL);
}

TEST(a_request_in_a_second_file_counts)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	put(DIR "/gpu.yml", "services:\n  ollama:\n    gpus: all\n");
	listed[1] = "gpu.yml";
	c.compose_files.count = 2;
	c.asks = ASK_DEVICE_REQUEST;
	settings_off(&f);

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(ours_goes_when_the_file_asks_itself)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	settings_off(&f);
	apply_files(plan_of(&f));
	put(BASE, "services:\n  ollama:\n    image: ollama/ollama\n    gpus: all\n");
	c.asks = ASK_DEVICE_REQUEST;
	struct plan *p = plan_of(&f);

	CHECK(file_step_of(p, OURS) && file_step_of(p, OURS)->file.removed);
	apply_files(p);
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_service_without_a_container_keeps_its_part)
{
	struct container c = service("ollama");
	struct facts f =
	    stack(&c, arena_printf(&arena, "%s  vllm:\n    image: vllm/vllm-openai\n", plain));
	put(OURS, "# Written by egpu setup; what you change here is written over.\n"
		  "services:\n"
		  "  vllm:\n"
		  "    environment: {VLLM_X: \"a$$b\"}\n"
		  "    deploy: {resources: {reservations: {devices: "
		  "[{driver: nvidia, count: all, capabilities: [gpu]}]}}}\n"
		  "  gone:\n"
		  "    environment: {A: b}\n");
	struct plan *p = plan_of(&f);

	CHECK(ours_has(p, OURS, "  vllm:\n    environment:\n      VLLM_X: \"a$$b\"\n    deploy:"));
	CHECK(ours_has(p, OURS, "  ollama:\n"));
	CHECK(!ours_has(p, OURS, "gone"));
}

TEST(a_file_of_that_name_that_is_not_ours_is_refused)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	put(DIR "/compose.override.yaml", "services: {}\n");
	put(LISTED, "services: {}\n");

	CHECK_STR(told(plan_of(&f)),
		  "| /srv/llm/compose.egpu.yaml is there and was not written by egpu");
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
		struct facts f = stack(&c, arena_printf(&arena,
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

TEST(a_stopped_container_is_not_started)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	c.state = "exited";
	c.pid = 0;

	CHECK(str_ends(line_of(step_of(plan_of(&f), STEP_RUN)), "up --no-start --no-deps ollama"));
}

TEST(before_the_driver_is_there_nothing_is_made_anew)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	f.driver.nvidia_loaded = known_u64(0, "");
	struct plan *p = plan_of(&f);

	CHECK(file_step_of(p, OURS) != NULL);
	CHECK(!step_of(p, STEP_RUN));
	CHECK_INT(step_of(p, STEP_PERSON)->when, WHEN_REBOOT);
}

TEST(without_a_gpu_nothing_asks_for_one)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	f.pci.chosen = NULL;

	CHECK_STR(told(plan_of(&f)), "| the GPU is not there now, and a container that asks for it "
				     "would not start");
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
		text = arena_printf(&arena, "%sx-%d: &a%d {<<: [*a%d, *a%d, *a%d, *a%d]}\n", text,
				    i, i, i - 1, i - 1, i - 1, i - 1);
	text = arena_printf(&arena, "%sservices:\n  ollama:\n    <<: *a13\n    image: a\n", text);
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

TEST(only_the_project_that_is_wanted_is_planned)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	f.want.project = "other";
	CHECK_STR(told(plan_of(&f)),
		  "| project other has no container of an LLM server: bring it up once");
	f.want.project = DIR;
	CHECK(file_step_of(plan_of(&f), OURS) != NULL);
	f.want.project = "llm";
	CHECK(file_step_of(plan_of(&f), OURS) != NULL);
}

TEST(two_servers_of_a_project_share_one_file)
{
	struct container c[2] = { service("ollama"), service("webui") };
	c[1].image = "ghcr.io/open-webui/open-webui";
	struct facts f = stack(c, plain);
	f.docker.container_count = 2;
	struct plan *p = plan_of(&f);

	CHECK_STR(told(p), "ask for the GPU for project llm, beside /srv/llm/docker-compose.yml; "
			   "make anew, with the GPU: ollama, webui");
	CHECK(str_ends(line_of(step_of(p, STEP_RUN)), "up -d --no-deps ollama webui"));
}

TEST(a_container_that_docker_run_started_is_told)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	c.compose_project = c.compose_service = "";

	CHECK_STR(told(plan_of(&f)), "| ollama was not started by compose and asks for no GPU: "
				     "start it anew with --gpus all");
}

TEST(compose_as_a_program_of_its_own_is_called_by_its_name)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	put("/usr/bin/docker-compose", "");

	CHECK(str_starts(line_of(step_of(plan_of(&f), STEP_RUN)),
			 "sudo docker-compose --project-name llm "));
}

TEST(another_socket_is_named)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	f.docker.endpoint = "unix:///tmp/d.sock";

	CHECK(str_starts(line_of(step_of(plan_of(&f), STEP_RUN)),
			 "sudo docker --host unix:///tmp/d.sock compose "));
}

TEST(not_wanted_is_not_planned)
{
	struct container c = service("ollama");
	struct facts f = stack(&c, plain);
	f.want.override = WISH_NO;

	CHECK_STR(told(plan_of(&f)), "");
}
