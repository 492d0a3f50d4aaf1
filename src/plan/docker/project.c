/* SPDX-License-Identifier: MIT */
/* Which files a project is made of, and where an override of ours goes. docker compose --help. */
#include "plan/docker/project.h"

#include <errno.h>
#include <string.h>

#include "plan/docker/override.h"

/* In the order in which Compose looks for them. */
static const char *const bases[] = { "compose.yaml", "compose.yml", "docker-compose.yml",
				     "docker-compose.yaml" };
static const char *const overrides[] = { "compose.override.yml", "compose.override.yaml",
					 "docker-compose.override.yml",
					 "docker-compose.override.yaml" };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* "docker-compose.yml" -> "docker-compose.override.yml" */
static const char *override_name(struct arena *a, const char *base)
{
	const char *dot = strrchr(base, '.');
	return arena_printf(a, "%.*s.override%s", (int)(dot - base), base, dot);
}

static bool is_default(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	for (size_t i = 0; i < COUNT_OF(bases); i++)
		if (strncmp(path, dir, n) == 0 && path[n] == '/' && str_eq(path + n + 1, bases[i]))
			return true;
	return false;
}

/* Labels come with the image, too: anybody may have written them. */
static bool is_sound(const char *path)
{
	return *path == '/' && !strstr(path, "/../") && !str_ends(path, "/..") &&
	       !strpbrk(path, "\n\r\t") && !strchr(path, '?');
}

bool project_same(const struct container *a, const struct container *b)
{
	return str_eq(a->compose_project, b->compose_project) &&
	       str_eq(a->compose_dir, b->compose_dir);
}

static bool is_ours(struct planner *p, const char *path)
{
	struct bytes text;
	return planner_read(p, path, &text, NULL) == 0 && override_is_ours(text);
}

/* Of the files that the label lists: the user's, and whether ours is among them. */
static int read_list(struct planner *p, const struct container *c, struct project *ret,
		     struct err *e)
{
	const struct names *all = &c->compose_files;

	ret->files.name = arena_alloc(p->arena, (all->count + 1) * sizeof(*ret->files.name));
	for (size_t i = 0; i < all->count; i++) {
		const char *path = all->name[i];
		if (*path != '/')
			path = arena_printf(p->arena, "%s/%s", c->compose_dir, path);
		if (!is_sound(path))
			return err_set(e, -EINVAL, "%s: its compose file has no usable path: %s",
				       c->name, path);
		bool ours = is_ours(p, path) || str_ends(path, "/compose.egpu.yaml");
		ret->listed = ret->listed || ours;
		if (!ours)
			ret->files.name[ret->files.count++] = path;
	}
	if (ret->files.count == 0)
		return err_set(e, -EINVAL, "%s: its labels name no compose file", c->name);
	return 0;
}

/* The override that Compose would take by itself, ours or not; NULL: none. */
static const char *standing(struct planner *p, const char *dir)
{
	for (size_t i = 0; i < COUNT_OF(overrides); i++) {
		const char *path = arena_printf(p->arena, "%s/%s", dir, overrides[i]);
		if (planner_has(p, path))
			return path;
	}
	return NULL;
}

/* .env may name the files, or the separator, for every call of docker compose. */
static bool env_names_files(struct planner *p, const char *dir)
{
	struct bytes text, line;

	if (planner_read(p, arena_printf(p->arena, "%s/.env", dir), &text, NULL) < 0)
		return false;
	while (bytes_line(&text, &line))
		if (bytes_start(line, "COMPOSE_FILE=") || bytes_start(line, "export COMPOSE_FILE="))
			return true;
	return false;
}

static void place(struct planner *p, struct project *ret)
{
	const char *first = ret->files.name[0], *there = standing(p, ret->dir);
	bool by_default =
	    ret->files.count == 1 && is_default(first, ret->dir) && !env_names_files(p, ret->dir);

	ret->by_list = !by_default || (there && !is_ours(p, there));
	if (ret->by_list)
		ret->ours = arena_printf(p->arena, "%.*s/compose.egpu.yaml",
					 (int)(strrchr(first, '/') - first), first);
	else
		ret->ours = there ? there
				  : arena_printf(p->arena, "%s/%s", ret->dir,
						 override_name(p->arena, base_name(first)));
}

int project_of(struct planner *p, const struct container *c, struct project *ret, struct err *e)
{
	*ret = (struct project){ .name = c->compose_project, .dir = c->compose_dir };
	if (!is_sound(ret->dir))
		return err_set(e, -EINVAL, "%s: its project has no usable folder: %s", c->name,
			       ret->dir);
	int r = read_list(p, c, ret, e);
	if (r == 0)
		place(p, ret);
	return r;
}

/* Compose is a plugin of the client, or a program of its own, as in Debian 12. */
static bool is_plugin(struct planner *p)
{
	static const char *const dirs[] = { "/usr/libexec/docker", "/usr/lib/docker",
					    "/usr/local/lib/docker", "/usr/local/libexec/docker",
					    "/root/.docker" };
	static const char *const programs[] = { "/usr/bin/docker-compose",
						"/usr/local/bin/docker-compose" };

	for (size_t i = 0; i < COUNT_OF(dirs); i++)
		if (planner_has(p,
				arena_printf(p->arena, "%s/cli-plugins/docker-compose", dirs[i])))
			return true;
	for (size_t i = 0; i < COUNT_OF(programs); i++)
		if (planner_has(p, programs[i]))
			return false;
	return true;
}

static bool usual_socket(const char *endpoint)
{
	return !endpoint || !*endpoint || str_ends(endpoint, "///var/run/docker.sock") ||
	       str_ends(endpoint, "///run/docker.sock");
}

struct names project_command(struct planner *p, const struct project *project, bool with_ours)
{
	const char *endpoint = p->facts->docker.endpoint;
	bool plugin = is_plugin(p);
	struct names out = { 0 };
	size_t room = 0;

#define WORD(s) names_add(p->arena, &out, &room, s)
	WORD(plugin ? "docker" : "docker-compose");
	if (!usual_socket(endpoint)) {
		WORD("--host");
		WORD(endpoint);
	}
	if (plugin)
		WORD("compose");
	WORD("--project-name");
	WORD(project->name);
	WORD("--project-directory");
	WORD(project->dir);
	for (size_t i = 0; project->by_list && i < project->files.count; i++) {
		WORD("-f");
		WORD(project->files.name[i]);
	}
	if (project->by_list && with_ours) {
		WORD("-f");
		WORD(project->ours);
	}
#undef WORD
	return out;
}

const char *project_line(struct planner *p, const struct names *words)
{
	const char *out = "";
	for (size_t i = 0; i < words->count; i++)
		out = arena_printf(p->arena, "%s%s%s", out, i ? " " : "",
				   str_quoted(p->arena, words->name[i]));
	return out;
}
