/* SPDX-License-Identifier: MIT */
#include "base/rfc3339.h"
#include "collect/docker/docker.h"
#include "docker-host.h"
#include "tap.h"

#define INFO                                                                                       \
	"{\"ServerVersion\":\"27.5.1\",\"CgroupDriver\":\"systemd\",\"CgroupVersion\":\"2\","      \
	"\"DockerRootDir\":\"/var/lib/docker\",\"OperatingSystem\":\"Arch Linux\","                \
	"\"Runtimes\":{\"runc\":{\"path\":\"runc\",\"status\":{\"x\":\"y\"}},"                     \
	"\"nvidia\":{\"path\":\"nvidia-container-runtime\"}},\"DefaultRuntime\":\"runc\","         \
	"\"CDISpecDirs\":[],\"SecurityOptions\":[\"name=seccomp,profile=builtin\"]}"
#define VERSION "{\"ApiVersion\":\"1.47\",\"Components\":[{\"Name\":\"Engine\"}]}"
#define SOCKET                                                                                     \
	{                                                                                          \
		"docker:endpoint", "unix:///var/run/docker.sock\n"                                 \
	}

TEST(an_engine_tells_what_it_runs_with)
{
	struct docker_host h =
	    DOCKER_HOST(SOCKET, { "docker:/info", INFO }, { "docker:/version", VERSION },
			{ "/usr/bin/nvidia-container-runtime", "" });
	struct facts *f = fresh_facts();
	const struct docker *d = &f->docker;

	collect_docker(f, &h.host);
	CHECK_INT(d->know, KNOWN);
	CHECK_INT(d->flavour, DOCKER_ENGINE);
	CHECK_STR(d->endpoint, "unix:///var/run/docker.sock");
	CHECK_STR(d->version.v, "27.5.1");
	CHECK_STR(d->api_version.v, "1.47");
	CHECK_STR(d->cgroup_driver.v, "systemd");
	CHECK_STR(d->cgroup_version.v, "2");
	CHECK_STR(docker_runtime(d, "nvidia")->path, "nvidia-container-runtime");
	CHECK(is_u64(d->nvidia_runtime_exists, 1));
	CHECK(is_u64(d->hook_exists, 0));
	CHECK_STR(d->toolkit_path.v, "/usr/bin/nvidia-container-runtime");
	CHECK(!d->rootless);
	CHECK(docker_at_least(d, 27, 5) && docker_at_least(d, 25, 9) && !docker_at_least(d, 27, 6));
}

TEST(a_registered_runtime_may_be_gone_from_disk)
{
	struct docker_host h = DOCKER_HOST(SOCKET, { "docker:/info", INFO });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK(is_u64(f->docker.nvidia_runtime_exists, 0));
	CHECK_INT(f->docker.toolkit_path.know, ABSENT);
}

TEST(podman_is_told_by_its_component)
{
	struct docker_host h =
	    DOCKER_HOST({ "docker:/info",
			  "{\"ServerVersion\":\"5.4.2\",\"SecurityOptions\":[\"name=rootless\"]}" },
			{ "docker:/version", "{\"Components\":[{\"Name\":\"Podman Engine\"}]}" });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK_INT(f->docker.flavour, DOCKER_PODMAN);
	CHECK(f->docker.rootless);
	CHECK_INT(f->docker.config.know, NOT_LOOKED);
}

TEST(snap_and_desktop_are_told_by_their_places)
{
	struct docker_host snap =
	    DOCKER_HOST({ "docker:/info", "{\"DockerRootDir\":\"/var/snap/docker/common/x\"}" },
			{ "/var/snap/docker/current/config/daemon.json", "{}" });
	struct docker_host desktop =
	    DOCKER_HOST({ "docker:/info", "{\"OperatingSystem\":\"Docker Desktop\"}" });
	struct facts *f = fresh_facts();

	collect_docker(f, &snap.host);
	CHECK_INT(f->docker.flavour, DOCKER_SNAP);
	CHECK_INT(f->docker.config.know, KNOWN);
	f = fresh_facts();
	collect_docker(f, &desktop.host);
	CHECK_INT(f->docker.flavour, DOCKER_DESKTOP);
}

