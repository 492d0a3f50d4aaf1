/* SPDX-License-Identifier: MIT */
/* What the link runtime says of files that could not be read, and of the snap with its own. */
#include "runtime-host.h"
#include "tap.h"

TEST(a_daemon_json_that_was_not_read_is_unknown)
{
	struct facts f = healthy();

	f.docker.config.know = DENIED;
	struct verdict *v = judge(&f);
	CHECK_ONE(v, "unknown", "", "/etc/docker/daemon.json could not be read: permission denied");
	CHECK_STR(v->finding[0].show, "sudo cat /etc/docker/daemon.json");
	f.docker.config.know = ABSENT;
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
}

TEST(a_toolkit_whose_settings_were_not_read_is_unknown_where_it_is_used)
{
	static const char path[] = "/etc/nvidia-container-runtime/config.toml";
	struct facts f = healthy();

	f.docker.toolkit_no_cgroups = unknown_text(DENIED, path);
	struct verdict *v = judge(&f);
	CHECK_ONE(v, "unknown", "",
		  "/etc/nvidia-container-runtime/config.toml could not be read: permission "
		  "denied");
	CHECK_STR(v->finding[0].show, "sudo cat /etc/nvidia-container-runtime/config.toml");
	f.docker.runtime_count = 1;
	f.ollama.server = &(struct ollama){ .container = "" };
	f.ollama.server_count = 1;
	CHECK_INT(judge(&f)->finding[0].status, STATUS_SKIPPED);
}

static struct facts with_snap(struct container *c)
{
	struct facts f = healthy();

	add(&f, c);
	f.docker.flavour = DOCKER_SNAP;
	f.docker.config.path = "/var/snap/docker/current/config/daemon.json";
	f.docker.config.know = KNOWN;
	f.docker.config.error = unknown_text(ABSENT, "");
	return f;
}

TEST(a_snap_with_its_runtime_is_fine_whatever_toolkit_the_host_has)
{
	struct container c = ollama(ASK_RUNTIME);
	struct facts f = with_snap(&c);

	f.docker.toolkit_path = unknown_text(ABSENT, "");
	f.docker.toolkit_no_cgroups = known_text("true", "");
	f.docker.nvidia_runtime_exists = known_u64(0, "");
	CHECK_ONE(judge(&f), "ok", "", "nvidia registered, cgroup v2 systemd");
}

TEST(a_snap_without_the_runtime_is_told_as_the_snap)
{
	struct node_access node = { "/dev/nvidiactl", known_text("ok", "") };
	struct container c = ollama(ASK_RUNTIME);
	struct facts f = with_snap(&c);

	f.docker.runtime_count = 1;
	CHECK_ONE(judge(&f), "broken", "docker-from-snap",
		  "the snap of docker has no runtime nvidia");
	c.node = &node;
	c.node_count = 1;
	CHECK_INT((long long)judge(&f)->finding[0].status, STATUS_SKIPPED);
}

TEST(a_broken_file_of_the_snap_is_told_as_the_snap)
{
	struct container c = ollama(ASK_RUNTIME);
	struct facts f = with_snap(&c);

	f.docker.config.error = known_text("daemon.json:1:1: no", "");
	CHECK_ONE(judge(&f), "broken", "docker-from-snap", "daemon.json:1:1: no");
	CHECK_STR(judge(&f)->finding[0].subject, "/var/snap/docker/current/config/daemon.json");
}
