/* SPDX-License-Identifier: MIT */
/* What the link runtime says where a file of the engine or of the toolkit could not be read. */
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
