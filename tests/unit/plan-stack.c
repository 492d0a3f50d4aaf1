/* SPDX-License-Identifier: MIT */
#include "../tap.h"

#include "plan-stack-host.h"

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
	    stack(&c, arena_printf(&memory, "%s  vllm:\n    image: vllm/vllm-openai\n", plain));
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
