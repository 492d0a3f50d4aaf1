/* SPDX-License-Identifier: MIT */
#include "runtime-host.h"
#include "tap.h"

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

TEST(who_asks_by_cdi_alone_needs_no_registered_runtime)
{
	struct container c = ollama(ASK_CDI);
	struct facts f = with_cdi(NULL, &c);

	f.docker.runtime_count = 1;
	CHECK_ONE(judge(&f), "broken", "cdi-spec-missing",
		  "no CDI spec, and a container asks by CDI");
	f.docker.cdi_dirs.count = 0;
	CHECK_ONE(judge(&f), "broken", "cdi-disabled",
		  "ollama asks by CDI, which docker 27.5.1 has off");
}

TEST(a_missing_toolkit_explains_a_missing_specification)
{
	struct container c = ollama(ASK_CDI);
	struct facts f = with_cdi(NULL, &c);
	struct verdict *v;

	f.docker.runtime_count = 1;
	f.docker.toolkit_path = unknown_text(ABSENT, "");
	v = judge(&f);
	CHECK_INT((long long)v->count, 2);
	CHECK_STR(v->finding[0].cause->id, "toolkit-missing");
	CHECK_STR(v->finding[0].cause->explains[0], v->finding[1].cause->id);
}

TEST(nodes_made_on_demand_do_not_hide_one_that_is_gone)
{
	struct device_node node = { .path = "/dev/nvidia-modeset", .know = ABSENT };
	struct container c = ollama(ASK_CDI);
	struct cdi_spec s = fresh;
	struct facts f = with_cdi(&s, &c);

	f.driver.node = &node;
	f.driver.node_count = 1;
	s.missing_nodes.v = 1;
	s.first_missing_node = known_text("/dev/nvidia1", "");
	CHECK_ONE(judge(&f), "broken", "cdi-spec-stale",
		  "CDI spec names /dev/nvidia1, which is not there");
	s.first_missing_node = known_text("/dev/nvidia-modeset", "");
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
	node.path = "/dev/nvidia0";
	s.first_missing_node = known_text("/dev/nvidia1", "");
	CHECK_INT(judge(&f)->finding[0].status, STATUS_OK);
}

TEST(a_masked_refresh_is_told_where_the_specification_is_missing)
{
	struct container c = ollama(ASK_CDI);
	struct unit unit = { .name = "nvidia-cdi-refresh.path", .know = KNOWN, .load = "masked" };
	struct facts f = with_cdi(NULL, &c);
	struct verdict *v;

	f.services = (struct services){ KNOWN, &unit, 1 };
	v = judge(&f);
	CHECK_INT((long long)v->count, 2);
	CHECK_STR(v->finding[0].cause->id, "cdi-spec-missing");
	CHECK_STR(v->finding[1].cause->id, "cdi-refresh-failed");
}
