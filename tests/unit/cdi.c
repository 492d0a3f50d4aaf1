/* SPDX-License-Identifier: MIT */
#include "docker-host.h"
#include "tap.h"

/* As nvidia-ctk writes it, cut down. */
static const char spec[] = "---\n"
			   "cdiVersion: 0.5.0\n"
			   "kind: nvidia.com/gpu\n"
			   "devices:\n"
			   "    - name: \"0\"\n"
			   "      containerEdits:\n"
			   "        deviceNodes:\n"
			   "            - path: /dev/nvidia0\n"
			   "              major: 195\n"
			   "              fileMode: 438\n"
			   "    - name: all\n"
			   "      containerEdits:\n"
			   "        deviceNodes:\n"
			   "            - path: /dev/nvidia0\n"
			   "              major: 195\n"
			   "containerEdits:\n"
			   "    env:\n"
			   "        - NVIDIA_VISIBLE_DEVICES=void\n"
			   "    deviceNodes:\n"
			   "        - path: /dev/nvidiactl\n"
			   "        - path: /dev/nvidia-uvm\n"
			   "          hostPath: /dev/nvidia-uvm\n"
			   "          major: 511\n"
			   "    hooks:\n"
			   "        - hookName: createContainer\n"
			   "          path: /usr/bin/nvidia-cdi-hook\n"
			   "    mounts:\n"
			   "        - hostPath: /usr/lib/libcuda.so.590.48.01\n"
			   "          containerPath: /usr/lib/libcuda.so.590.48.01\n"
			   "          options: [ro, nosuid]\n";

#define NODES                                                                                      \
	{ "/dev/nvidia0", .major = 195 }, { "/dev/nvidiactl", .major = 195, .minor = 255 },        \
	{                                                                                          \
		"/dev/nvidia-uvm", .major = 511                                                    \
	}
#define FILES                                                                                      \
	{ "/usr/bin/nvidia-cdi-hook" },                                                            \
	{                                                                                          \
		"/usr/lib/libcuda.so.590.48.01"                                                    \
	}

static struct docker *collect(struct docker_host *h)
{
	struct facts *f = fresh_facts();
	collect_cdi(f, &h->host);
	return &f->docker;
}

TEST(a_fresh_specification_is_fresh)
{
	struct docker_host h =
	    DOCKER_HOST({ "/etc/cdi/nvidia.yaml", spec, .mtime_sec = 1700000000 }, NODES, FILES);
	const struct docker *d = collect(&h);
	const struct cdi_spec *s = &d->cdi[0];

	CHECK_INT(d->cdi_know, KNOWN);
	CHECK_INT((long long)d->cdi_count, 1);
	CHECK_STR(s->path, "/etc/cdi/nvidia.yaml");
	CHECK_STR(s->kind, "nvidia.com/gpu");
	CHECK_INT((long long)s->devices.count, 2);
	CHECK_STR(s->devices.name[0], "0");
	CHECK_STR(s->driver_version.v, "590.48.01");
	CHECK(is_u64(s->stale_nodes, 0));
	CHECK(is_u64(s->missing_nodes, 0));
	CHECK(is_u64(s->missing_paths, 0));
	CHECK(is_u64(s->mtime_sec, 1700000000));
	CHECK_INT(s->error.know, ABSENT);
}

TEST(a_node_with_another_major_is_stale)
{
	struct docker_host h =
	    DOCKER_HOST({ "/var/run/cdi/nvidia.yaml", spec }, { "/dev/nvidia0", .major = 195 },
			{ "/dev/nvidiactl", .major = 195, .minor = 255 },
			{ "/dev/nvidia-uvm", .major = 508 }, FILES);
	const struct cdi_spec *s = &collect(&h)->cdi[0];

	CHECK(is_u64(s->stale_nodes, 1));
	CHECK_STR(s->first_stale.v, "/dev/nvidia-uvm is 511:0, the host has 508:0");
}

TEST(what_the_host_lacks_is_counted_once)
{
	struct docker_host h = DOCKER_HOST({ "/etc/cdi/nvidia.yaml", spec },
					   { "/dev/nvidiactl", .major = 195, .minor = 255 });
	const struct cdi_spec *s = &collect(&h)->cdi[0];

	CHECK(is_u64(s->missing_nodes, 2));
	CHECK_STR(s->first_missing_node.v, "/dev/nvidia-uvm");
	CHECK(is_u64(s->missing_paths, 2));
	CHECK_STR(s->first_missing.v, "/usr/lib/libcuda.so.590.48.01");
}

