/* SPDX-License-Identifier: MIT */
#include "collect/docker/docker.h"
#include "docker-host.h"
#include "tap.h"

/* One container's inspect answer, with what differs put in. */
#define ONE(host_config, config)                                                                   \
	"[{\"Id\":\"abc\",\"Name\":\"/ollama\",\"Path\":\"/bin/ollama\",\"RestartCount\":2,"       \
	"\"LogPath\":\"/var/lib/docker/abc-json.log\","                                            \
	"\"State\":{\"Status\":\"running\",\"Pid\":4711,\"ExitCode\":0,\"Error\":\"\","            \
	"\"StartedAt\":\"2026-01-01T00:00:00.5Z\",\"Health\":{\"Status\":\"healthy\"}},"           \
	"\"HostConfig\":{\"NetworkMode\":\"stack_default\",\"Privileged\":false,"                  \
	"\"LogConfig\":{\"Type\":\"json-file\"},\"RestartPolicy\":{\"Name\":"                      \
	"\"always\"}" host_config "},"                                                             \
	"\"NetworkSettings\":{\"IPAddress\":\"\",\"Ports\":{\"11434/tcp\":["                       \
	"{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"11434\"},"                                       \
	"{\"HostIp\":\"::1\",\"HostPort\":\"11434\"}],\"80/udp\":null},"                           \
	"\"Networks\":{\"stack_default\":{\"IPAddress\":\"172.18.0.2\"}}},"                        \
	"\"Config\":{\"Image\":\"ollama/ollama:latest\"" config "}}]"

static struct container first(const char *answer, struct docker preset)
{
	struct docker_host h = DOCKER_HOST({ "docker:/containers/*/json", answer });
	struct facts *f = fresh_facts();

	f->docker = preset;
	f->docker.know = KNOWN;
	collect_containers(f, &h.host);
	CHECK_INT(f->docker.containers_know, KNOWN);
	CHECK_INT((long long)f->docker.container_count, 1);
	return f->docker.container[0];
}

#define FIRST(host_config, config) first(ONE(host_config, config), (struct docker){ 0 })

TEST(what_an_engine_tells_of_a_container_is_read)
{
	struct container c = FIRST(
	    ",\"Runtime\":\"runc\"",
	    ",\"Env\":[\"OLLAMA_FLASH_ATTENTION=true\",\"PATH=/bin\",\"OLLAMA_API_KEY=s3cret\","
	    "\"LITELLM_MASTER_KEY=\",\"CUDA_VISIBLE_DEVICES=\"],"
	    "\"Labels\":{\"com.docker.compose.project\":\"stack\","
	    "\"com.docker.compose.service\":\"llm\","
	    "\"com.docker.compose.project.working_dir\":\"/srv/stack\","
	    "\"com.docker.compose.project.config_files\":\"/srv/stack/a.yml,/srv/b.yml\","
	    "\"com.docker.compose.depends_on\":\"db:service_healthy:false,cache:service_started:"
	    "true\"}");

	CHECK_STR(c.name, "ollama");
	CHECK_STR(c.image, "ollama/ollama:latest");
	CHECK_INT(c.kind, CONTAINER_OLLAMA);
	CHECK(container_runs(&c));
	CHECK_INT((long long)c.pid, 4711);
	CHECK_INT((long long)c.restart_count, 2);
	CHECK_INT((long long)c.started_usec.v, 1767225600500000);
	CHECK_STR(c.restart_policy, "always");
	CHECK_STR(c.health.v, "healthy");
	CHECK_STR(c.ip, "172.18.0.2");
	CHECK_STR(c.log_driver, "json-file");
	CHECK_STR(c.compose_service, "llm");
	CHECK_STR(c.compose_dir, "/srv/stack");
	CHECK_STR(c.compose_files.name[1], "/srv/b.yml");
	CHECK_INT((long long)c.compose_needs.count, 2);
	CHECK_STR(c.compose_needs.name[1], "cache");
	CHECK_INT((long long)c.port_count, 2);
	CHECK_STR(c.port[0].host_ip, "127.0.0.1");
	CHECK_INT((long long)c.port[0].container_port, 11434);
	CHECK_INT((long long)c.environment.count, 3);
	CHECK_STR(container_env(&c, "OLLAMA_FLASH_ATTENTION"), "true");
	CHECK_STR(container_env(&c, "OLLAMA_API_KEY"), "(set)");
	CHECK_STR(container_env(&c, "CUDA_VISIBLE_DEVICES"), "");
	CHECK(!container_env(&c, "PATH"));
	CHECK_INT(c.asks, 0);
}