TEST(its_start_is_the_units_or_else_its_pid_files)
{
	struct unit unit = { .name = "docker.service",
			     .know = KNOWN,
			     .load = "loaded",
			     .active = "active",
			     .active_since_usec = 42 };
	struct docker_host h =
	    DOCKER_HOST(SOCKET, { "docker:/info", INFO },
			{ "/var/run/docker.pid", "1\n", .mtime_sec = 1700000000 });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK_INT((long long)f->docker.started_usec.v, 1700000000000000);
	f = fresh_facts();
	f->services = (struct services){ KNOWN, &unit, 1 };
	collect_docker(f, &h.host);
	CHECK(is_u64(f->docker.started_usec, 42));
}

TEST(no_engine_is_an_answer)
{
	struct docker_host h = DOCKER_HOST({ "docker:/info", .error = -ENOENT });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK_INT(f->docker.know, ABSENT);
	CHECK(is_u64(f->docker.expected, 0));
	CHECK_STR(f->docker.why, "no container engine here");
}

TEST(an_engine_that_is_down_is_expected_unless_switched_off)
{
	struct unit unit = { .name = "docker.service",
			     .know = KNOWN,
			     .load = "loaded",
			     .active = "inactive",
			     .file_state = "enabled" };
	struct docker_host h = DOCKER_HOST({ "docker:/info", .error = -EHOSTDOWN });
	struct facts *f = fresh_facts();

	f->services = (struct services){ KNOWN, &unit, 1 };
	collect_docker(f, &h.host);
	CHECK_INT(f->docker.know, ABSENT);
	CHECK(is_u64(f->docker.expected, 1));
	CHECK_STR(f->docker.why, "docker is installed but does not run");
	unit.file_state = "disabled";
	collect_docker(f, &h.host);
	CHECK(is_u64(f->docker.expected, 0));
	CHECK_STR(f->docker.why, "docker is installed but switched off");
}

TEST(an_enabled_socket_is_no_engine_that_is_switched_off)
{
	struct unit unit[] = {
		{ .name = "docker.service",
		  .know = KNOWN,
		  .load = "loaded",
		  .active = "inactive",
		  .file_state = "disabled" },
		{ .name = "docker.socket", .know = KNOWN, .file_state = "enabled" }
	};
	struct docker_host h = DOCKER_HOST({ "docker:/info", .error = -ENOENT });
	struct facts *f = fresh_facts();

	f->services = (struct services){ KNOWN, unit, 2 };
	collect_docker(f, &h.host);
	CHECK(is_u64(f->docker.expected, 1));
	CHECK_INT(f->docker.other_engine.know, NOT_LOOKED);
	unit[1].file_state = "disabled";
	collect_docker(f, &h.host);
	CHECK(is_u64(f->docker.expected, 0));
	CHECK_INT(f->docker.other_engine.know, ABSENT);
}

static struct maybe_text other_engine(const struct thing *also)
{
	static struct unit unit = { .name = "docker.service",
				    .know = KNOWN,
				    .load = "loaded",
				    .active = "inactive",
				    .file_state = "disabled" };
	struct docker_host h =
	    DOCKER_HOST({ "docker:/info", .error = -ENOENT }, { "/run/user/1000", "" }, *also);
	struct facts *f = fresh_facts();

	f->services = (struct services){ KNOWN, &unit, 1 };
	collect_docker(f, &h.host);
	return f->docker.other_engine;
}

