/* SPDX-License-Identifier: MIT */
#include "judged.h"
#include "rules/chain.h"
#include "tap.h"

#define MINUTE 60000000ULL
#define BOOT 1700000000000000ULL

static const struct pci_gpu gpu = { .bdf = "0000:22:00.0" };

static struct facts host_with(struct container *c, size_t count)
{
	return (struct facts){
		.machine = { .boot_usec = known_u64(BOOT, ""),
			     .uptime_usec = known_u64(60 * MINUTE, "") },
		.pci = { .know = KNOWN, .gpu_count = 1, .chosen = &gpu },
		.gate = { true, "" },
		.docker = { .know = KNOWN,
			    .containers_know = KNOWN,
			    .container = c,
			    .container_count = count },
	};
}

#define NODES(ctl, uvm, zero)                                                                      \
	(struct node_access[])                                                                     \
	{                                                                                          \
		{ "/dev/nvidiactl", { KNOWN, ctl, "" } },                                          \
		    { "/dev/nvidia-uvm", { KNOWN, uvm, "" } },                                     \
		{                                                                                  \
			"/dev/nvidia0",                                                            \
			{                                                                          \
				KNOWN, zero, ""                                                    \
			}                                                                          \
		}                                                                                  \
	}

static struct container ollama(struct node_access *nodes)
{
	return (struct container){ .name = "ollama",
				   .image = "ollama/ollama",
				   .state = "running",
				   .runtime = "runc",
				   .restart_policy = "unless-stopped",
				   .error = "",
				   .pid = 7,
				   .kind = CONTAINER_OLLAMA,
				   .asks = ASK_DEVICE_REQUEST,
				   .started_usec = known_u64(BOOT + 10 * MINUTE, ""),
				   .node = nodes,
				   .node_count = nodes ? 3 : 0 };
}

static struct container stopped(const char *state, uint64_t exit_code, const char *error)
{
	struct container c = ollama(NULL);
	c.state = state;
	c.pid = 0;
	c.exit_code = exit_code;
	c.error = error;
	return c;
}

static struct verdict *judge(struct facts *f)
{
	return judged(&link_workload, f);
}

static struct verdict *judge_one(struct container c)
{
	static struct container kept;
	static struct facts f;

	kept = c;
	f = host_with(&kept, 1);
	return judge(&f);
}

TEST(a_container_with_open_nodes_has_the_gpu)
{
	struct container two[] = { ollama(NODES("ok", "ok", "ok")),
				   ollama(NODES("ok", "ok", "ok")) };
	struct facts f = host_with(two, 2);

	CHECK_ONE(judge(&f), "ok", "", "2 containers have the GPU");
	f.docker.container_count = 1;
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU (3 nodes open)");
}

TEST(a_refused_node_is_lost)
{
	struct verdict *v = judge_one(ollama(NODES("EPERM", "EPERM", "EPERM")));

	CHECK_ONE(v, "broken", "container-devices-lost",
		  "ollama may not open /dev/nvidiactl: EPERM");
	CHECK_STR(v->finding[0].subject, "ollama");
	CHECK(v->finding[0].cause->stands_alone);
}

TEST(a_reload_after_its_start_is_named)
{
	struct container c = ollama(NODES("ok", "EPERM", "ok"));
	struct facts f = host_with(&c, 1);

	f.docker.last_reload_usec = known_u64(BOOT + 46 * MINUTE, "");
	CHECK_ONE(judge(&f), "broken", "container-devices-lost",
		  "ollama may not open /dev/nvidia-uvm: EPERM; daemon-reload 14 min ago");
	f.docker.last_reload_usec.v = BOOT + 5 * MINUTE;
	CHECK_ONE(judge(&f), "broken", "container-devices-lost",
		  "ollama may not open /dev/nvidia-uvm: EPERM");
}

TEST(nodes_that_were_never_put_in)
{
	CHECK_ONE(judge_one(ollama(NODES("ok", "ENOENT", "ok"))), "broken",
		  "container-without-nodes", "ollama asks for the GPU but has no /dev/nvidia-uvm");
}

static struct driver_event late[] = {
	{ .kind = EVENT_DRIVER_LOADED, .usec = 1 * MINUTE, .bdf = "" },
	{ .kind = EVENT_GPU_FOUND, .usec = 12 * MINUTE, .bdf = "0000:22:00.0" },
	{ .kind = EVENT_GPU_FOUND, .usec = 50 * MINUTE, .bdf = "0000:01:00.0" },
};

