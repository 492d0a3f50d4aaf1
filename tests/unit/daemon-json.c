/* SPDX-License-Identifier: MIT */
#include "collect/docker/docker.h"
#include "docker-host.h"
#include "tap.h"

#define FILE_PATH "/etc/docker/daemon.json"

static struct arena arena;

static struct docker_config read_of(const char *text, struct docker d, struct unit *unit)
{
	struct docker_host h = DOCKER_HOST({ FILE_PATH, text, .mtime_sec = 1700000000 });
	struct facts f = { .arena = &arena,
			   .docker = d,
			   .services = { KNOWN, unit, unit != NULL } };
	return docker_config(&f, &h.host);
}

static struct docker_config read_config(const char *text)
{
	return read_of(text, (struct docker){ .version = known_text("27.0.1", "") }, NULL);
}

TEST(what_concerns_the_gpu_is_read)
{
	struct docker_config c = read_config(
	    "{\n"
	    "  \"default-runtime\": \"nvidia\",\n"
	    "  \"exec-opts\": [\"a=b\", \"native.cgroupdriver=cgroupfs\"],\n"
	    "  \"features\": {\"cdi\": true},\n"
	    "  \"hosts\": [\"tcp://0.0.0.0:2375\"],\n"
	    "  \"tlsverify\": true,\n"
	    "  \"runtimes\": {\"nvidia\": {\"path\": \"/opt/ncr\", \"runtimeArgs\": []}}\n"
	    "}");

	CHECK_INT(c.know, KNOWN);
	CHECK_INT(c.error.know, ABSENT);
	CHECK_STR(c.nvidia_path.v, "/opt/ncr");
	CHECK_STR(c.default_runtime.v, "nvidia");
	CHECK_STR(c.cgroup_driver.v, "cgroupfs");
	CHECK(is_u64(c.cdi_feature, 1));
	CHECK(is_u64(c.tls_verify, 1));
	CHECK_STR(c.hosts.name[0], "tcp://0.0.0.0:2375");
	CHECK(is_u64(c.mtime_sec, 1700000000));
}

TEST(no_file_is_fine)
{
	struct docker_host h = DOCKER_HOST({ "/etc/hostname", "x" });
	struct facts f = { .arena = &arena, .docker = { .know = KNOWN } };
	CHECK_INT(docker_config(&f, &h.host).know, ABSENT);
}

TEST(a_missing_comma_is_told_by_line_and_column)
{
	struct docker_config c = read_config("{\n"
					     "    \"dns\": [\"198.51.100.1\"]\n"
					     "    \"exec-opts\": []\n"
					     "}\n");
	CHECK_STR(c.error.v, FILE_PATH ":3:15: '}' expected near '\"exec-opts\"'");
	CHECK_INT(c.nvidia_path.know, NOT_LOOKED);
}

TEST(a_trailing_comma_is_an_error)
{
	struct docker_config c = read_config("{\"selinux-enabled\": true,}");
	CHECK_STR(c.error.v, FILE_PATH ":1:26: string or '}' expected near '}'");
}

TEST(text_behind_the_end_is_an_error)
{
	CHECK_INT(read_config("{\"a\": 1} }").error.know, KNOWN);
	CHECK_INT(read_config("<!DOCTYPE html>").error.know, KNOWN);
}

TEST(a_directive_of_the_wrong_type_is_an_error)
{
	CHECK_STR(read_config("[]").error.v, FILE_PATH ":1:1: not an object");
	CHECK_STR(read_config("{\"exec-opts\": {}}").error.v,
		  FILE_PATH ":1:2: exec-opts is not a list");
	CHECK_STR(read_config("{\"runtimes\": []}").error.v,
		  FILE_PATH ":1:2: runtimes is not an object");
	CHECK_INT(read_config("{\"runtimes\": null}").error.know, ABSENT);
}

TEST(what_dockerd_refuses_is_told_by_its_place)
{
	CHECK_STR(read_config("{\n  \"debug\": true,\n  \"log-level\": 5\n}").error.v,
		  FILE_PATH ":3:3: log-level is not a string");
	CHECK_STR(read_config("{\"insecure-registries\": \"x\"}").error.v,
		  FILE_PATH ":1:2: insecure-registries is not a list");
	CHECK_STR(read_config("{\"dns\": [\"198.51.100.1\", 5]}").error.v,
		  FILE_PATH ":1:2: dns[1] is not a string");
	CHECK_STR(read_config("{\"log-opts\": {\"max-size\": 10}}").error.v,
		  FILE_PATH ":1:2: log-opts.max-size is not a string");
	CHECK_STR(read_config("{\"runtimes\": {\"nvidia\": \"x\"}}").error.v,
		  FILE_PATH ":1:2: runtimes.nvidia is not an object");
	CHECK_STR(read_config("{\"features\": {\"cdi\": \"true\"}}").error.v,
		  FILE_PATH ":1:2: features.cdi is not true or false");
	CHECK_INT(read_config("{\"mtu\": 1500, \"default-ulimits\": {\"nofile\": {\"Soft\": 1}}}")
		      .error.know,
		  ABSENT);
}

TEST(a_key_that_is_misspelt_is_refused_and_a_new_one_is_not)
{
	CHECK_STR(read_config("{\"default-runtme\": \"runc\"}").error.v,
		  FILE_PATH ":1:2: default-runtme is no setting of dockerd; default-runtime is");
	CHECK_INT(read_config("{\"firewall-backend\": \"nftables\"}").error.know, ABSENT);
	CHECK_INT(read_config("{\"log-opt\": {}, \"ip6tables\": true}").error.know, ABSENT);
}

TEST(a_default_runtime_that_nobody_names_is_refused)
{
	static struct docker_runtime two[] = { { "runc", "runc" }, { "nvidia", "x" } };
	struct docker running = { .know = KNOWN, .runtime = two, .runtime_count = 1 };
	struct unit plain = { .name = "docker.service", .exec_start = "/usr/bin/dockerd -H fd://" };
	struct unit told = { .name = "docker.service",
			     .exec_start = "/usr/bin/dockerd --add-runtime nvidia=x" };
	static const char text[] = "{\"default-runtime\": \"nvidia\"}";

	CHECK_STR(read_of(text, running, NULL).error.v,
		  FILE_PATH ":1:2: default-runtime is nvidia, which is not among runtimes");
	running.runtime_count = 2;
	CHECK_INT(read_of(text, running, NULL).error.know, ABSENT);
	CHECK_INT(read_of(text, running, &plain).error.know, KNOWN);
	CHECK_INT(read_of(text, running, &told).error.know, ABSENT);
	CHECK_INT(read_of("{\"default-runtime\": \"io.containerd.runsc.v1\"}", running, &plain)
		      .error.know,
		  ABSENT);
}

TEST(an_empty_file_is_fine_since_23)
{
	struct docker old = { .version = known_text("20.10.24", "") };

	CHECK_INT(read_config("\n").error.know, ABSENT);
	CHECK_INT(read_of(" \n", old, NULL).error.know, KNOWN);
}

TEST(duplicate_keys_and_a_byte_order_mark_are_fine)
{
	CHECK_STR(
	    read_config("\xef\xbb\xbf{\"default-runtime\": \"a\", \"default-runtime\": \"b\"}")
		.default_runtime.v,
	    "b");
}