TEST(a_stopped_containers_ports_are_those_it_will_bind)
{
	struct container c = first(
	    "[{\"State\":{\"Status\":\"exited\",\"Pid\":0,\"StartedAt\":"
	    "\"0001-01-01T00:00:00Z\"},\"HostConfig\":{\"PortBindings\":{\"8080/tcp\":"
	    "[{\"HostIp\":\"\",\"HostPort\":\"3000\"}]}},\"NetworkSettings\":{\"Ports\":{}}}]",
	    (struct docker){ 0 });

	CHECK_INT((long long)c.port_count, 1);
	CHECK_STR(c.port[0].host_ip, "0.0.0.0");
	CHECK_INT((long long)c.port[0].host_port, 3000);
	CHECK_INT(c.started_usec.know, ABSENT);
}

static struct container with_arguments(const char *list)
{
	static char text[256];

	snprintf(text, sizeof(text), "[{\"Args\":%s}]", list);
	return first(text, (struct docker){ 0 });
}

TEST(arguments_tell_the_port_and_whether_there_is_a_configuration)
{
	static const struct {
		const char *list;
		long long port;
		bool config;
	} tell[] = {
		{ "[\"--port\",\"4001\"]", 4001, false },
		{ "[\"--port=4002\",\"--config=/c.yaml\"]", 4002, true },
		{ "[\"--port\",\"4001\",\"--config\",\"/c\",\"--port\",\"4003\"]", 4003, true },
		{ "[\"-c\",\"/c.yaml\",\"--port\"]", 0, true },
		{ "[\"--port\",\"99999\",\"--ports\",\"1\",\"--configs\"]", 0, false },
		{ "[1,{},\"--port\",2]", 0, false },
		{ "\"--config\"", 0, false },
	};

	for (size_t i = 0; i < COUNT_OF(tell); i++) {
		const struct container c = with_arguments(tell[i].list);
		CHECK_INT((long long)c.told_port, tell[i].port);
		CHECK_INT(c.takes_config, tell[i].config);
	}
}

TEST(a_device_request_asks)
{
	struct container all = FIRST(",\"DeviceRequests\":[{\"Driver\":\"nvidia\",\"Count\":-1,"
				     "\"DeviceIDs\":null,\"Capabilities\":[[\"gpu\"]]}]",
				     "");
	struct container two = FIRST(",\"DeviceRequests\":[{\"Driver\":\"\",\"Count\":0,"
				     "\"DeviceIDs\":[\"0\",\"GPU-1\"],"
				     "\"Capabilities\":[[\"compute\",\"gpu\"]]}]",
				     "");
	CHECK_INT(all.asks, ASK_DEVICE_REQUEST);
	CHECK_STR(all.asks_how, "device request count=-1");
	CHECK_INT((long long)all.asked_devices.count, 0);
	CHECK_INT(two.asks, ASK_DEVICE_REQUEST);
	CHECK_STR(two.asks_how, "device request device=0,GPU-1");
	CHECK_STR(two.asked_devices.name[1], "GPU-1");
}

TEST(a_request_for_nothing_or_for_another_driver_does_not_ask)
{
	CHECK_INT(FIRST(",\"DeviceRequests\":[{\"Driver\":\"\",\"Count\":0,\"DeviceIDs\":[],"
			"\"Capabilities\":[[\"gpu\"]]}]",
			"")
		      .asks,
		  0);
	CHECK_INT(FIRST(",\"DeviceRequests\":[{\"Driver\":\"amd\",\"Count\":-1,"
			"\"Capabilities\":[[\"gpu\"]]}]",
			"")
		      .asks,
		  0);
	CHECK_INT(
	    FIRST(",\"DeviceRequests\":[{\"Count\":-1,\"Capabilities\":[[\"tpu\"]]}, 7, null]", "")
		.asks,
	    0);
}

TEST(cdi_names_ask_wherever_they_stand)
{
	struct container c = FIRST(",\"DeviceRequests\":[{\"Driver\":\"cdi\",\"Count\":0,"
				   "\"DeviceIDs\":[\"nvidia.com/gpu=all\",\"vendor.com/net=1\"]}]",
				   "");
	CHECK_INT(c.asks, ASK_CDI);
	CHECK_STR(c.asks_how, "CDI nvidia.com/gpu=all");
	CHECK_STR(c.asked_devices.name[0], "nvidia.com/gpu=all");
	CHECK_INT(FIRST(",\"Annotations\":{\"cdi.k8s.io/x\":\"nvidia.com/gpu=0\"}", "").asks,
		  ASK_CDI);
	CHECK_INT(FIRST(",\"Devices\":[{\"PathOnHost\":\"nvidia.com/gpu=all\"}]", "").asks,
		  ASK_CDI);
}