TEST(a_container_that_was_earlier_than_the_gpu)
{
	struct container c = ollama(NODES("ENOENT", "ENOENT", "ENOENT"));
	struct facts f = host_with(&c, 1);

	f.driver.event = late;
	f.driver.event_count = 3;
	CHECK_ONE(judge(&f), "broken", "container-started-before-gpu",
		  "ollama has no /dev/nvidiactl: it started 120 s before the GPU");
	c.node = NODES("ok", "ok", "ok");
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU (3 nodes open)");
	c.kind = CONTAINER_LLM_SERVER;
	CHECK_ONE(judge(&f), "warning", "container-started-before-gpu",
		  "ollama started 120 s before the GPU was ready");
	c.started_usec.v = BOOT + 13 * MINUTE;
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU (3 nodes open)");
}

TEST(not_every_container_needs_every_node)
{
	const char *video[] = { "NVIDIA_DRIVER_CAPABILITIES=video,utility" };
	struct container c = ollama(NODES("ok", "ENOENT", "ok"));
	struct facts f = host_with(&c, 1);

	c.environment = (struct names){ video, 1 };
	CHECK_STR(status_name(judge(&f)->finding[0].status), "ok");
	c = ollama(NODES("ok", "ok", "ENOENT"));
	CHECK_STR(status_name(judge(&f)->finding[0].status), "broken");
	f.pci.gpu_count = 2;
	CHECK_STR(status_name(judge(&f)->finding[0].status), "ok");
}

TEST(what_could_not_be_asked_is_unknown)
{
	struct container c = ollama(NODES("ok", "ok", "ok"));
	struct facts f = host_with(&c, 1);

	c.node[0].result = unknown_text(DENIED, "");
	CHECK_ONE(judge(&f), "unknown", "",
		  "whether ollama can open /dev/nvidiactl: permission denied");
	CHECK_STR(judge(&f)->finding[0].show, "sudo egpu check --link workload");
	c.node_count = 0;
	CHECK_ONE(judge(&f), "unknown", "", "whether ollama can open the GPU was not answered");
	f.gate = (struct gate){ false, "Xid 79 at 12:00" };
	CHECK_ONE(judge(&f), "unknown", "", "ollama not asked: Xid 79 at 12:00");
}

TEST(without_containers_or_without_a_gpu_it_is_skipped)
{
	struct container c = ollama(NULL);
	struct facts f = host_with(&c, 1);

	f.pci.chosen = NULL;
	CHECK_ONE(judge(&f), "skipped", "", "there is no GPU to give to a container");
	f = host_with(&c, 0);
	CHECK_ONE(judge(&f), "skipped", "", "no container asks for a GPU");
}

TEST(containers_that_could_not_be_listed)
{
	struct facts f = host_with(NULL, 0);

	f.docker.containers_know = DENIED;
	CHECK_ONE(judge(&f), "unknown", "", "the containers: permission denied");
	f.docker.containers_know = TIMED_OUT;
	CHECK_ONE(judge(&f), "unknown", "", "the containers: no answer in time");
	f.docker.containers_know = ABSENT;
	CHECK_ONE(judge(&f), "skipped", "", "no container engine here");
	f.docker.expected = known_u64(1, "");
	CHECK_ONE(judge(&f), "unknown", "", "docker does not run");
}

TEST(who_was_stopped_by_his_user_is_no_fault)
{
	CHECK_ONE(judge_one(stopped("exited", 0, "")), "skipped", "",
		  "ollama asks for the GPU but does not run");
	CHECK_ONE(judge_one(stopped("exited", 137, "")), "skipped", "",
		  "ollama asks for the GPU but does not run");
	CHECK_ONE(judge_one(stopped("created", 0, "")), "skipped", "",
		  "ollama asks for the GPU but does not run");
}

TEST(who_ended_by_himself_and_should_be_up_warns)
{
	struct container c = stopped("exited", 255, "");

	CHECK_ONE(judge_one(c), "warning", "container-not-started",
		  "ollama has ended with exit code 255 and stays down");
	c.restart_policy = "no";
	CHECK_ONE(judge_one(c), "skipped", "", "ollama asks for the GPU but does not run");
}

TEST(the_engines_message_is_cut_to_its_gist)
{
	CHECK_ONE(
	    judge_one(stopped("created", 128,
			      "failed to create task for container: OCI runtime create failed: "
			      "error running hook #0: stderr: Auto-detected mode as 'legacy'\n"
			      "nvidia-container-cli: initialization error: driver rpc error: "
			      "timed out: unknown")),
	    "broken", "container-not-started",
	    "ollama did not start: nvidia-container-cli: initialization error: "
	    "driver rpc error: timed out: unknown");
	CHECK_ONE(
	    judge_one(stopped("created", 128,
			      "could not select device driver \"\" with capabilities: [[gpu]]")),
	    "broken", "container-not-started",
	    "ollama did not start: could not select device driver \"\" with capabilities: "
	    "[[gpu]]");
}

