/* SPDX-License-Identifier: MIT */
#include "../tap.h"

#include "plan-host.h"
#include "runtime-host.h"

#include <jansson.h>

#define DAEMON "/etc/docker/daemon.json"
#define RULES "/etc/udev/rules.d/71-egpu-nvidia-dev-char.rules"

static struct device_node node = { .path = "/dev/nvidiactl", .know = KNOWN, .is_char = true };

/* The reference machine with links in /dev/char, so that the engine alone is in question. */
static struct facts engine(const char *version)
{
	struct facts f = healthy();

	node.char_link = known_u64(1, "");
	f.driver.node = &node;
	f.driver.node_count = 1;
	f.docker.version = known_text(version, "");
	f.docker.config.error = unknown_text(ABSENT, DAEMON);
	f.want = want_default();
	return f;
}

static struct facts unregistered(const char *version)
{
	struct facts f = engine(version);

	f.docker.runtime_count = 1;
	f.docker.nvidia_runtime_exists = (struct maybe_u64){ 0 };
	return f;
}

static void with_config(struct facts *f, const char *text)
{
	f->docker.config.know = KNOWN;
	put(DAEMON, text);
}

static struct plan *plan_of(struct facts *f)
{
	return planned(f, &theme_runtime);
}

static bool json_has(const char *text, const char *a, const char *b, const char *c)
{
	json_auto_t *j = json_loads(text, 0, NULL);
	return json_object_get(json_object_get(json_object_get(j, a), b), c) != NULL;
}