TEST(the_runtime_asks_for_what_the_variable_names)
{
	struct container c =
	    FIRST(",\"Runtime\":\"nvidia\"", ",\"Env\":[\"NVIDIA_VISIBLE_DEVICES=GPU-7\"]");

	CHECK_INT(c.asks, ASK_RUNTIME);
	CHECK_STR(c.asks_how, "runtime nvidia, NVIDIA_VISIBLE_DEVICES=GPU-7");
	CHECK_STR(c.asked_devices.name[0], "GPU-7");
	CHECK_INT(FIRST(",\"Runtime\":\"nvidia\"", "").asks, 0);
	CHECK_INT(
	    FIRST(",\"Runtime\":\"nvidia\"", ",\"Env\":[\"NVIDIA_VISIBLE_DEVICES=void\"]").asks, 0);
	CHECK_INT(FIRST(",\"Runtime\":\"runc\"", ",\"Env\":[\"NVIDIA_VISIBLE_DEVICES=all\"]").asks,
		  0);
	CHECK_INT(first(ONE(",\"Runtime\":\"nvidia\"", ",\"Env\":[\"NVIDIA_VISIBLE_DEVICES=all\"]"),
			(struct docker){ .default_runtime = known_text("nvidia", "") })
		      .asks,
		  ASK_ENVIRONMENT);
}

TEST(plain_nodes_ask)
{
	struct container c = FIRST(",\"Devices\":[{\"PathOnHost\":\"/dev/nvidia0\"},"
				   "{\"PathOnHost\":\"/dev/dri/card0\"},{\"PathOnHost\":7}]",
				   "");
	CHECK_INT(c.asks, ASK_DEVICES);
	CHECK_STR(c.asks_how, "devices /dev/nvidia0");
	CHECK_INT((long long)c.asked_devices.count, 1);
}

#define BOUND ",\"Binds\":[\"/dev/nvidia0:/dev/nvidia0:rw\",\"/srv:/root/.ollama\"]"

TEST(nodes_that_are_bound_and_may_be_opened_ask)
{
	struct container c = FIRST(BOUND ",\"DeviceCgroupRules\":[\"c 195:* rmw\"]", "");

	CHECK_INT(c.asks, ASK_DEVICES);
	CHECK_STR(c.asks_how, "binds /dev/nvidia0");
	CHECK_INT(FIRST(BOUND, "").asks, 0);
	CHECK_INT(FIRST(BOUND ",\"DeviceCgroupRules\":[\"c 226:* rmw\"]", "").asks, 0);
}

TEST(a_privileged_llm_server_has_all_nodes)
{
	CHECK_INT(FIRST(",\"Privileged\":true", "").asks, ASK_DEVICES);
	CHECK_INT(FIRST(",\"Privileged\":true", ",\"Image\":\"ollama/ollama:rocm\"").asks, 0);
	CHECK_INT(FIRST(",\"Privileged\":true", ",\"Image\":\"alpine\"").asks,
		  ASK_DEVICES); /* its program is ollama */
}

TEST(kinds_are_told_by_image_and_command)
{
	static const struct {
		const char *image, *command;
		enum container_kind kind;
	} some[] = {
		{ "ollama/ollama:0.12.3", "/bin/ollama", CONTAINER_OLLAMA },
		{ "docker.io/ollama/ollama", "", CONTAINER_OLLAMA },
		{ "registry.lan:5000/me/ollama-custom@sha256:00", "", CONTAINER_OLLAMA },
		{ "sha256:0123", "/usr/bin/ollama", CONTAINER_OLLAMA },
		{ "ghcr.io/open-webui/open-webui:ollama", "bash", CONTAINER_WEBUI },
		{ "lscr.io/x/ollama-webui", "", CONTAINER_WEBUI },
		{ "frcooper/ollama-exporter", "", CONTAINER_OTHER },
		{ "ghcr.io/berriai/litellm:main", "", CONTAINER_LITELLM },
		{ "postgres:16", "", CONTAINER_POSTGRES },
		{ "pgvector/pgvector:pg16", "", CONTAINER_POSTGRES },
		{ "vllm/vllm-openai", "", CONTAINER_LLM_SERVER },
		{ "ghcr.io/ggml-org/llama.cpp:server-cuda", "/app/llama-server",
		  CONTAINER_LLM_SERVER },
		{ "localai/localai:latest-gpu-nvidia-cuda-12", "", CONTAINER_LLM_SERVER },
		{ "nginx", "nginx", CONTAINER_OTHER },
		{ "", "", CONTAINER_OTHER },
	};
	for (size_t i = 0; i < COUNT_OF(some); i++)
		CHECK_INT(container_kind(some[i].image, some[i].command), some[i].kind);
}

