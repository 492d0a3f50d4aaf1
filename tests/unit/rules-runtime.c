/* SPDX-License-Identifier: MIT */
#include "runtime-host.h"
#include "tap.h"

TEST(a_registered_runtime_is_fine)
{
	struct facts f = healthy();
	struct container c = ollama(ASK_DEVICE_REQUEST);

	add(&f, &c);
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}

TEST(no_engine_is_skipped)
{
	struct facts f = healthy();
	f.docker = (struct docker){ .know = ABSENT,
				    .why = "no container engine here",
				    .expected = known_u64(0, "") };
	CHECK_ONE(judge(&f), "skipped", "", "no container engine here");
}

TEST(an_engine_that_is_down_breaks_it)
{
	struct unit unit = { .name = "docker.service", .know = KNOWN, .active = "failed" };
	struct facts f = healthy();

	f.docker = (struct docker){ .know = ABSENT, .expected = known_u64(1, "") };
	CHECK_ONE(judge(&f), "broken", "docker-not-running",
		  "docker does not run, so no container does");
	f.services = (struct services){ KNOWN, &unit, 1 };
	CHECK_ONE(judge(&f), "broken", "docker-not-running",
		  "docker has failed, so no container does");
}

TEST(an_engine_that_is_down_is_no_break_without_a_gpu_or_beside_a_native_ollama)
{
	struct ollama native = { .container = "" };
	struct facts f = healthy();

	f.docker = (struct docker){ .know = ABSENT, .why = "w", .expected = known_u64(1, "") };
	f.ollama = (struct ollama_list){ KNOWN, &native, 1 };
	CHECK_ONE(judge(&f), "warning", "docker-not-running",
		  "docker does not run; Ollama runs without it");
	f.pci.chosen = NULL;
	CHECK_ONE(judge(&f), "skipped", "", "w");
}

/* Docker is switched off, and daemon.json has the runtime nvidia. */
static struct facts switched_off(void)
{
	struct facts f = healthy();

	f.docker = (struct docker){
		.know = ABSENT,
		.why = "off",
		.expected = known_u64(0, ""),
		.other_engine = unknown_text(ABSENT, ""),
		.config = { .know = KNOWN,
			    .path = "/etc/docker/daemon.json",
			    .error = unknown_text(ABSENT, ""),
			    .nvidia_path = known_text("nvidia-container-runtime", "") },
	};
	return f;
}

TEST(docker_that_is_off_but_was_given_the_runtime_is_a_warning)
{
	struct facts f = switched_off();

	CHECK_ONE(judge(&f), "warning", "docker-not-running",
		  "docker is switched off, though /etc/docker/daemon.json gives it the runtime "
		  "nvidia");
	f.docker.config.nvidia_path = unknown_text(ABSENT, "");
	CHECK_ONE(judge(&f), "skipped", "", "off");
}

TEST(docker_that_is_off_is_fine_where_something_else_has_the_gpu)
{
	struct facts f = switched_off();
	struct unit unit = { .name = "ollama.service", .know = KNOWN, .file_state = "enabled" };
	struct nvml_process process = { .pid = 9, .compute = true };
	struct nvml_gpu g = { .bdf = gpu.bdf, .process = &process, .process_count = 1 };

	f.docker.other_engine = known_text("/run/user/1000/libpod", "");
	CHECK_ONE(judge(&f), "skipped", "", "off");
	f.docker.other_engine = unknown_text(DENIED, "");
	CHECK_ONE(judge(&f), "unknown", "",
		  "docker is switched off; whether another engine is used instead: "
		  "permission denied");
	f = switched_off();
	f.nvml.gpu = &g;
	f.nvml.gpu_count = 1;
	CHECK_ONE(judge(&f), "skipped", "", "off");
	process.compute = false;
	CHECK_ONE(judge(&f), "warning", "docker-not-running",
		  "docker is switched off, though /etc/docker/daemon.json gives it the runtime "
		  "nvidia");
	f.services = (struct services){ KNOWN, &unit, 1 };
	CHECK_ONE(judge(&f), "skipped", "", "off");
	unit = (struct unit){ .name = "docker.service", .know = KNOWN, .file_state = "masked" };
	CHECK_ONE(judge(&f), "skipped", "", "off");
}

TEST(a_socket_that_is_not_ours_is_unknown)
{
	struct facts f = healthy();
	f.docker = (struct docker){ .know = DENIED, .endpoint = "unix:///var/run/docker.sock" };
	struct verdict *v = judge(&f);

	CHECK_ONE(v, "unknown", "", "unix:///var/run/docker.sock is not open to us");
	CHECK_STR(v->finding[0].show, "sudo egpu check --link runtime");
}