TEST(whoever_switched_docker_off_may_have_another_engine)
{
	CHECK_STR(other_engine(&(struct thing){ "/run/libpod", "" }).v, "/run/libpod");
	CHECK_STR(other_engine(&(struct thing){ "/run/user/1000/libpod", "" }).v,
		  "/run/user/1000/libpod");
	CHECK_STR(other_engine(&(struct thing){ "/run/user/1000/docker.sock", "" }).v,
		  "/run/user/1000/docker.sock");
	CHECK_INT(other_engine(&(struct thing){ "/run/user/1000/bus", "" }).know, ABSENT);
	CHECK_INT(other_engine(&(struct thing){ "/run/user", .error = -EACCES }).know, DENIED);
}

TEST(a_closed_socket_is_denied)
{
	struct docker_host h = DOCKER_HOST(SOCKET, { "docker:/info", .error = -EACCES });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK_INT(f->docker.know, DENIED);
	CHECK_STR(f->docker.why, "its socket is not open to us");
}

TEST(wrong_types_are_not_known)
{
	struct docker_host h =
	    DOCKER_HOST({ "docker:/info", "{\"Runtimes\":[1],\"CgroupDriver\":{},\"CDISpecDirs\":7,"
					  "\"SecurityOptions\":\"x\",\"ServerVersion\":12}" },
			{ "docker:/version", "[]" });
	struct docker_host list = DOCKER_HOST({ "docker:/info", "[]" });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK_INT(f->docker.know, KNOWN);
	CHECK_INT(f->docker.cgroup_driver.know, ABSENT);
	CHECK_INT(f->docker.version.know, ABSENT);
	CHECK_INT((long long)f->docker.runtime_count, 0);
	f = fresh_facts();
	collect_docker(f, &list.host);
	CHECK_INT(f->docker.know, UNREADABLE);
}

#define TOML "/etc/nvidia-container-runtime/config.toml"

TEST(only_settings_that_are_not_commented_out_count)
{
	struct docker_host h = DOCKER_HOST({ TOML, "#no-cgroups = true\n"
						   "no-cgroups = true\n"
						   "[nvidia-container-cli]\n"
						   "  environment = []\n"
						   "#no-cgroups = true\n"
						   "[nvidia-container-runtime]\n"
						   "mode = \"auto\" # or cdi\n"
						   "[nvidia-container-runtime.modes]\n"
						   "mode = \"cdi\"\n" });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK_INT(f->docker.toolkit_no_cgroups.know, ABSENT);
	CHECK_STR(f->docker.toolkit_mode.v, "auto");
}

TEST(no_cgroups_is_read_from_its_section)
{
	struct docker_host h =
	    DOCKER_HOST({ TOML, "[nvidia-container-cli]\r\nno-cgroups=true\r\n" });
	struct facts *f = fresh_facts();

	collect_docker(f, &h.host);
	CHECK_STR(f->docker.toolkit_no_cgroups.v, "true");
}

static long long usec(const char *text)
{
	uint64_t v;
	return rfc3339_usec(text, &v) ? (long long)v : -1;
}

TEST(times_are_read_strictly)
{
	CHECK_INT(usec("1970-01-02T00:00:00Z"), 86400000000);
	CHECK_INT(usec("2026-11-22T17:35:22.988038625Z"), 1795368922988038);
	CHECK_INT(usec("2024-02-29T23:59:59.5+02:00"), 1709243999500000);
	CHECK_INT(usec("2000-03-01T00:00:00-00:30"), 951870600000000);
	CHECK_INT(usec("0001-01-01T00:00:00Z"), -1);
	CHECK_INT(usec("2026-11-22 17:35:22Z"), -1);
	CHECK_INT(usec("2026-11-22T17:35:22"), -1);
	CHECK_INT(usec("2026-11-22T17:35:22Zx"), -1);
	CHECK_INT(usec("2026-13-22T17:35:22Z"), -1);
	CHECK_INT(usec("2026-11-22T17:35:22+2:00"), -1);
	CHECK_INT(usec(""), -1);
	CHECK_INT(usec("2026"), -1);
}