TEST(garbage_is_not_a_container)
{
	struct docker_host h = DOCKER_HOST({ "docker:/containers/*/json",
					     "[1,null,\"x\",[],{\"State\":3,\"Config\":[],"
					     "\"HostConfig\":\"y\"}]" });
	struct docker_host object = DOCKER_HOST({ "docker:/containers/*/json", "{}" });
	struct facts *f = fresh_facts();

	f->docker.know = KNOWN;
	collect_containers(f, &h.host);
	CHECK_INT((long long)f->docker.container_count, 1);
	CHECK_STR(f->docker.container[0].name, "");
	collect_containers(f, &object.host);
	CHECK_INT(f->docker.containers_know, UNREADABLE);
}

TEST(a_silent_engine_is_not_asked_for_containers)
{
	struct docker_host h = DOCKER_HOST({ "docker:/containers/*/json", "[]" });
	struct facts *f = fresh_facts();

	f->docker.know = DENIED;
	collect_containers(f, &h.host);
	CHECK_INT(f->docker.containers_know, DENIED);
	CHECK_INT((long long)h.asked[SOURCE_DOCKER], 0);
}

/* Of a container without a runtime of its own the engine has the say, whoever is read first. */
TEST(the_engine_may_be_read_behind_its_containers)
{
	struct docker_host h = DOCKER_HOST(
	    { "docker:/info", "{\"DefaultRuntime\":\"nvidia\"}" },
	    { "docker:/containers/*/json", ONE("", ",\"Env\":[\"NVIDIA_VISIBLE_DEVICES=all\"]") });
	struct facts *f = fresh_facts();

	collect_containers(f, &h.host);
	CHECK_INT((long long)f->docker.container_count, 1);
	CHECK_INT((long long)f->docker.container[0].asks, 0);
	collect_docker(f, &h.host);
	CHECK_INT((long long)f->docker.container[0].asks, ASK_ENVIRONMENT);
	CHECK_STR(f->docker.container[0].asks_how, "runtime nvidia, NVIDIA_VISIBLE_DEVICES=all");
}

TEST(of_an_engine_that_refuses_no_container_counts)
{
	struct docker_host h = DOCKER_HOST({ "docker:/containers/*/json", ONE("", "") });
	struct facts *f = fresh_facts();

	collect_containers(f, &h.host);
	collect_docker(f, &h.host);
	CHECK_INT(f->docker.containers_know, ABSENT);
	CHECK_INT((long long)f->docker.container_count, 0);
}

TEST(who_was_silent_about_containers_is_not_asked_on)
{
	struct docker_host h = DOCKER_HOST({ "docker:/info", "{}" });
	struct facts *f = fresh_facts();

	f->docker.containers_know = TIMED_OUT;
	collect_docker(f, &h.host);
	CHECK_INT(f->docker.know, TIMED_OUT);
	CHECK_INT((long long)h.asked[SOURCE_DOCKER], 1);
}

static struct facts *with_container(struct container *c, bool open)
{
	struct facts *f = fresh_facts();
	f->gate = (struct gate){ open, "" };
	f->docker.container = c;
	f->docker.container_count = 1;
	return f;
}

static struct container asking(void)
{
	return (struct container){ .state = "running", .pid = 99, .asks = ASK_DEVICE_REQUEST };
}

TEST(nodes_are_asked_for_in_one_question)
{
	struct container c = asking();
	struct docker_host h =
	    DOCKER_HOST({ "container:open/99/nvidiactl,nvidia-uvm,nvidia0",
			  "nvidiactl EPERM\nnvidia-uvm ok\n" },
			{ "journal:reloads",
			  "1700000000.000001 Reloading.\n1700000300.250000 Reloading...\n" });
	struct facts *f = with_container(&c, true);

	collect_container_nodes(f, &h.host);
	CHECK_INT((long long)c.node_count, 3);
	CHECK_STR(c.node[0].path, "/dev/nvidiactl");
	CHECK(is_text(c.node[0].result, "EPERM"));
	CHECK(is_text(c.node[1].result, "ok"));
	CHECK_INT(c.node[2].result.know, UNREADABLE);
	CHECK(is_u64(f->docker.last_reload_usec, 1700000300250000));
}

