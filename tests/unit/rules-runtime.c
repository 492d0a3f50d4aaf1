/* SPDX-License-Identifier: MIT */
#include "judged.h"
#include "tap.h"

static const struct pci_gpu gpu = { .bdf = "0000:22:00.0" };
static struct docker_runtime runtimes[] = { { "runc", "runc" },
					    { "nvidia", "nvidia-container-runtime" } };

/* The reference machine's engine, before it is bent. */
static struct facts healthy(void)
{
	return (struct facts){
		.pci = { .know = KNOWN, .gpu_count = 1, .chosen = &gpu },
		.kernel.userland_version = known_text("590.48.01", ""),
		.driver = { .nvidia_loaded = known_u64(1, ""), .uvm_loaded = known_u64(1, "") },
		.docker = {
			.know = KNOWN,
			.endpoint = "unix:///var/run/docker.sock",
			.version = known_text("27.5.1", ""),
			.cgroup_driver = known_text("systemd", ""),
			.cgroup_version = known_text("2", ""),
			.default_runtime = known_text("runc", ""),
			.runtime = runtimes,
			.runtime_count = 2,
			.nvidia_runtime_exists = known_u64(1, ""),
			.config = { .know = ABSENT, .path = "/etc/docker/daemon.json" },
			.toolkit_path = known_text("/usr/bin/nvidia-ctk", ""),
			.toolkit_no_cgroups = unknown_text(ABSENT, ""),
			.cdi_know = ABSENT,
			.containers_know = KNOWN,
		},
	};
}

static struct container ollama(unsigned asks)
{
	return (struct container){ .name = "ollama",
				   .state = "running",
				   .pid = 7,
				   .kind = CONTAINER_OLLAMA,
				   .asks = asks };
}

static void add(struct facts *f, struct container *c)
{
	f->docker.container = c;
	f->docker.container_count = 1;
}

static struct verdict *judge(struct facts *f)
{
	return judged(&link_runtime, f);
}

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
	f.docker.flavour = DOCKER_SNAP;
	CHECK_ONE(judge(&f), "warning", "docker-wrong-daemon",
		  "the snap of docker answers: it has its own configuration");
}

static struct cdi_spec fresh = {
	.path = "/var/run/cdi/nvidia.yaml",
	.kind = "nvidia.com/gpu",
	.driver_version = { KNOWN, "590.48.01", "" },
	.stale_nodes = { KNOWN, 0, "" },
	.missing_nodes = { KNOWN, 0, "" },
	.missing_paths = { KNOWN, 0, "" },
	.error = { ABSENT, "", "" },
};

/* An engine that takes CDI names, and a container that asks by one. */
static struct facts with_cdi(struct cdi_spec *s, struct container *c)
{
	static const char *dirs[] = { "/etc/cdi", "/var/run/cdi" };
	struct facts f = healthy();

	f.docker.cdi_dirs = (struct names){ dirs, 2 };
	f.docker.cdi = s;
	f.docker.cdi_count = s != NULL;
	f.docker.cdi_know = s ? KNOWN : ABSENT;
	if (c)
		add(&f, c);
	return f;
}

TEST(a_fresh_specification_is_fine)
{
	struct container c = ollama(ASK_CDI);
	struct facts f = with_cdi(&fresh, &c);
	CHECK_ONE(judge(&f), "ok", "", "docker 27.5.1, CDI spec fresh for 590.48.01");
	f.docker.runtime_count = 1;
	CHECK_ONE(judge(&f), "ok", "", "docker 27.5.1, CDI spec fresh for 590.48.01");
}

TEST(a_missing_specification_breaks_who_asks_by_it)
{
	struct container c = ollama(ASK_CDI);
	struct facts f = with_cdi(NULL, &c);
	CHECK_ONE(judge(&f), "broken", "cdi-spec-missing",
		  "no CDI spec, and a container asks by CDI");
	f.docker.cdi_know = DENIED;
	CHECK_ONE(judge(&f), "unknown", "", "the CDI spec: permission denied");
}

TEST(another_drivers_specification_is_stale)
{
	struct container c = ollama(ASK_CDI);
	struct cdi_spec s = fresh;
	struct facts f = with_cdi(&s, &c);

	s.driver_version.v = "580.95.05";
	CHECK_ONE(judge(&f), "broken", "cdi-spec-stale",
		  "CDI spec is of driver 580.95.05, the host has 590.48.01");
	f = with_cdi(&s, NULL);
	CHECK_ONE(judge(&f), "warning", "cdi-spec-stale",
		  "CDI spec is of driver 580.95.05, the host has 590.48.01");
	f.docker.cdi_dirs.count = 0;
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}

TEST(a_specification_newer_than_the_loaded_driver_waits_for_the_reboot_only)
{
	struct container c = ollama(ASK_CDI);
	struct facts f = with_cdi(&fresh, &c);
	f.driver.version = known_text("580.95.05", "");
	CHECK_ONE(judge(&f), "ok", "", "docker 27.5.1, CDI spec fresh for 590.48.01");
}