TEST(what_the_engines_message_gives_away_is_the_cause)
{
	struct log_sign said = { .cause = "requested-gpu-missing",
				 .kind = LOG_ENGINE,
				 .subject = "ollama",
				 .sure = 95 };
	struct container c = stopped("created", 128,
				     "nvidia-container-cli: device error: 1: "
				     "unknown device");
	struct facts f = host_with(&c, 1);
	CHECK_STR(judge(&f)->finding[0].cause->id, "container-not-started");
	f.said = (struct log_signs){ &said, 1, NULL };
	CHECK_STR(judge(&f)->finding[0].cause->id, "requested-gpu-missing");
}

TEST(an_error_that_is_not_about_a_gpu_warns)
{
	CHECK_ONE(judge_one(stopped("created", 128,
				    "Bind for 0.0.0.0:11434 failed: port is already "
				    "allocated")),
		  "warning", "container-not-started",
		  "ollama did not start: Bind for 0.0.0.0:11434 failed: port is already allocated");
}

TEST(a_loop_of_restarts_warns)
{
	struct container c = stopped("restarting", 1, "");
	c.restart_count = 12;
	CHECK_ONE(judge_one(c), "warning", "container-restarting",
		  "ollama ends again and again: 12 restarts, exit code 1");
}

TEST(an_llm_server_that_asks_for_nothing)
{
	const char *files[] = { "/srv/llm/compose.yaml" };
	struct container c = ollama(NULL);

	c.asks = 0;
	CHECK_ONE(judge_one(c), "broken", "container-asks-no-gpu",
		  "ollama asks for no GPU (made without compose)");
	c.compose_service = "llm";
	c.compose_files = (struct names){ files, 1 };
	CHECK_ONE(judge_one(c), "broken", "container-asks-no-gpu",
		  "ollama asks for no GPU (service llm of /srv/llm/compose.yaml)");
	c.image = "ollama/ollama:rocm";
	CHECK_ONE(judge_one(c), "skipped", "", "no container asks for a GPU");
	c = stopped("exited", 0, "");
	c.asks = 0;
	CHECK_ONE(judge_one(c), "skipped", "", "no container asks for a GPU");
}

TEST(an_llm_server_without_a_gpu_beside_one_with_it_is_meant_so)
{
	struct container two[] = { ollama(NODES("ok", "ok", "ok")), ollama(NULL) };
	struct facts f = host_with(two, 2);

	two[1].name = "ollama-cpu";
	two[1].asks = 0;
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU (3 nodes open)");
}

TEST(variables_hide_the_gpu)
{
	const char *cuda[] = { "CUDA_VISIBLE_DEVICES=" }, *minus[] = { "CUDA_VISIBLE_DEVICES=-1" };
	const char *nvidia[] = { "NVIDIA_VISIBLE_DEVICES=none" };
	struct container c = ollama(NODES("ok", "ok", "ok"));

	c.environment = (struct names){ cuda, 1 };
	CHECK_ONE(judge_one(c), "broken", "visible-devices-hide-gpu",
		  "CUDA_VISIBLE_DEVICES= hides the GPU from ollama");
	c.environment = (struct names){ minus, 1 };
	CHECK_ONE(judge_one(c), "broken", "visible-devices-hide-gpu",
		  "CUDA_VISIBLE_DEVICES=-1 hides the GPU from ollama");
	c.environment = (struct names){ nvidia, 1 };
	CHECK_ONE(judge_one(c), "ok", "", "ollama has the GPU (3 nodes open)");
	c.asks = 0;
	c.node_count = 0;
	c.runtime = "nvidia";
	CHECK_ONE(judge_one(c), "broken", "visible-devices-hide-gpu",
		  "NVIDIA_VISIBLE_DEVICES=none hides the GPU from ollama");
}

