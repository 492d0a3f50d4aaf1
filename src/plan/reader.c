/* SPDX-License-Identifier: MIT */
#include "plan/reader.h"

#include <ctype.h>
#include <string.h>

static const char *full_path(struct arena *a, const struct container *c, const char *path)
{
	return *path == '/' ? path : arena_printf(a, "%s/%s", c->compose_dir, path);
}

/* The folder of a path, without its last slash. */
static const char *folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	return str_ndup(a, path, slash > path ? (size_t)(slash - path) : 1);
}

/*
 * What compose calls a project in that folder if nobody says otherwise: its name in small letters,
 * without what is no letter, digit, '_' or '-' (docs.docker.com/compose/how-tos/project-name).
 */
static bool is_usual_name(const char *project, const char *folder)
{
	const char *slash = strrchr(folder, '/');

	for (const char *p = slash ? slash + 1 : folder; *p; p++) {
		int c = tolower((unsigned char)*p);
		if (!isalnum(c) && c != '_' && c != '-')
			continue;
		if (c != *project++)
			return false;
	}
	return !*project;
}

/* From any folder: with the files that it was made from, in the project that it belongs to. */
static const char *up_line(struct arena *a, const struct container *c)
{
	const char *first = full_path(a, c, c->compose_files.name[0]), *out = "docker compose";

	if (!is_usual_name(c->compose_project, c->compose_dir))
		out = arena_printf(a, "%s -p %s", out, str_quoted(a, c->compose_project));
	if (!str_eq(folder_of(a, first), c->compose_dir))
		out = arena_printf(a, "%s --project-directory %s", out,
				   str_quoted(a, c->compose_dir));
	for (size_t i = 0; i < c->compose_files.count; i++)
		out = arena_printf(a, "%s -f %s", out,
				   str_quoted(a, full_path(a, c, c->compose_files.name[i])));
	return arena_printf(a, "%s up -d %s", out, str_quoted(a, c->compose_service));
}

/* Its labels are of old compose, or damaged, where they tell no place. */
static bool tells_place(const struct container *c)
{
	return c->compose_files.count && c->compose_dir && *c->compose_dir == '/' &&
	       c->compose_project;
}

struct cause_reader reader_of(struct arena *a, const struct facts *f, const char *subject)
{
	struct cause_reader to = { .distro = distro_name(f->machine.distro), .subject = subject };
	const struct container *c = docker_container(&f->docker, subject);

	if (!c)
		return to;
	if (!c->compose_service || !*c->compose_service) {
		to.maker = MAKER_OTHER;
	} else if (tells_place(c)) {
		to.maker = MAKER_COMPOSE;
		to.compose_file = full_path(a, c, c->compose_files.name[0]);
		to.compose_up = up_line(a, c);
	}
	return to;
}