TEST(an_engine_that_does_not_answer_is_unknown)
{
	struct facts f = healthy();
	f.docker = (struct docker){ .know = TIMED_OUT, .why = "no answer in time" };
	CHECK_ONE(judge(&f), "unknown", "", "the container engine: no answer in time");
}

TEST(an_invalid_file_breaks_by_its_place)
{
	struct facts f = healthy();
	f.docker.config.know = KNOWN;
	f.docker.config.error = known_text("/etc/docker/daemon.json:3:15: '}' expected", "");
	struct verdict *v = judge(&f);

	CHECK_ONE(v, "broken", "docker-config-invalid",
		  "/etc/docker/daemon.json:3:15: '}' expected");
	CHECK_STR(v->finding[0].subject, "/etc/docker/daemon.json");
	CHECK(v->finding[0].cause->stands_alone);
}

TEST(hosts_in_file_and_unit_contradict)
{
	const char *hosts[] = { "unix:///var/run/docker.sock" };
	struct unit unit = { .name = "docker.service",
			     .know = KNOWN,
			     .active = "failed",
			     .exec_start = "/usr/bin/dockerd -H fd://" };
	struct facts f = healthy();

	f.services = (struct services){ KNOWN, &unit, 1 };
	f.docker.config.know = KNOWN;
	f.docker.config.hosts = (struct names){ hosts, 1 };
	CHECK_ONE(judge(&f), "broken", "docker-config-invalid",
		  "hosts stands in /etc/docker/daemon.json and as -H in docker.service");
}

TEST(a_runtime_in_the_file_only_is_not_in_effect)
{
	struct facts f = healthy();
	struct container c = ollama(0);

	add(&f, &c);
	f.docker.runtime_count = 1;
	f.docker.config.know = KNOWN;
	f.docker.config.nvidia_path = known_text("nvidia-container-runtime", "");
	CHECK_ONE(judge(&f), "broken", "docker-config-not-in-effect",
		  "runtime nvidia is in daemon.json but not in force; a restart stops 1 container");
	f.docker.endpoint = "unix:///run/user/1000/docker.sock";
	CHECK_ONE(judge(&f), "broken", "docker-wrong-daemon",
		  "runtime nvidia of /etc/docker/daemon.json is not the engine's at "
		  "unix:///run/user/1000/docker.sock");
}

TEST(another_setting_that_is_not_in_effect_warns)
{
	struct facts f = healthy();
	f.docker.config.know = KNOWN;
	f.docker.config.cgroup_driver = known_text("cgroupfs", "");
	CHECK_ONE(judge(&f), "warning", "docker-config-not-in-effect",
		  "cgroup driver cgroupfs is in daemon.json but not in force; "
		  "a restart stops 0 containers");
}

TEST(a_newer_file_that_says_the_same_is_fine)
{
	struct facts f = healthy();
	f.docker.started_usec = known_u64(1000, "");
	f.docker.config = (struct docker_config){ .know = KNOWN,
						  .path = "/etc/docker/daemon.json",
						  .mtime_sec = known_u64(99, ""),
						  .nvidia_path = known_text("x", ""),
						  .default_runtime = known_text("runc", "") };
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}

TEST(a_missing_toolkit_breaks_what_asks_and_warns_else)
{
	struct facts f = healthy();
	struct container c = ollama(ASK_DEVICE_REQUEST);

	f.docker.runtime_count = 1;
	f.docker.toolkit_path = unknown_text(ABSENT, "");
	CHECK_ONE(judge(&f), "warning", "toolkit-missing",
		  "nvidia-container-toolkit is not installed");
	c.state = "created";
	add(&f, &c);
	CHECK_ONE(judge(&f), "broken", "toolkit-missing",
		  "nvidia-container-toolkit is not installed");
}

TEST(a_toolkit_that_docker_was_not_told_of)
{
	struct facts f = healthy();
	struct container c = ollama(ASK_DEVICE_REQUEST);

	c.state = "created";
	add(&f, &c);
	f.docker.runtime_count = 1;
	CHECK_ONE(judge(&f), "broken", "docker-runtime-missing",
		  "the toolkit is installed, but docker has no runtime nvidia");
}

TEST(a_request_that_runs_needs_no_registered_runtime)
{
	struct facts f = healthy();
	struct container c = ollama(ASK_DEVICE_REQUEST);

	add(&f, &c);
	f.docker.runtime_count = 1;
	CHECK_ONE(judge(&f), "ok", "",
		  "--gpus works through the toolkit's hook, cgroup v2 systemd");
}

