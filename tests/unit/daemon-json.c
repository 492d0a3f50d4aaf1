/* SPDX-License-Identifier: MIT */
#include "collect/docker/docker.h"
#include "docker-host.h"
#include "tap.h"

#define FILE_PATH "/etc/docker/daemon.json"

static struct docker_config read_config(const char *text)
{
	static struct arena arena;
	struct docker_host h = DOCKER_HOST({ FILE_PATH, text, .mtime_sec = 1700000000 });
	struct docker d = { .know = KNOWN, .version = known_text("27.0.1", "") };
	return docker_config(&arena, &h.host, &d);
}

TEST(what_concerns_the_gpu_is_read)
{
	struct docker_config c = read_config(
	    "{\n"
	    "  \"default-runtime\": \"nvidia\",\n"
	    "  \"exec-opts\": [\"a=b\", \"native.cgroupdriver=cgroupfs\"],\n"
	    "  \"features\": {\"cdi\": true},\n"
	    "  \"hosts\": [\"tcp://0.0.0.0:2375\"],\n"
	    "  \"runtimes\": {\"nvidia\": {\"path\": \"/opt/ncr\", \"runtimeArgs\": []}}\n"
	    "}");

	CHECK_INT(c.know, KNOWN);
	CHECK_INT(c.error.know, ABSENT);
	CHECK_STR(c.nvidia_path.v, "/opt/ncr");
	CHECK_STR(c.default_runtime.v, "nvidia");
	CHECK_STR(c.cgroup_driver.v, "cgroupfs");
	CHECK(is_u64(c.cdi_feature, 1));
	CHECK_STR(c.hosts.name[0], "tcp://0.0.0.0:2375");
	CHECK(is_u64(c.mtime_sec, 1700000000));
}

TEST(no_file_is_fine)
{
	static struct arena arena;
	struct docker_host h = DOCKER_HOST({ "/etc/hostname", "x" });
	struct docker d = { .know = KNOWN };
	CHECK_INT(docker_config(&arena, &h.host, &d).know, ABSENT);
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
		  FILE_PATH ": exec-opts is not a list");
	CHECK_STR(read_config("{\"runtimes\": []}").error.v,
		  FILE_PATH ": runtimes is not an object");
	CHECK_INT(read_config("{\"runtimes\": null}").error.know, ABSENT);
}

TEST(an_empty_file_is_fine_since_23)
{
	static struct arena arena;
	struct docker_host h = DOCKER_HOST({ FILE_PATH, " \n" });
	struct docker old = { .version = known_text("20.10.24", "") };

	CHECK_INT(read_config("\n").error.know, ABSENT);
	CHECK_INT(docker_config(&arena, &h.host, &old).error.know, KNOWN);
}

TEST(duplicate_keys_and_a_byte_order_mark_are_fine)
{
	CHECK_STR(
	    read_config("\xef\xbb\xbf{\"default-runtime\": \"a\", \"default-runtime\": \"b\"}")
		.default_runtime.v,
	    "b");
}