TEST(the_journal_is_left_alone_when_nothing_is_lost)
{
	struct container c = asking();
	struct docker_host h = DOCKER_HOST({ "container:open/99/nvidiactl,nvidia-uvm,nvidia0",
					     "nvidiactl ok\nnvidia-uvm ok\nnvidia0 ok\n" });
	struct facts *f = with_container(&c, true);

	collect_container_nodes(f, &h.host);
	CHECK_INT((long long)h.asked[SOURCE_JOURNAL], 0);
	CHECK_INT(f->docker.last_reload_usec.know, NOT_LOOKED);
}

TEST(a_shut_gate_keeps_the_nodes_alone)
{
	struct container c = asking();
	struct docker_host h =
	    DOCKER_HOST({ "container:open/99/nvidiactl,nvidia-uvm,nvidia0", "" });

	collect_container_nodes(with_container(&c, false), &h.host);
	CHECK_INT((long long)h.asked[SOURCE_CONTAINER], 0);
	CHECK_INT((long long)c.node_count, 0);
}

TEST(after_an_abandoned_probe_the_nodes_are_left_alone)
{
	struct container c = asking();
	struct docker_host h =
	    DOCKER_HOST({ "container:open/99/nvidiactl,nvidia-uvm,nvidia0", "nvidiactl ok\n" });
	struct facts *f = with_container(&c, true);

	f->nvml.end = PROBE_ABANDONED;
	collect_container_nodes(f, &h.host);
	f->nvml.end = PROBE_ANSWERED;
	f->cuda.end = PROBE_ABANDONED;
	collect_container_nodes(f, &h.host);
	CHECK_INT((long long)h.asked[SOURCE_CONTAINER], 0);
	CHECK_INT((long long)c.node_count, 0);
}

TEST(without_rights_the_nodes_are_denied)
{
	struct container c = asking();
	struct docker_host h =
	    DOCKER_HOST({ "container:open/99/nvidiactl,nvidia-uvm,nvidia1", .error = -EPERM });
	struct facts *f = with_container(&c, true);
	struct device_node nodes[] = { { "/dev/nvidiactl", KNOWN }, { "/dev/nvidia1", KNOWN } };

	f->driver.node = nodes;
	f->driver.node_count = 2;
	collect_container_nodes(f, &h.host);
	CHECK_INT(c.node[0].result.know, DENIED);
	CHECK_STR(c.node[2].path, "/dev/nvidia1");
}

TEST(who_asks_for_nothing_or_does_not_run_is_not_asked)
{
	struct container idle = asking(), plain = asking();
	struct docker_host h = DOCKER_HOST({ "x", "" });

	idle.state = "exited";
	plain.asks = 0;
	collect_container_nodes(with_container(&idle, true), &h.host);
	collect_container_nodes(with_container(&plain, true), &h.host);
	CHECK_INT((long long)h.asked[SOURCE_CONTAINER], 0);
}

#define MOUNTED(mounts, env)                                                                       \
	FIRST("", ",\"Env\":[" env "]},\"Mounts\":[" mounts "],\"Else\":{\"a\":1").model_store

TEST(the_host_has_its_models_where_the_nearest_mount_is)
{
	static const char *const nowhere = "";

	CHECK_STR(MOUNTED("{\"Source\":\"/srv/ollama\",\"Destination\":\"/root/.ollama\"}", ""),
		  "/srv/ollama/models");
	CHECK_STR(MOUNTED("{\"Source\":\"/srv/root\",\"Destination\":\"/root\"},"
			  "{\"Source\":\"/big/models\",\"Destination\":\"/root/.ollama/models\"}",
			  ""),
		  "/big/models");
	CHECK_STR(
	    MOUNTED("{\"Source\":\"/big\",\"Destination\":\"/m/\"}", "\"OLLAMA_MODELS=/m/all\""),
	    "/big/all");
	CHECK_STR(MOUNTED("{\"Source\":\"/srv\",\"Destination\":\"/root/.oll\"}", ""), nowhere);
	CHECK_STR(MOUNTED("{\"Source\":\"pipe\",\"Destination\":\"/root\"},{},7", ""), nowhere);
	CHECK_STR(MOUNTED("", ""), nowhere);
}