TEST(a_registered_runtime_whose_program_is_gone)
{
	struct facts f = healthy();
	f.docker.nvidia_runtime_exists = known_u64(0, "");
	CHECK_ONE(judge(&f), "broken", "toolkit-missing",
		  "runtime nvidia is registered, but nvidia-container-runtime is gone");
}

TEST(a_toolkit_that_could_not_be_looked_for_is_unknown)
{
	struct facts f = healthy();
	f.docker.runtime_count = 1;
	f.docker.toolkit_path = unknown_text(DENIED, "");
	CHECK_ONE(judge(&f), "unknown", "", "the toolkit: permission denied");
}

TEST(who_means_no_containers_is_left_alone)
{
	struct ollama native = { .container = "" };
	struct facts f = healthy();

	f.docker.runtime_count = 1;
	f.docker.toolkit_path = unknown_text(ABSENT, "");
	f.ollama = (struct ollama_list){ KNOWN, &native, 1 };
	CHECK_ONE(judge(&f), "skipped", "", "docker 27.5.1 runs, nothing asks it for a GPU");
	f.ollama.server_count = 0;
}

TEST(before_the_gpu_comes_what_will_bite_is_said_where_one_can_come)
{
	struct tb_device enclosure = { .name = "0-1" };
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = healthy();

	c.state = "created";
	add(&f, &c);
	f.pci.chosen = NULL;
	f.docker.runtime_count = 1;
	f.docker.toolkit_path = unknown_text(ABSENT, "");
	CHECK_ONE(judge(&f), "skipped", "", "docker 27.5.1 runs, no GPU to hand out");
	f.thunderbolt = (struct thunderbolt){ .device = &enclosure, .device_count = 1 };
	CHECK_ONE(judge(&f), "broken", "toolkit-missing",
		  "nvidia-container-toolkit is not installed");
}

TEST(desktop_has_no_gpu_and_snap_warns)
{
	struct facts f = healthy();
	f.docker.flavour = DOCKER_DESKTOP;
	CHECK_ONE(judge(&f), "broken", "docker-wrong-daemon",
		  "Docker Desktop answers: its virtual machine has no GPU");
}

static struct device_node linkless[] = {
	{ .path = "/dev/nvidiactl", .know = KNOWN, .is_char = true, .char_link = { KNOWN, 0, "" } }
};

static void without_links(struct facts *f)
{
	f->driver.node = linkless;
	f->driver.node_count = 1;
}

TEST(nodes_without_links_get_lost_at_a_reload)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = healthy();

	add(&f, &c);
	without_links(&f);
	CHECK_ONE(judge(&f), "warning", "devices-lost-at-reload",
		  "ollama loses the GPU at the next systemctl daemon-reload");
	f.docker.cgroup_driver.v = "cgroupfs";
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 cgroupfs");
}

TEST(explicit_devices_privilege_and_cdi_survive_a_reload)
{
	struct container c = ollama(ASK_DEVICE_REQUEST | ASK_DEVICES);
	struct facts f = with_cdi(&fresh, &c);

	without_links(&f);
	CHECK_STR(status_name(judge(&f)->finding[0].status), "ok");
	c.asks = ASK_CDI;
	CHECK_STR(status_name(judge(&f)->finding[0].status), "ok");
	c.asks = ASK_DEVICE_REQUEST;
	c.privileged = true;
	CHECK_STR(status_name(judge(&f)->finding[0].status), "ok");
}

TEST(the_runtime_of_toolkit_1_18_survives_a_reload)
{
	struct unit unit = { .name = "nvidia-cdi-refresh.service",
			     .know = KNOWN,
			     .load = "loaded" };
	struct container c = ollama(ASK_RUNTIME);
	struct facts f = healthy();

	add(&f, &c);
	without_links(&f);
	CHECK_INT(judge(&f)->finding[0].status, STATUS_WARNING);
	f.services = (struct services){ KNOWN, &unit, 1 };
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
	f.docker.toolkit_mode = known_text("legacy", "");
	CHECK_INT(judge(&f)->finding[0].status, STATUS_WARNING);
}

TEST(links_that_were_not_looked_for_are_not_judged)
{
	struct device_node node = { .path = "/dev/nvidiactl", .know = KNOWN };
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = healthy();

	add(&f, &c);
	f.driver.node = &node;
	f.driver.node_count = 1;
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}

TEST(no_cgroups_breaks_a_rootful_engine_unless_the_nodes_open)
{
	struct node_access node = { "/dev/nvidiactl", known_text("ok", "") };
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = healthy();

	f.docker.toolkit_no_cgroups = known_text("true", "");
	CHECK_ONE(judge(&f), "warning", "toolkit-no-cgroups",
		  "the toolkit has no-cgroups = true, which is for rootless engines");
	add(&f, &c);
	CHECK_ONE(judge(&f), "broken", "toolkit-no-cgroups",
		  "the toolkit has no-cgroups = true: no node can be opened");
	c.node = &node;
	c.node_count = 1;
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}

