/* SPDX-License-Identifier: MIT */
#include "host/docker/url.h"

#include <stdlib.h>

#include "base/json.h"
#include "host/tree.h"

enum { CONTEXTS_MAX = 64 };

/* docker/cli, cli/context/store: contexts/meta/<digest of the name>/meta.json. */
static const char *context_url(int root, struct arena *a, const char *config, const char *name)
{
	const char *dir = arena_printf(a, "%s/contexts/meta", config);
	struct names digest;

	if (tree_list(root, a, dir, &digest, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < digest.count && i < CONTEXTS_MAX; i++) {
		const char *path = arena_printf(a, "%s/%s/meta.json", dir, digest.name[i]);
		struct bytes text;
		if (tree_read(root, a, path, &text, NULL) < 0)
			continue;
		json_auto_t *j = json_parse(text, path, NULL);
		if (str_eq(json_string_value(json_at(j, "Name")), name))
			return json_text(a, json_at(j, "Endpoints", "docker", "Host"));
	}
	return NULL;
}

/* Of the CLI's current context; only a local one: another machine's engine is not this host's. */
static const char *current_context_url(int root, struct arena *a)
{
	const char *home = getenv("HOME"), *config = getenv("DOCKER_CONFIG");
	const char *name = getenv("DOCKER_CONTEXT");
	struct bytes text;

	if (!home && !config)
		return NULL;
	config = config ? config : arena_printf(a, "%s/.docker", home);
	const char *path = arena_printf(a, "%s/config.json", config);
	if (!name && tree_read(root, a, path, &text, NULL) == 0) {
		json_auto_t *j = json_parse(text, path, NULL);
		name = json_text(a, json_at(j, "currentContext"));
	}
	if (!name || !*name || str_eq(name, "default"))
		return NULL;
	const char *url = context_url(root, a, config, name);
	return str_starts(url, "unix://") ? url : NULL;
}

const char *docker_url_wanted(const char *option, int root, struct arena *a)
{
	const char *env = getenv("DOCKER_HOST");

	if (option)
		return option;
	return env && *env ? env : current_context_url(root, a);
}