TEST(a_runtime_that_is_registered_and_there_is_left_alone)
{
	struct facts f = engine("28.3.0");
	struct container c = ollama(ASK_DEVICE_REQUEST);

	add(&f, &c);
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(docker_24_gets_the_runtime_and_keeps_all_else)
{
	struct facts f = unregistered("24.0.7");
	with_config(&f, "{\n\t\"dns\": [\"9.9.9.9\"],\n\t\"log-driver\": \"local\"\n}\n");
	struct plan *p = plan_of(&f);
	const struct step *s = file_step_of(p, DAEMON);

	CHECK_STR(told(p), "register the runtime nvidia with docker; "
			   "check that docker takes /etc/docker/daemon.json; "
			   "restart docker with the new daemon.json");
	CHECK(s && bytes_have(s->file.after, "\"log-driver\": \"local\""));
	CHECK(bytes_have(s->file.after, "9.9.9.9"));
	CHECK(json_has(s->file.after.data, "runtimes", "nvidia", "path"));
	CHECK(json_has(s->file.after.data, "runtimes", "nvidia", "args"));
	CHECK_STR(line_of(step_of(p, STEP_RUN)),
		  "sudo dockerd --validate --config-file /etc/docker/daemon.json");
	CHECK_STR(line_of(step_of(p, STEP_UNIT)), "sudo systemctl restart docker.service");
}

TEST(a_machine_without_daemon_json_gets_one)
{
	struct facts f = unregistered("24.0.7");
	struct plan *p = plan_of(&f);
	const struct step *s = file_step_of(p, DAEMON);

	CHECK(s && !s->file.existed);
	CHECK(json_has(s->file.after.data, "runtimes", "nvidia", "path"));
}

TEST(a_restart_asks_and_names_who_stops)
{
	struct facts f = unregistered("24.0.7");
	struct container c[] = { ollama(0), ollama(0), ollama(0) };
	c[0].restart_policy = "unless-stopped";
	c[1].name = "pg";
	c[1].restart_policy = "no";
	c[2].name = "old";
	c[2].state = "exited";
	c[2].pid = 0;
	f.docker.container = c;
	f.docker.container_count = 3;
	const struct step *s = step_of(plan_of(&f), STEP_UNIT);

	CHECK(s && s->asks);
	CHECK_STR(s->why, "stops 1 container that comes back by itself (ollama) and 1 container "
			  "that does not come back by itself (pg)");
}

TEST(with_live_restore_no_container_stops)
{
	struct facts f = unregistered("24.0.7");
	struct container c = ollama(0);
	with_config(&f, "{\"live-restore\": true}\n");
	add(&f, &c);

	CHECK_STR(step_of(plan_of(&f), STEP_UNIT)->why,
		  "live-restore is on: the containers run on");
}

TEST(an_old_docker_is_not_asked_to_validate)
{
	struct facts f = unregistered("20.10.24");
	struct plan *p = plan_of(&f);

	CHECK(!step_of(p, STEP_RUN));
	CHECK(step_of(p, STEP_UNIT) != NULL);
}

TEST(applied_and_looked_at_again_nothing_is_left)
{
	struct facts f = unregistered("24.0.7");
	with_config(&f, "{ \"dns\": [] }\n");
	apply_files(plan_of(&f));
	f.docker.runtime_count = 2;
	f.docker.nvidia_runtime_exists = known_u64(1, "");
	f.docker.config.nvidia_path = known_text("nvidia-container-runtime", DAEMON);

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(applied_but_not_restarted_only_the_restart_is_left)
{
	struct facts f = unregistered("24.0.7");
	apply_files(plan_of(&f));
	f.docker.config.know = KNOWN;
	f.docker.config.nvidia_path = known_text("nvidia-container-runtime", DAEMON);
	f.docker.config.mtime_sec = known_u64(2000, DAEMON);
	f.docker.started_usec = known_u64(1000ULL * 1000000, "");

	CHECK_STR(told(plan_of(&f)), "check that docker takes /etc/docker/daemon.json; "
				     "restart docker: the runtime nvidia is not in force");
}

TEST(a_restart_that_would_not_help_is_not_planned)
{
	struct facts f = unregistered("24.0.7");
	f.docker.config.know = KNOWN;
	f.docker.config.nvidia_path = known_text("nvidia-container-runtime", DAEMON);
	f.docker.config.mtime_sec = known_u64(1000, DAEMON);
	f.docker.started_usec = known_u64(2000ULL * 1000000, "");

	CHECK_STR(told(plan_of(&f)),
		  "| the runtime nvidia stands in /etc/docker/daemon.json, and docker, which "
		  "started since, does not have it");
}

TEST(a_file_that_is_no_json_is_refused_with_its_place)
{
	struct facts f = unregistered("24.0.7");
	with_config(&f, "{\n  \"dns\": [],,\n}\n");
	f.docker.config.error =
	    known_text("/etc/docker/daemon.json:2:13: string or '}' expected near ','", DAEMON);

	CHECK_STR(told(plan_of(&f)),
		  "| /etc/docker/daemon.json:2:13: string or '}' expected near ','");
	CHECK_STR(plan_of(&f)->refusal[0].shell.name[0],
		  "sudo dockerd --validate --config-file=/etc/docker/daemon.json");
	f.docker.version.v = "20.10.24";
	CHECK_STR(plan_of(&f)->refusal[0].shell.name[0], "sudo egpu check --link runtime");
}

TEST(what_the_editor_refuses_has_its_place_too)
{
	struct facts f = unregistered("24.0.7");
	with_config(&f, "{\n  \"dns\": [],,\n}\n");
	struct plan *p = plan_of(&f);

	CHECK_INT(p->count, 0);
	CHECK_INT(p->refusal_count, 1);
	CHECK(str_starts(p->refusal[0].text, "/etc/docker/daemon.json:2:"));
}

TEST(hosts_on_both_sides_would_keep_docker_down)
{
	static const char *hosts[] = { "tcp://127.0.0.1:2375" };
	static struct unit u = { .name = "docker.service",
				 .know = KNOWN,
				 .load = "loaded",
				 .active = "active",
				 .file_state = "enabled",
				 .exec_start = "/usr/bin/dockerd -H fd://" };
	struct facts f = unregistered("24.0.7");
	with_config(&f, "{\"hosts\": [\"tcp://127.0.0.1:2375\"]}");
	f.docker.config.hosts = (struct names){ hosts, 1 };
	f.services = (struct services){ KNOWN, &u, 1 };

	CHECK_STR(told(plan_of(&f)),
		  "| hosts stands in /etc/docker/daemon.json and as -H in docker.service, so "
		  "docker would not come back from a restart");
}

TEST(another_config_file_is_not_guessed)
{
	static struct unit u = { .name = "docker.service",
				 .know = KNOWN,
				 .load = "loaded",
				 .active = "active",
				 .file_state = "enabled",
				 .exec_start = "/usr/bin/dockerd --config-file=/srv/d.json" };
	struct facts f = unregistered("24.0.7");
	f.services = (struct services){ KNOWN, &u, 1 };
	struct plan *p = plan_of(&f);

	CHECK_INT(p->count, 0);
	CHECK_STR(p->refusal[0].text, "docker.service does not read /etc/docker/daemon.json: "
				      "--config-file=/srv/d.json");
}

TEST(a_registered_program_that_is_gone_is_named_anew)
{
	struct facts f = engine("24.0.7");
	f.docker.nvidia_runtime_exists = known_u64(0, "");
	with_config(&f, "{\"runtimes\": {\"nvidia\": {\"path\": \"/opt/old\"}}}");
	f.docker.config.nvidia_path = known_text("/opt/old", DAEMON);
	struct plan *p = plan_of(&f);

	CHECK(file_step_of(p, DAEMON) != NULL);
	CHECK(bytes_have(file_step_of(p, DAEMON)->file.after, "\"nvidia-container-runtime\""));
	CHECK(!bytes_have(file_step_of(p, DAEMON)->file.after, "/opt/old"));
}

TEST(without_a_toolkit_nothing_is_said)
{
	struct facts f = unregistered("24.0.7");
	f.docker.toolkit_path = unknown_text(ABSENT, "");

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_toolkit_that_the_plan_installs_counts)
{
	static const char *argv[] = { "pacman", "-S", "nvidia-container-toolkit" };
	struct facts f = unregistered("24.0.7");
	f.docker.toolkit_path = unknown_text(ABSENT, "");
	struct planner p = planner_of(&f, &theme_runtime);
	struct step *s = planner_add(&p, STEP_PACKAGES, "install");
	s->run.argv = (struct names){ argv, 3 };
	theme_runtime.plan(&p);

	CHECK(file_step_of(p.plan, DAEMON) != NULL);
}

TEST(a_wanted_runtime_is_registered_beside_a_working_cdi)
{
	struct facts f = with_cdi(&fresh, NULL);
	f.docker.runtime_count = 1;
	f.want = want_default();
	f.want.runtime = RUNTIME_NVIDIA;

	CHECK(file_step_of(plan_of(&f), DAEMON) != NULL);
}

TEST(keep_keeps)
{
	struct facts f = unregistered("24.0.7");
	f.want.runtime = RUNTIME_KEEP;

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_host_whose_ollama_is_its_own_needs_no_docker)
{
	static struct ollama own = { .where = "ollama.service", .container = "" };
	struct facts f = unregistered("24.0.7");
	f.ollama = (struct ollama_list){ KNOWN, &own, 1 };

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(no_engine_is_nothing_to_set_up)
{
	struct facts f = { .pci = { .know = KNOWN, .chosen = &gpu }, .want = want_default() };
	f.docker.know = ABSENT;

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_socket_that_is_shut_needs_root)
{
	struct facts f = { .pci = { .know = KNOWN, .chosen = &gpu }, .want = want_default() };
	f.docker.know = DENIED;
	f.docker.endpoint = "unix:///var/run/docker.sock";
	struct plan *p = plan_of(&f);

	CHECK_STR(told(p), "| needs root: unix:///var/run/docker.sock is not open to us");
	CHECK_STR(p->refusal[0].shell.name[0], "sudo egpu setup --only runtime");
}

TEST(the_snap_is_refused_with_its_place)
{
	struct facts f = unregistered("24.0.7");
	f.docker.flavour = DOCKER_SNAP;
	f.docker.config.path = "/var/snap/docker/current/config/daemon.json";

	CHECK_STR(told(plan_of(&f)),
		  "| the snap of docker has no runtime nvidia: it registers it itself, if it "
		  "finds the GPU when it starts");
	CHECK_STR(plan_of(&f)->refusal[0].shell.name[0], "sudo snap restart docker");
	f.docker.runtime_count = 2;
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(docker_desktop_is_refused)
{
	struct facts f = unregistered("28.3.0");
	f.docker.flavour = DOCKER_DESKTOP;
	struct plan *p = plan_of(&f);

	CHECK_INT(p->count, 0);
	CHECK(str_starts(p->refusal[0].text, "Docker Desktop answers"));
}

TEST(an_engine_elsewhere_is_refused)
{
	struct facts f = unregistered("24.0.7");
	f.docker.endpoint = "tcp://10.0.0.2:2375";

	CHECK_STR(told(plan_of(&f)), "| the engine at tcp://10.0.0.2:2375 is not on this host's "
				     "socket");
}

TEST(a_rootless_engine_is_told_its_lines)
{
	struct facts f = unregistered("24.0.7");
	f.docker.rootless = true;
	f.docker.config = (struct docker_config){ .path = "" };
	struct plan *p = plan_of(&f);

	CHECK_INT(p->count, 0);
	CHECK_INT(p->refusal[0].shell.count, 2);
	CHECK_STR(p->refusal[0].shell.name[1], "systemctl --user restart docker");
}

TEST(no_cgroups_is_for_rootless_engines_only)
{
	struct facts f = engine("27.5.1");
	f.docker.toolkit_no_cgroups = known_text("true", "");
	const struct step *s = step_of(plan_of(&f), STEP_RUN);

	CHECK_STR(line_of(s), "sudo /usr/bin/nvidia-ctk config --in-place --set "
			      "nvidia-container-cli.no-cgroups=false");
	CHECK_STR(s->run.undo.name[4], "nvidia-container-cli.no-cgroups=true");
}

static struct facts losing(struct container *c)
{
	struct facts f = engine("27.5.1");

	node.char_link = known_u64(0, "");
	add(&f, c);
	return f;
}

TEST(nodes_without_links_get_them_now_and_for_good)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = losing(&c);
	struct plan *p = plan_of(&f);

	CHECK_STR(told(p), "link NVIDIA's nodes in /dev/char whenever the driver comes; "
			   "link NVIDIA's nodes in /dev/char now");
	CHECK(bytes_have(file_step_of(p, RULES)->file.after,
			 "ACTION==\"add\", DEVPATH==\"/bus/pci/drivers/nvidia\", "
			 "RUN+=\"/usr/bin/nvidia-ctk system create-dev-char-symlinks "
			 "--create-all\"\n"));
	apply_files(p);
	node.char_link = known_u64(1, "");
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_rule_of_somebodys_is_enough)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = losing(&c);
	put("/etc/udev/rules.d/71-nvidia-dev-char.rules",
	    "RUN+=\"/usr/bin/nvidia-ctk system create-dev-char-symlinks --create-all\"\n");

	CHECK_STR(told(plan_of(&f)), "link NVIDIA's nodes in /dev/char now");
}

TEST(a_container_that_asks_by_cdi_loses_nothing)
{
	struct container c = ollama(ASK_CDI);
	struct facts f = with_cdi(&fresh, &c);
	f.want = want_default();
	node.char_link = known_u64(0, "");
	f.driver.node = &node;
	f.driver.node_count = 1;

	CHECK_STR(told(plan_of(&f)), "");
}

TEST(cgroupfs_replaces_another_driver_and_keeps_other_options)
{
	struct container c = ollama(ASK_DEVICE_REQUEST);
	struct facts f = losing(&c);
	f.want.reload = RELOAD_CGROUPFS;
	with_config(&f, "{\"exec-opts\": [\"isolation=process\", "
			"\"native.cgroupdriver=systemd\"]}");
	struct plan *p = plan_of(&f);
	const struct step *s = file_step_of(p, DAEMON);

	CHECK(s && bytes_have(s->file.after, "\"native.cgroupdriver=cgroupfs\""));
	CHECK(bytes_have(s->file.after, "\"isolation=process\""));
	CHECK(!bytes_have(s->file.after, "cgroupdriver=systemd"));
	CHECK(step_of(p, STEP_UNIT) && step_of(p, STEP_UNIT)->asks);
	f.docker.cgroup_driver = known_text("cgroupfs", "");
	CHECK_STR(told(plan_of(&f)), "");
}

TEST(a_hostile_name_reaches_no_command)
{
	struct facts f = unregistered("24.0.7");
	struct container c = ollama(0);
	c.name = "x; rm -rf ~";
	add(&f, &c);
	struct plan *p = plan_of(&f);

	for (size_t i = 0; i < p->count; i++)
		for (size_t k = 0; k < p->step[i].shell.count; k++)
			CHECK(!strstr(p->step[i].shell.name[k], "rm -rf"));
	CHECK(strstr(step_of(p, STEP_UNIT)->why, "x; rm -rf ~") != NULL);
}
