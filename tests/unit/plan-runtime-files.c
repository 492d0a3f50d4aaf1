/* SPDX-License-Identifier: MIT */
/* The theme `runtime` over daemon.json of real machines, where they are at hand. */
#include "../tap.h"

#include <jansson.h>

#include "collect/docker/docker.h"
#include "plan-shared.h"
#include "runtime-host.h"

#define DAEMON "/etc/docker/daemon.json"

struct sum {
	unsigned files, refused, changed, kept;
};

/* As Debian and Arch have it: dockerd does not start where the file names hosts as well. */
static struct unit docker_unit = { .name = "docker.service",
				   .know = KNOWN,
				   .load = "loaded",
				   .active = "active",
				   .file_state = "enabled",
				   .exec_start = "/usr/bin/dockerd -H fd://" };

static struct facts host_of(const char *text)
{
	struct facts f = healthy();

	f.services = (struct services){ KNOWN, &docker_unit, 1 };
	f.docker.version = known_text("24.0.7", "");
	f.docker.runtime_count = 1;
	f.docker.nvidia_runtime_exists = (struct maybe_u64){ 0 };
	f.want = want_default();
	f.want.runtime = RUNTIME_NVIDIA;
	f.want.reload = RELOAD_KEEP;
	no_files();
	put(DAEMON, text);
	f.arena = &memory;
	f.docker.config = docker_config(&f, &files.host);
	return f;
}

/* All that stood there stands there still, and the runtime beside it. */
static void check_change(const char *before, const char *after)
{
	json_auto_t *was = json_loads(before, 0, NULL), *is = json_loads(after, 0, NULL);
	json_t *all = json_object_get(is, "runtimes");

	CHECK(is != NULL);
	CHECK(json_object_get(json_object_get(all, "nvidia"), "path") != NULL);
	if (json_object_get(was, "runtimes"))
		json_object_del(all, "nvidia");
	else
		json_object_del(is, "runtimes");
	CHECK(!was || json_equal(was, is));
}

static void check_file(const char *name, const char *text, struct sum *sum)
{
	struct facts f = host_of(text);
	struct plan *plan = planned(&f, &theme_runtime);
	const struct step *s = file_step_of(plan, DAEMON);

	sum->files++;
	sum->refused += plan->refusal_count > 0;
	sum->changed += s != NULL;
	sum->kept += !s && !plan->refusal_count;
	if (plan->refusal_count) {
		printf("# %s: %s\n", name, plan->refusal[0].text);
		CHECK_INT(plan->count, 0);
		CHECK(strstr(plan->refusal[0].text, DAEMON) != NULL);
	} else if (s) {
		check_change(text, s->file.after.data);
		apply_files(plan);
		f = host_of(text_at(DAEMON));
		CHECK(!file_step_of(planned(&f, &theme_runtime), DAEMON));
	} else {
		CHECK_INT(f.docker.config.nvidia_path.know, KNOWN);
	}
}

static void check_all(bool valid)
{
	const char *dir = configs();
	const char *index = dir ? slurp(arena_printf(&memory, "%s/index.jsonl", dir)) : NULL;
	struct sum sum = { 0 };

	if (!index)
		return;
	struct bytes rest = bytes_of(index), line;
	while (bytes_line(&rest, &line)) {
		json_auto_t *j = json_loadb(line.data, line.size, 0, NULL);
		const char *path = json_string_value(json_object_get(j, "path"));
		if (!str_eq(json_string_value(json_object_get(j, "kind")), "docker") ||
		    json_is_true(json_object_get(j, "valid")) != valid)
			continue;
		const char *text = slurp(arena_printf(&memory, "%s/%s", dir, path));
		CHECK(text != NULL);
		check_file(path, text, &sum);
	}
	printf("# %u files: %u changed, %u have the runtime, %u refused\n", sum.files, sum.changed,
	       sum.kept, sum.refused);
	CHECK(valid || sum.refused == sum.files);
}

TEST(a_valid_file_gets_the_runtime_once_and_loses_nothing)
{
	check_all(true);
}

TEST(a_file_that_is_not_valid_is_refused)
{
	check_all(false);
}