TEST(a_moved_node_is_stale)
{
	struct container c = ollama(ASK_CDI);
	struct cdi_spec s = fresh;
	struct facts f = with_cdi(&s, &c);

	s.stale_nodes.v = 1;
	s.first_stale = known_text("/dev/nvidia-uvm is 511:0, the host has 508:0", "");
	CHECK_ONE(judge(&f), "broken", "cdi-spec-stale",
		  "CDI spec: /dev/nvidia-uvm is 511:0, the host has 508:0");
}

TEST(a_node_that_the_driver_has_not_made_is_not_the_specifications_fault)
{
	struct container c = ollama(ASK_CDI);
	struct cdi_spec s = fresh;
	struct facts f = with_cdi(&s, &c);

	s.missing_nodes.v = 1;
	s.first_missing_node = known_text("/dev/nvidia1", "");
	CHECK_ONE(judge(&f), "broken", "cdi-spec-stale",
		  "CDI spec names /dev/nvidia1, which is not there");
	f.driver.uvm_loaded.v = 0;
	CHECK_ONE(judge(&f), "ok", "", "docker 27.5.1, CDI spec fresh for 590.48.01");
}

TEST(paths_that_are_gone_and_files_that_are_broken_are_stale)
{
	struct container c = ollama(ASK_CDI);
	struct cdi_spec s = fresh;
	struct facts f = with_cdi(&s, &c);

	s.missing_paths.v = 3;
	s.first_missing = known_text("/usr/bin/nvidia-ctk", "");
	CHECK_ONE(judge(&f), "broken", "cdi-spec-stale",
		  "CDI spec names /usr/bin/nvidia-ctk, which is gone");
	s.error = known_text("/etc/cdi/nvidia.yaml:3:1: bad", "");
	CHECK_ONE(judge(&f), "broken", "cdi-spec-stale", "/etc/cdi/nvidia.yaml:3:1: bad");
}

TEST(cdi_that_is_off_breaks_who_asks_by_it)
{
	struct container c = ollama(ASK_CDI);
	struct facts f = with_cdi(&fresh, &c);
	f.docker.cdi_dirs.count = 0;
	CHECK_ONE(judge(&f), "broken", "cdi-disabled",
		  "ollama asks by CDI, which docker 27.5.1 has off");
}

TEST(gpus_go_through_cdi_since_29_2)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct cdi_spec s = fresh;
	struct facts f = with_cdi(&s, &c);

	f.docker.version.v = "29.3.0";
	CHECK_ONE(judge(&f), "ok", "", "docker 29.3.0, CDI spec fresh for 590.48.01");
	s.driver_version.v = "580.95.05";
	CHECK_INT(judge(&f)->finding[0].status, STATUS_BROKEN);
	f.docker.version.v = "29.1.9";
	CHECK_INT(judge(&f)->finding[0].status, STATUS_WARNING);
}

TEST(a_masked_refresh_warns_where_a_specification_is_used)
{
	struct container c = ollama(ASK_CDI);
	struct unit unit = { .name = "nvidia-cdi-refresh.path", .know = KNOWN, .load = "masked" };
	struct facts f = with_cdi(&fresh, &c);

	f.services = (struct services){ KNOWN, &unit, 1 };
	CHECK_ONE(judge(&f), "warning", "cdi-refresh-failed",
		  "nvidia-cdi-refresh.path is masked: nothing renews the CDI spec");
	unit = (struct unit){ .name = "nvidia-cdi-refresh.service",
			      .know = KNOWN,
			      .active = "failed" };
	CHECK_ONE(judge(&f), "warning", "cdi-refresh-failed",
		  "nvidia-cdi-refresh.service has failed");
	c.asks = ASK_DEVICES;
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}

TEST(podman_is_judged_by_cdi_alone)
{
	struct container c = ollama(0);
	struct facts f = with_cdi(&fresh, &c);

	f.docker.flavour = DOCKER_PODMAN;
	f.docker.version.v = "5.4.2";
	f.docker.runtime_count = 1;
	f.docker.cdi_dirs.count = 0;
	CHECK_ONE(judge(&f), "ok", "", "podman 5.4.2, CDI spec fresh for 590.48.01");
	f.docker.cdi_count = 0;
	f.docker.cdi_know = ABSENT;
	CHECK_ONE(judge(&f), "broken", "cdi-spec-missing",
		  "no CDI spec, and podman needs one for a GPU");
	f.docker.container_count = 0;
	CHECK_ONE(judge(&f), "skipped", "", "podman 5.4.2 runs, nothing asks it for a GPU");
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
	f.docker.toolkit_no_cgroups = unknown_text(DENIED, "");
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}