TEST(a_rootless_engine_needs_no_cgroups)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = healthy();

	add(&f, &c);
	f.docker.rootless = true;
	CHECK_ONE(judge(&f), "warning", "toolkit-no-cgroups",
		  "a rootless engine needs no-cgroups = true in the toolkit");
	f.docker.toolkit_no_cgroups = known_text("true", "");
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
	f.docker.toolkit_no_cgroups = unknown_text(DENIED, "config.toml");
	CHECK_ONE(judge(&f), "unknown", "", "config.toml could not be read: permission denied");
}

TEST(a_specification_does_not_serve_gpus_before_29_2)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = with_cdi(&fresh, &c);

	c.state = "exited";
	f.docker.version.v = "28.5.1";
	f.docker.runtime_count = 1;
	CHECK_ONE(judge(&f), "broken", "docker-runtime-missing",
		  "the toolkit is installed, but docker has no runtime nvidia");
	f.docker.toolkit_path = unknown_text(ABSENT, "");
	CHECK_ONE(judge(&f), "broken", "toolkit-missing",
		  "nvidia-container-toolkit is not installed");
	f.docker.version.v = "29.2.0";
	CHECK_ONE(judge(&f), "ok", "", "docker 29.2.0, CDI spec fresh for 590.48.01");
}

TEST(the_hook_serves_gpus_until_one_is_refused)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = healthy();

	add(&f, &c);
	c.state = "exited";
	f.docker.runtime_count = 1;
	f.docker.hook_exists = known_u64(1, "");
	CHECK_ONE(judge(&f), "ok", "",
		  "--gpus works through the toolkit's hook, cgroup v2 systemd");
	c.error = "could not select device driver \"\" with capabilities: [[gpu]]";
	CHECK_INT(judge(&f)->finding[0].status, STATUS_BROKEN);
}

/* A daemon.json that is newer than the engine, which has the runtime nvidia. */
static struct facts edited(struct unit *unit)
{
	struct facts f = healthy();

	*unit = (struct unit){ .name = "docker.service",
			       .know = KNOWN,
			       .exec_start = "/usr/bin/dockerd -H fd://" };
	f.services = (struct services){ KNOWN, unit, 1 };
	f.docker.started_usec = known_u64(10000000, "");
	f.docker.config.know = KNOWN;
	f.docker.config.mtime_sec = known_u64(11, "");
	f.docker.config.nvidia_path = unknown_text(ABSENT, "");
	return f;
}

TEST(a_runtime_that_the_next_start_takes_away_warns)
{
	struct unit unit;
	struct facts f = edited(&unit);

	CHECK_ONE(judge(&f), "warning", "docker-runtime-missing",
		  "the next restart of docker takes runtime nvidia away: "
		  "/etc/docker/daemon.json, changed since it started, has none");
	f.docker.config.mtime_sec.v = 9;
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
	f.docker.config.mtime_sec.v = 11;
	unit.exec_start = "/usr/bin/dockerd --add-runtime nvidia=x";
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
	unit.exec_start = "/usr/bin/dockerd $OPTIONS";
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
}

TEST(another_path_and_cdi_off_in_a_newer_file_warn)
{
	struct container c = ollama(ASK_CDI);
	struct unit unit;
	struct facts f = edited(&unit), with = with_cdi(&fresh, &c);

	f.docker.config.nvidia_path = known_text("/opt/ncr", "");
	CHECK_ONE(judge(&f), "warning", "docker-config-not-in-effect",
		  "runtime nvidia is /opt/ncr in daemon.json, and nvidia-container-runtime in "
		  "force; a restart stops 0 containers");
	f.docker.config.nvidia_path = known_text("nvidia-container-runtime", "");
	f.docker.config.cdi_feature = known_u64(0, "");
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
	with.services = f.services;
	with.docker.started_usec = f.docker.started_usec;
	with.docker.config = f.docker.config;
	CHECK_ONE(judge(&with), "warning", "cdi-disabled",
		  "the next restart of docker switches CDI off: features.cdi is false in "
		  "daemon.json");
}

TEST(no_cgroups_is_not_judged_where_no_node_could_be_tried)
{
	struct node_access node = { "/dev/nvidiactl", unknown_text(DENIED, "") };
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = healthy();

	add(&f, &c);
	c.node = &node;
	c.node_count = 1;
	f.docker.toolkit_no_cgroups = known_text("true", "");
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
	f.docker.toolkit_no_cgroups = unknown_text(ABSENT, "");
	f.docker.rootless = true;
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}