TEST(json_is_read_as_well)
{
	struct docker_host h = DOCKER_HOST(
	    { "/etc/cdi/x.json", "{\"cdiVersion\":\"0.5.0\",\"kind\":\"nvidia.com/gpu\",\n"
				 "\t\"devices\":[{\"name\":\"all\",\"containerEdits\":"
				 "{\"deviceNodes\":[{\"path\":\"/dev/nvidia0\"}]}}]}" },
	    NODES);
	const struct cdi_spec *s = &collect(&h)->cdi[0];

	CHECK_STR(s->devices.name[0], "all");
	CHECK(is_u64(s->missing_nodes, 0));
	CHECK_INT(s->driver_version.know, ABSENT);
}

TEST(a_broken_one_is_told_by_line_and_column)
{
	struct docker_host h =
	    DOCKER_HOST({ "/etc/cdi/nvidia.yaml", "kind: nvidia.com/gpu\ndevices: [\n  - }\n" });
	const struct docker *d = collect(&h);

	CHECK_INT((long long)d->cdi_count, 1);
	CHECK_INT(d->cdi[0].error.know, KNOWN);
	CHECK(str_starts(d->cdi[0].error.v, "/etc/cdi/nvidia.yaml:3:"));
	CHECK_INT(d->cdi[0].stale_nodes.know, NOT_LOOKED);
}

TEST(other_vendors_and_other_files_are_passed_over)
{
	struct docker_host h = DOCKER_HOST(
	    { "/etc/cdi/amd.yaml", "kind: amd.com/gpu\n" }, { "/etc/cdi/broken.yaml", "kind: [\n" },
	    { "/etc/cdi/README", "kind: nvidia.com/gpu\n" }, { "/etc/cdi/list.yaml", "- a\n" });
	const struct docker *d = collect(&h);

	CHECK_INT(d->cdi_know, ABSENT);
	CHECK_INT((long long)d->cdi_count, 0);
}

TEST(the_later_directory_wins_unless_its_file_is_broken)
{
	struct docker_host h =
	    DOCKER_HOST({ "/etc/cdi/nvidia.yaml", spec }, { "/var/run/cdi/nvidia.yaml", spec });
	struct docker_host broken =
	    DOCKER_HOST({ "/etc/cdi/nvidia.yaml", spec },
			{ "/var/run/cdi/nvidia.yaml", "kind: nvidia.com/gpu: [" });

	CHECK_STR(docker_cdi(collect(&h))->path, "/var/run/cdi/nvidia.yaml");
	CHECK_STR(docker_cdi(collect(&broken))->path, "/etc/cdi/nvidia.yaml");
}

TEST(directories_of_the_engine_are_looked_into_once)
{
	const char *dirs[] = { "/etc/cdi", "/run/cdi", "/opt/cdi" };
	struct docker_host h =
	    DOCKER_HOST({ "/var/run/cdi/a.yml", spec }, { "/opt/cdi/b.yaml", spec });
	struct facts *f = fresh_facts();

	f->docker.cdi_dirs = (struct names){ dirs, 3 };
	collect_cdi(f, &h.host);
	CHECK_INT((long long)f->docker.cdi_count, 2);
	CHECK_STR(f->docker.cdi[1].path, "/opt/cdi/b.yaml");
}

TEST(a_directory_that_is_closed_to_us_is_denied)
{
	struct docker_host h = DOCKER_HOST({ "/etc/cdi", .error = -EACCES });
	CHECK_INT(collect(&h)->cdi_know, DENIED);
}

TEST(aliases_do_not_grow)
{
	struct docker_host h =
	    DOCKER_HOST({ "/etc/cdi/nvidia.yaml", "kind: nvidia.com/gpu\n"
						  "a: &a [x,x,x,x,x,x,x,x,x]\n"
						  "b: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n"
						  "c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
						  "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n"
						  "devices: *d\n" });
	CHECK_INT((long long)collect(&h)->cdi[0].devices.count, 0);
}