TEST(a_device_that_is_not_here_hides_those_that_are)
{
	const char *old[] = { "CUDA_VISIBLE_DEVICES=GPU-old,0" },
		   *second[] = { "CUDA_VISIBLE_DEVICES=0,7" };
	struct nvml_gpu known = { .uuid = "GPU-0123" };
	struct container c = ollama(NODES("ok", "ok", "ok"));
	struct facts f = host_with(&c, 1);

	f.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &known, .gpu_count = 1 };
	c.environment = (struct names){ old, 1 };
	CHECK_ONE(judge(&f), "broken", "visible-devices-hide-gpu",
		  "CUDA_VISIBLE_DEVICES=GPU-old,0 hides the GPU from ollama");
	f.nvml.end = PROBE_NOT_RUN;
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU (3 nodes open)");
	f.nvml.end = PROBE_ANSWERED;
	c.environment = (struct names){ second, 1 };
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU (3 nodes open)");
}

TEST(a_node_that_the_kernel_refuses)
{
	const char *video[] = { "NVIDIA_DRIVER_CAPABILITIES=video" };
	struct container c = ollama(NODES("ok", "ENXIO", "ok"));

	CHECK_ONE(judge_one(c), "broken", "container-node-dead",
		  "ollama cannot open /dev/nvidia-uvm: ENXIO, the node is older than the loaded "
		  "module");
	c.environment = (struct names){ video, 1 };
	CHECK_ONE(judge_one(c), "ok", "", "ollama has the GPU (3 nodes open)");
	CHECK_ONE(judge_one(ollama(NODES("ok", "ok", "EIO"))), "broken", "container-node-dead",
		  "ollama cannot open /dev/nvidia0: EIO");
}

TEST(who_computes_on_the_gpu_is_not_told_to_ask_for_it)
{
	struct container c = ollama(NULL);
	struct facts f = host_with(&c, 1);
	struct ollama o = { .container = "ollama", .gpu_processes = known_u64(1, "") };

	c.asks = 0;
	f.ollama = (struct ollama_list){ KNOWN, &o, 1 };
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU: the driver lists its process");
}

TEST(a_gpu_that_is_not_here)
{
	const char *uuid[] = { "GPU-old" }, *index[] = { "1" }, *cdi[] = { "nvidia.com/gpu=3" };
	const char *listed[] = { "0", "all" };
	struct nvml_gpu known = { .uuid = "GPU-0123" };
	struct cdi_spec spec = { .devices = { listed, 2 } };
	struct container c = stopped("created", 128, "whatever");
	struct facts f = host_with(&c, 1);

	f.nvml = (struct nvml){ .end = PROBE_ANSWERED, .gpu = &known, .gpu_count = 1 };
	f.docker.cdi = &spec;
	f.docker.cdi_count = 1;
	c.asked_devices = (struct names){ uuid, 1 };
	CHECK_ONE(judge(&f), "broken", "requested-gpu-missing",
		  "ollama asks for GPU GPU-old, which is not here");
	c.asked_devices = (struct names){ index, 1 };
	CHECK_ONE(judge(&f), "broken", "requested-gpu-missing",
		  "ollama asks for GPU 1, which is not here");
	c.asked_devices = (struct names){ cdi, 1 };
	CHECK_ONE(judge(&f), "broken", "requested-gpu-missing",
		  "ollama asks for GPU nvidia.com/gpu=3, which is not here");
	f.nvml.end = PROBE_NOT_RUN;
	c.asked_devices = (struct names){ uuid, 1 };
	CHECK_ONE(judge(&f), "warning", "container-not-started", "ollama did not start: whatever");
}

TEST(podmans_silence_is_answered_by_the_nodes)
{
	struct container c = ollama(NODES("ok", "ok", "ok"));
	struct facts f = host_with(&c, 1);

	f.docker.flavour = DOCKER_PODMAN;
	c.asks = 0;
	CHECK_ONE(judge(&f), "ok", "", "ollama has the GPU (3 nodes open)");
	c.node = NODES("ENOENT", "ENOENT", "ENOENT");
	CHECK_ONE(judge(&f), "broken", "container-asks-no-gpu", "ollama has no /dev/nvidiactl");
	c.node_count = 0;
	CHECK_ONE(judge(&f), "skipped", "", "no container asks for a GPU");
}

TEST(every_cause_of_the_two_links_can_be_told)
{
	static const char *const links[] = { "runtime", "workload" };
	size_t seen = 0;
	const struct cause *c;

	for (size_t n = 0; (c = cause_at(n)); n++) {
		if (!str_eq(c->link, links[0]) && !str_eq(c->link, links[1]))
			continue;
		seen++;
		CHECK(c->title && c->why && c->remedy[0] && str_starts(c->source, "https://"));
		CHECK(c->remedy[COUNT_OF(c->remedy) - 1] == NULL);
		for (size_t i = 0; c->explains[i]; i++)
			CHECK(cause_of_id(c->explains[i]));
	}
	CHECK(seen >= 20);
}
