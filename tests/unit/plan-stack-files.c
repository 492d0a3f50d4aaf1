/* SPDX-License-Identifier: MIT */
/*
 * The theme `stack` over compose files of real projects, where they are at hand: in
 * $EGPU_SHARED/configs, or in a folder `shared` beside the checkout. With $EGPU_COMPOSE
 * ("docker compose") that program judges the merged files, too.
 */
#include "../tap.h"

#include <jansson.h>

#include "plan-shared.h"
#include "plan/docker/override.h"
#include "runtime-host.h"

#define BASE "/srv/p/docker-compose.yml"
#define OURS "/srv/p/docker-compose.override.yml"

struct sum {
	unsigned files, refused_files, services, overrides, asked, told, judged;
};

static void spill(const char *path, struct bytes text)
{
	FILE *f = fopen(path, "we");

	CHECK(f != NULL);
	fwrite(text.data, 1, text.size, f);
	fclose(f);
}

static const char *files_listed[] = { BASE };

static struct facts host_of(struct container *c, const char *service, const char *text)
{
	struct facts f = healthy();

	*c = ollama(0);
	c->image = "ollama/ollama";
	c->runtime = "runc";
	c->compose_project = "p";
	c->compose_service = service;
	c->compose_dir = "/srv/p";
	c->compose_files = (struct names){ files_listed, 1 };
	f.want = want_default();
	add(&f, c);
	no_files();
	put(BASE, text);
	return f;
}

static struct names services_of(struct planner *p, bool *ret_fine)
{
	struct names file = { files_listed, 1 }, out = { 0 };
	struct fy_node *value;
	struct err e = { 0 };
	void *next = NULL;
	size_t room = 0;
	COMPOSE c;

	*ret_fine = compose_open(p, "/srv/p", &file, &c, &e) == 0;
	struct yaml *y = &c.file[0];
	for (struct fy_node *key;
	     *ret_fine && (key = yaml_member(y, yaml_at(y, y->root, "services"), &next, &value));)
		names_add(&memory, &out, &room, yaml_text(y, key));
	return out;
}

/* The base and the override together ask, and only one of them does. */
static void check_merged(struct planner *p, const char *service)
{
	static const char *both_listed[] = { BASE, OURS };
	struct names both = { both_listed, 2 }, base = { both_listed, 1 },
		     ours = { both_listed + 1, 1 };
	struct err e = { 0 };
	COMPOSE merged, theirs, own;

	CHECK_INT(compose_open(p, "/srv/p", &both, &merged, &e), 0);
	CHECK_INT(compose_open(p, "/srv/p", &base, &theirs, &e), 0);
	CHECK_INT(compose_open(p, "/srv/p", &ours, &own, &e), 0);
	CHECK(compose_has(&theirs, service) && compose_has(&own, service));
	CHECK(compose_asks(&merged, service));
	CHECK(compose_asks(&theirs, service) != compose_asks(&own, service));
	struct names set = compose_environment(&own, service);
	for (size_t i = 0; i < set.count; i++) {
		const char *name = str_ndup(&memory, set.name[i], strcspn(set.name[i], "="));
		CHECK(!compose_sets(&theirs, service, name));
	}
}

/* False where the program does not take the base alone either, or none is named. */
static bool judged_by_compose(const char *base, struct bytes ours)
{
	const char *compose = getenv("EGPU_COMPOSE");
	char dir[] = "/tmp/egpu-compose-XXXXXX";

	if (!compose)
		return false;
	CHECK(mkdtemp(dir) != NULL);
	spill(arena_printf(&memory, "%s/docker-compose.yml", dir), bytes_of(base));
	spill(arena_printf(&memory, "%s/ours.yml", dir), ours);
	const char *alone = arena_printf(
	    &memory, "cd %s && %s -f docker-compose.yml config -q >log 2>&1", dir, compose);
	const char *merged = arena_printf(
	    &memory, "cd %s && %s -f docker-compose.yml -f ours.yml config >merged 2>log", dir,
	    compose);
	if (system(alone) != 0)
		return false;
	if (system(merged) != 0)
		TAP_FAIL("%s: %s", dir, slurp(arena_printf(&memory, "%s/log", dir)));
	return true;
}

static void check_service(const char *text, const char *service, struct sum *sum)
{
	struct container c;
	struct facts f = host_of(&c, service, text);
	struct plan *plan = planned(&f, &theme_stack);
	const struct step *s = file_step_of(plan, OURS);
	struct planner p = planner_of(&f, &theme_stack);

	sum->services++;
	sum->told += plan->refusal_count > 0;
	if (!s)
		return;
	sum->overrides++;
	sum->asked += !bytes_have(s->file.after, "capabilities");
	apply_files(plan);
	check_merged(&p, service);
	CHECK(!step_of(planned(&f, &theme_stack), STEP_FILE));
	CHECK_STR(text_at(BASE), text);
	sum->judged += judged_by_compose(text, s->file.after);
}

static void check_file(const char *name, const char *text, bool valid, struct sum *sum)
{
	struct container c;
	struct facts f = host_of(&c, "ollama", text);
	struct planner p = planner_of(&f, &theme_stack);
	bool fine;
	struct names services = services_of(&p, &fine);

	sum->files++;
	if (!fine) {
		struct plan *plan = planned(&f, &theme_stack);
		sum->refused_files++;
		printf("# %s %s: %s\n", valid ? "valid" : "invalid", name, plan->refusal[0].text);
		CHECK_INT(plan->count, 0);
		CHECK(str_starts(plan->refusal[0].text, BASE ":"));
	}
	for (size_t i = 0; i < services.count; i++)
		check_service(text, services.name[i], sum);
}

static void check_all(bool valid)
{
	const char *dir = configs(),
		   *index = dir ? slurp(arena_printf(&memory, "%s/index.jsonl", dir)) : NULL;
	struct sum sum = { 0 };

	if (!index)
		return;
	struct bytes rest = bytes_of(index), line;
	while (bytes_line(&rest, &line)) {
		json_auto_t *j = json_loadb(line.data, line.size, 0, NULL);
		const char *path = json_string_value(json_object_get(j, "path"));
		if (!str_eq(json_string_value(json_object_get(j, "kind")), "compose") ||
		    json_is_true(json_object_get(j, "valid")) != valid)
			continue;
		const char *text = slurp(arena_printf(&memory, "%s/%s", dir, path));
		CHECK(text != NULL);
		check_file(path, text, valid, &sum);
	}
	printf("# %u files, %u refused; %u services, %u overrides (%u without a reservation), "
	       "%u with something told, %u judged by compose\n",
	       sum.files, sum.refused_files, sum.services, sum.overrides, sum.asked, sum.told,
	       sum.judged);
	CHECK(!valid || sum.refused_files == 0);
	CHECK(valid || sum.refused_files > 0);
}

TEST(an_override_of_a_valid_file_adds_what_is_missing_and_nothing_twice)
{
	check_all(true);
}

TEST(a_file_that_is_not_valid_is_refused_with_its_line)
{
	check_all(false);
}
